import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.metrics import Entrant, Settings, compare, compute, power
from fakevlm_bench.metrics.definitions import DEFINITIONS, find
from fakevlm_bench.report.render import FORMATS, comparison_matrix, comparison_text, frame, render
from fakevlm_bench.result import Result

FEW = Settings(resamples=200, minimum=5)


@pytest.fixture(scope="module")
def entrants(make_run):
    base = make_run(200, ("clean",))
    rng = np.random.default_rng(5)
    label = base["label"].to_numpy()

    def like(share, spread):
        right = rng.random(200) < share
        score = np.clip(
            0.5 + (label - 0.5) * np.where(right, 0.5, -0.5) + rng.normal(0, spread, 200), 0, 1
        )
        verdict = np.where(right, label, 1 - label)
        return base.assign(status="ok", verdict=verdict, score=score)

    return [
        Entrant("strong", "t@1", like(0.97, 0.1)),
        Entrant("close", "t@1", like(0.95, 0.1)),
        Entrant("weak", "t@1", like(0.6, 0.4)),
    ]


@pytest.mark.parametrize("metric", ["balanced_accuracy", "accuracy", "auroc"])
def test_a_real_difference_is_found_and_a_small_one_is_a_tie(entrants, metric):
    found = compare(entrants, metric, FEW)
    better = {(row["a"], row["b"]): row["better"] for row in found.to_dict("records")}
    assert better["strong", "weak"] == "strong"
    assert better["strong", "close"] == "tie"
    assert {r["name"]: r["group"] for r in found.attrs["ranking"]} == {
        "strong": 1, "close": 1, "weak": 2,
    }  # fmt: skip
    assert (found["p_holm"] >= found["p"]).all()
    assert ((found["low"] <= found["difference"]) & (found["difference"] <= found["high"])).all()


def test_values_are_those_of_the_runs(entrants):
    found = compare(entrants, "auroc", FEW)
    for entrant in entrants[:1]:
        expected = roc_auc_score(entrant.frame["label"], entrant.frame["score"])
        assert found.loc[0, "value_a"] == pytest.approx(expected)


def test_other_samples_and_versions_are_refused_unless_told(entrants):
    a, b, _ = entrants
    fewer = Entrant("fewer", "t@1", b.frame[20:])
    newer = Entrant("newer", "t@2", b.frame)
    with pytest.raises(DataError, match=r"200, 180, of which 180 are shared"):
        compare([a, fewer], settings=FEW)
    with pytest.raises(DataError, match=r"t@1, t@2"):
        compare([a, newer], settings=FEW)
    found = compare([a, fewer], settings=FEW, intersection=True)
    assert found.attrs["samples"].startswith("180 shared of 200 of strong (t@1) and 180 of fewer")
    assert found.loc[0, "n"] == 180
    alone = Entrant("x", "t@1", b.frame.assign(sample_id="y" + b.frame["sample_id"]))
    with pytest.raises(DataError, match="share no sample"):
        compare([a, alone], settings=FEW, intersection=True)
    with pytest.raises(DataError, match="labels of 'flipped'"):
        compare([a, Entrant("flipped", "t@1", b.frame.assign(label=0))], settings=FEW)


def test_odd_requests_are_answered_in_one_line(entrants):
    with pytest.raises(ConfigError, match="two runs"):
        compare(entrants[:1])
    with pytest.raises(ConfigError, match="did you mean auroc"):
        compare(entrants, "aurok")


def test_power_finds_the_number_that_finds_the_difference():
    """The share of studies of that size which find the difference is the chance asked for."""
    import pandas as pd

    rng = np.random.default_rng(0)

    def study(n):
        label = np.arange(n) % 2
        rows = {
            "sample_id": [f"s{i}" for i in range(n)], "group": "", "paired": True, "pair": "",
            "label": label, "status": "ok", "score": np.nan,
        }  # fmt: skip
        return [
            pd.DataFrame(rows | {"verdict": np.where(rng.random(n) < p, label, 1 - label)})
            for p in (0.90, 0.80)
        ]

    few = Settings(resamples=200)
    pilots = [Entrant(name, "t", frame) for name, frame in zip("ab", study(2000), strict=True)]
    needed = power(pilots, difference=0.1, settings=few)["images"]
    assert 150 < needed < 300
    found = 0
    for _ in range(120):
        a, b = study(needed)
        pair = compare([Entrant("a", "t", a), Entrant("b", "t", b)], settings=few)
        found += pair.loc[0, "low"] > 0
    assert 0.68 < found / 120 < 0.92


