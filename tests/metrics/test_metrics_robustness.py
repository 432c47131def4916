"""Robustness against small computations of its own: loops over samples, and pixels drawn."""

import json

import numpy as np
import pandas as pd
import pytest
from rouge_score import rouge_scorer
from statsmodels.stats.proportion import proportion_confint

from fakevlm_bench import rle
from fakevlm_bench.metrics import Settings, compute, drift
from fakevlm_bench.metrics.attack_records import success_curve
from fakevlm_bench.metrics.corruption_errors import Baseline
from fakevlm_bench.metrics.definitions import find
from fakevlm_bench.metrics.grounding import stance
from fakevlm_bench.metrics.robustness import severities

FEW = Settings(resamples=30, minimum=1)
SIDED = ("The shadows are consistent and natural.", "The edges look distorted.", "A street.")
CORRUPTIONS = [f"{name}:{s}" for name in ("fog", "snow") for s in (1, 3, 5)]


@pytest.fixture(scope="module")
def frame(make_run):
    rows = make_run(200, ("clean", *CORRUPTIONS, "jpeg_quality:30", "pgd_linf:2/255"))
    rng = np.random.default_rng(4)
    said = rows["explanation"].notna()
    rows.loc[said, "explanation"] = [
        f"{SIDED[rng.integers(3)]} {text}" for text in rows.loc[said, "explanation"]
    ]
    return rows


def attack_rows(frame, condition="pgd_linf:2/255"):
    """Records as an attack's responses carry them."""
    rng = np.random.default_rng(2)
    told = {"kind": "gradient", "norm": "linf", "epsilon": 2 / 255, "name": "pgd"}
    return pd.DataFrame(
        {
            "sample_id": sample,
            "condition_id": condition,
            "latency": None, "tokens_in": None, "tokens_out": None, "cached": False, "error": None,
            "attack": json.dumps(
                {"attack": told, "norm": 0.0078, "queries": int(rng.integers(1, 90)),
                 "flags": ["zero_gradient"] if rng.random() < 0.5 else []}
            ),
        }
        for sample in sorted(set(frame["sample_id"]))
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(frame):
    return compute(frame, FEW, responses=attack_rows(frame))["robustness"]


def of(frame, condition):
    return frame[frame["condition_id"] == condition].reset_index(drop=True)


def right(part):
    return [
        s == "ok" and v == t
        for s, v, t in zip(part["status"], part["verdict"], part["label"], strict=True)
    ]


def balanced(hits, part):
    hits, fake = np.array(hits), (part["label"] == 1).to_numpy()
    return (hits[fake].mean() + hits[~fake].mean()) / 2


def iou(a, b):
    union = (a | b).sum()
    return (a & b).sum() / union if union else 1.0


def test_what_stood_and_fell_by_a_loop_over_samples(frame, found):
    clean, now = of(frame, "clean"), of(frame, "fog:3")
    stood = {"verdict": [], "explanation": [], "localization": [], "all": []}
    for before, after in zip(clean.to_dict("records"), now.to_dict("records"), strict=True):
        parts = []
        for row in (before, after):
            true = rle.decode(row["true_mask"]) if row["true_mask"] else None
            mask = rle.decode(row["mask"]) if row["mask"] else np.zeros((32, 48), bool)
            words = row["explanation"] or ""
            parts.append(
                (
                    row["status"] == "ok" and row["verdict"] == row["label"],
                    stance(words) == row["label"],
                    true is not None and iou(mask, true) >= 0.5,
                )
            )
        for name, was, still in zip(stood, *parts, strict=False):
            if was:
                stood[name].append(not still)
        if all(parts[0]):
            stood["all"].append(not any(parts[1]))
    for name, fell in stood.items():
        assert len(fell) > 1, name
        given = found["conditions"]["fog:3"][f"{name}_fell"]
        assert given["value"] == pytest.approx(np.mean(fell)), name
        assert given["n"] == len(fell)


def test_drift_by_drawing_both_masks_and_by_another_rouge(frame, found):
    clean, now = of(frame, "clean"), of(frame, "fog:3")
    understood = (clean["status"] == "ok") & (now["status"] == "ok")
    moved = [
        1 - iou(rle.decode(a), rle.decode(b))
        for a, b, ok in zip(clean["mask"], now["mask"], understood, strict=True)
        if ok
    ]
    assert found["conditions"]["fog:3"]["mask_drift"]["value"] == pytest.approx(np.mean(moved))
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    words = [
        1 - scorer.score(a, b)["rougeL"].fmeasure
        for a, b, ok in zip(clean["explanation"], now["explanation"], understood, strict=True)
        if ok
    ]
    given = found["conditions"]["fog:3"]["explanation_drift"]["value"]
    assert given == pytest.approx(np.mean(words))


def row_of(mask, window=None, **more):
    height, width = mask.shape
    return {
        "mask": rle.encode(mask), "width": width, "height": height, "window": window,
        "heat_map": None, "status": "ok", **more,
    }  # fmt: skip


@pytest.mark.parametrize("window", [(10, 5, 70, 45), (-8, -4, 100, 76), (20, 20, 28, 28)])
def test_a_region_that_follows_its_image_has_not_drifted(window):
    mask = np.zeros((60, 90), bool)
    mask[20:40, 15:60] = True
    x0, y0, x1, y1 = window
    around = np.pad(mask, 20)
    sent = around[y0 + 20 : y1 + 20, x0 + 20 : x1 + 20]
    frames = [pd.DataFrame([row_of(m, w)]) for m, w in ((mask, None), (sent, window))]
    assert drift.mask_drift(*frames).tolist() == [0.0]
    frames[1]["window"] = None
    if sent.shape != mask.shape:
        assert drift.mask_drift(*frames)[0] > 0


def test_heat_maps_move_too_and_nothing_at_all_has_not_moved():
    def heat(values):
        values = np.array(values, np.uint8)
        size = {"heat_map_height": values.shape[0], "heat_map_width": values.shape[1]}
        row = {"mask": None, "width": 64, "height": 64, "status": "ok"} | size
        return row | {"heat_map": values.tobytes()}

    marked, blank = heat([[255, 0], [200, 127]]), heat([[0, 0], [9, 9]])
    before = pd.DataFrame([marked, blank, marked, marked, blank])
    after = pd.DataFrame([heat([[255, 0], [0, 128]]), blank, marked, marked, blank])
    after.loc[2:4, "heat_map"] = None
    after.loc[2, "status"] = "failed"
    np.testing.assert_allclose(drift.mask_drift(before, after), [1 - 1 / 3, 0, np.nan, 1, 0])
    given = drift.mask_drift(before, after, cut=201)
    np.testing.assert_allclose(given, [0, 0, np.nan, 1, 0])
    nothing = before.assign(heat_map=None)
    assert np.isnan(drift.mask_drift(nothing, nothing)).all()


def test_an_explanation_that_is_gone_has_moved_all_the_way():
    texts = [["The hand has six fingers.", "same", None, "gone", "lost"],
             ["The hand has six long fingers.", "same", None, None, "lost"]]  # fmt: skip
    frames = [pd.DataFrame({"explanation": text, "status": "ok"}) for text in texts]
    frames[1].loc[4, "status"] = "unparsed"
    given = drift.explanation_drift(*frames)
    np.testing.assert_allclose(given, [1 - 10 / 11, 0, 0, 1, np.nan])


def test_consistency_counts_explanations_that_argue_for_their_verdict(frame, found):
    for condition, given in (
        ("clean", found["clean"]["consistency"]),
        ("pgd_linf:2/255", found["conditions"]["pgd_linf:2/255"]["consistency"]),
    ):
        agrees = [
            stance(words) == verdict
            for words, verdict, status in of(frame, condition)[
                ["explanation", "verdict", "status"]
            ].itertuples(index=False)
            if status == "ok" and stance(words or "") is not None
        ]
        assert given["value"] == pytest.approx(np.mean(agrees))
        assert given["n"] == len(agrees)


def test_worst_cases_by_a_loop_over_conditions(frame, found):
    conditions = sorted(set(frame["condition_id"]))
    clean = of(frame, "clean")
    for key, kept in (
        ("worst_case", conditions),
        ("worst_case_without_attacks", [c for c in conditions if "pgd" not in c]),
    ):
        hits = np.all([right(of(frame, c)) for c in kept], axis=0)
        assert found[key]["balanced_accuracy"]["value"] == pytest.approx(balanced(hits, clean))


def test_mean_corruption_errors_by_their_published_sums(make_run, frame):
    other = make_run(200, ("clean", *CORRUPTIONS, "pgd_linf:2/255"), seed=8, skill=0.5)
    base = compute(other, FEW)
    given = compute(frame, FEW, baseline=Baseline.of("other", base), responses=attack_rows(frame))
    given = given["robustness"]

    def error(rows, condition):
        part = of(rows, condition)
        return 1 - balanced(right(part), part)

    ratios, gains = [], []
    for name in ("fog", "snow"):
        ids = [c for c in CORRUPTIONS if c.startswith(name)]
        mine, theirs = (sum(error(rows, c) for c in ids) for rows in (frame, other))
        ratios.append(mine / theirs)
        mine -= 3 * error(frame, "clean")
        gains.append(mine / (theirs - 3 * error(other, "clean")))
    assert given["mce"]["value"] == pytest.approx(np.mean(ratios))
    assert given["relative_mce"]["value"] == pytest.approx(np.mean(gains))
    assert given["mce"]["low"] < given["mce"]["value"] < given["mce"]["high"]
    assert given["mce"]["corruptions"] == ["fog", "snow"]
    assert given["mce"]["baseline"] == "other"


def test_levels_are_numbers_and_budgets_and_areas_rise_from_clean(frame, found):
    ids = ["clean", "jpeg:3", "jpeg:1", "pgd_linf:8/255", "blur:0.5", "caption:real", "x:1/0"]
    assert severities(ids) == {
        "jpeg": {1: "jpeg:1", 3: "jpeg:3"},
        "pgd_linf": {8 / 255: "pgd_linf:8/255"},
        "blur": {0.5: "blur:0.5"},
    }
    assert set(found["areas"]) == {"fog", "snow"}


def test_curves_and_drops_obey_the_minimum_of_images(make_run):
    frame = make_run(8, ("clean", "fog:1", "fog:3", "fog:5"))
    found = compute(frame, Settings(resamples=30))["robustness"]
    assert "fewer than 10" in found["areas"]["fog"]["absent"]
    assert "fewer than 10" in found["conditions"]["fog:3"]["balanced_accuracy_drop"]["absent"]
    told = compute(frame, Settings(resamples=30), responses=attack_rows(frame, "fog:3"))
    attack = told["robustness"]["conditions"]["fog:3"]["attack"]
    assert attack["success_over_queries"] == {"fake_to_real": [], "real_to_fake": []}


def test_what_always_happens_is_not_certain(make_run):
    frame = make_run(60, ("clean", "fog:1"))
    fog, clean = (frame["condition_id"] == one for one in ("fog:1", "clean"))
    frame.loc[clean, ["status", "verdict"]] = ["ok", 0]
    frame.loc[clean, "verdict"] = frame.loc[clean, "label"]
    frame.loc[fog, ["status", "verdict"]] = ["ok", 0]
    fell = compute(frame, FEW)["robustness"]["conditions"]["fog:1"]["success_fake_to_real"]
    assert (fell["value"], fell["low"], fell["high"]) == (1.0, None, None)
    assert fell["n"] == 30
    bound = proportion_confint(30, 30, alpha=0.1, method="beta")[0]
    assert fell["no_interval"] == f"all 30 source groups agree: ≥ {bound:.3f} at 0.95"


def test_attack_figures_come_from_the_records(frame, found):
    records = {
        row.sample_id: json.loads(row.attack) for row in attack_rows(frame).itertuples(index=False)
    }
    given = found["conditions"]["pgd_linf:2/255"]["attack"]
    spent = [record["queries"] for record in records.values()]
    assert given["queries"]["value"] == pytest.approx(np.mean(spent))
    assert given["distance"]["value"] == pytest.approx(0.0078)
    clean, now = of(frame, "clean"), of(frame, "pgd_linf:2/255")
    fakes = [
        (records[i]["queries"], not still)
        for i, was, still, t in zip(
            clean["sample_id"], right(clean), right(now), clean["label"], strict=True
        )
        if was and t == 1
    ]
    for point in given["success_over_queries"]["fake_to_real"]:
        share = np.mean([broken and q <= point["queries"] for q, broken in fakes])
        assert point["success"] == pytest.approx(share)
    last = given["success_over_queries"]["fake_to_real"][-1]["success"]
    assert last == found["conditions"]["pgd_linf:2/255"]["success_fake_to_real"]["value"]
    survivors = [
        records[i]["flags"]
        for i, was, still in zip(clean["sample_id"], right(clean), right(now), strict=True)
        if was and not (was and not still)
    ]
    (flag,) = found["flags"]
    assert flag["name"] == "zero_gradient"
    assert flag["condition_id"] == "pgd_linf:2/255"
    assert flag["images"] == sum("zero_gradient" in flags for flags in survivors)


def test_a_curve_of_queries_stays_short_and_ends_at_its_success():
    rng = np.random.default_rng(0)
    queries, broken = rng.integers(1, 5000, 900).astype(float), rng.random(900) < 0.6
    points = success_curve(queries, broken)
    assert len(points) <= 33
    assert points[-1] == {"queries": queries.max(), "success": pytest.approx(broken.mean())}
    assert success_curve(np.array([]), np.array([], bool)) == []


def test_every_robustness_figure_has_a_definition(found):
    for condition in found["conditions"].values():
        for name, value in condition.items():
            if name == "attack":
                assert all(find(key) for key in ("distance", "queries"))
            else:
                assert find(name).family in {"robustness", "explanation"}
                assert "value" in value or "absent" in value