def test_power_of_one_pilot_needs_a_difference(entrants):
    with pytest.raises(ConfigError, match="difference"):
        power(entrants[:1])
    with pytest.raises(ConfigError, match="do not differ"):
        power([entrants[0], entrants[0]], settings=FEW)
    with pytest.raises(ConfigError, match="did you mean auroc"):
        power(entrants[:2], metric="auro")
    with pytest.raises(ConfigError, match="power=80"):
        power(entrants[:2], power=80)
    one = power(entrants[:1], difference=0.05, settings=FEW)
    half = power(entrants[:1], difference=0.025, settings=FEW)
    assert half["images"] == pytest.approx(4 * one["images"], rel=0.01)


def test_the_matrix_shows_each_pair_both_ways(entrants):
    drawn = json.loads(comparison_matrix(compare(entrants, settings=FEW)).to_json())["data"][0]
    assert drawn["x"] == ["strong", "close", "weak"]
    assert drawn["text"][0][2].startswith("<b>+0.")
    assert drawn["text"][2][0].startswith("<b>−0.")
    assert not drawn["text"][0][1].startswith("<b>")
    assert "p 0." in comparison_text(compare(entrants, settings=FEW))


@pytest.fixture(scope="module")
def result(make_run):
    return compute(make_run(), FEW)


def test_the_terminals_table_fits_100_columns_primary_figures_first(result):
    text = render(result)
    assert max(map(len, text.splitlines())) <= 100
    lines = text.splitlines()
    assert lines[0].startswith("CLEAN   coverage 0.")
    stated = " ".join(line.strip() for line in lines[1:3])
    assert stated == result["intervals"]
    assert stated.startswith("95 % intervals: percentiles of 200 bootstrap resamples")
    assert lines[5].split()[0] == "balanced_accuracy"
    value = result["conditions"]["clean"]["detection"]["balanced_accuracy"]
    assert f"{value['value']:.3f} [{value['low']:.3f}, {value['high']:.3f}]" in lines[5]
    share = result["conditions"]["clean"]["coverage"]["share"]
    assert lines[5].endswith(f"coverage {share:.3f}")
    below = next(k for k, line in enumerate(lines) if line.split()[:1] == ["rouge_l"]) + 1
    floors = result["conditions"]["clean"]["explanation"]["floors"]
    for kind in ("template", "shuffled"):
        assert f"{kind} {floors[kind]['fake']['rouge_l']['value']:.3f}" in lines[below]


def test_figures_come_clean_first_whatever_order_the_file_has(result):
    """A result on disk has its keys sorted; a figure without n is no obstacle."""
    stated = result.to_json() | {"efficiency": {"peak_memory_bytes": {"value": 5e8}}}
    on_disk = Result.from_json(json.loads(json.dumps(stated, sort_keys=True)))
    paths = [path for path in frame(on_disk)["figure"] if "/by/" not in path]
    assert paths[:3] == [
        f"clean/detection/{name}" for name in ("balanced_accuracy", "recall_fake", "recall_real")
    ]
    assert render(on_disk).startswith("CLEAN")
    for form in ("markdown", "html", "latex"):
        assert "peak" in render(on_disk, form)


def test_metrics_of_the_users_own_are_shown(result):
    added = {"mine": {"value": {"agree": 0.25, "notes": "x"}, "n": 7}, "gone": {"absent": "why"}}
    text = render(Result.from_json(result.to_json() | {"added": added}))
    assert "agree                            0.250" in text
    assert "gone                             – (why)" in text


def test_a_result_says_which_threshold_it_has_and_which_it_could_have(result):
    stated = {"used": 0.5, "setting": "published", "published": 0.5, "calibrated": 0.31,
              "task": "t@1", "n": 90}  # fmt: skip
    lines = render(result.headed(thresholds=stated)).splitlines()
    assert (
        lines[1] == "threshold 0.5 (published); published 0.5, calibrated 0.31 on t@1 (90 images)"
    )
    lines = render(result.headed(thresholds=stated | {"calibrated": None})).splitlines()
    assert lines[1].endswith("calibrated –")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_the_primary_figure(result, form):
    text = render(result, form)
    value = result["conditions"]["clean"]["detection"]["balanced_accuracy"]["value"]
    assert f"{value:.3f}" in text or str(value) in text


def test_every_figure_of_a_result_has_a_definition(result):
    spoken = {path.rsplit("/", 1)[1] for path in frame(result)["figure"] if "areas" not in path}
    assert spoken <= set(DEFINITIONS)


def test_a_definition_says_what_it_means():
    text = str(find("auroc"))
    assert all(word in text for word in ("formula", "range", "higher is better", "Hanley"))
    with pytest.raises(ConfigError, match="did you mean auroc"):
        find("auroq")
    assert all(d.formula and d.range and d.direction for d in DEFINITIONS.values())
