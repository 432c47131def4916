import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from statsmodels.stats.proportion import proportion_confint

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics import Settings, calibrate, calibration, compute
from fakevlm_bench.metrics.corruption_errors import Baseline
from fakevlm_bench.metrics.efficiency import efficiency
from fakevlm_bench.metrics.explanation import strip
from fakevlm_bench.metrics.join import join
from fakevlm_bench.metrics.rouge import rouge
from fakevlm_bench.result import Result

FEW = Settings(resamples=40, minimum=5)


@pytest.fixture(scope="module")
def frame(make_run):
    return make_run()


@pytest.fixture(scope="module")
def result(frame):
    return compute(frame, FEW)


def of(frame, condition="clean"):
    return frame[frame["condition_id"] == condition].reset_index(drop=True)


def effective(part):
    """Verdicts with the wrong one where nothing was understood."""
    understood = (part["status"] == "ok") & part["verdict"].notna()
    return np.where(understood, part["verdict"].fillna(0), 1 - part["label"]).astype(int)


def test_a_result_is_plain_json_without_nan(result):
    document = result.to_json()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert Result.from_json(document) == result


def test_verdict_figures_agree_with_sklearn(frame, result):
    part, found = of(frame), result["conditions"]["clean"]["detection"]
    truth, said = part["label"], effective(part)
    expected = {
        "balanced_accuracy": sk.balanced_accuracy_score(truth, said),
        "accuracy": sk.accuracy_score(truth, said),
        "recall_fake": sk.recall_score(truth, said),
        "recall_real": sk.recall_score(truth, said, pos_label=0),
        "f1_fake": sk.f1_score(truth, said),
        "f1_real": sk.f1_score(truth, said, pos_label=0),
        "f1_macro": sk.f1_score(truth, said, average="macro"),
    }
    for name, value in expected.items():
        assert found[name]["value"] == pytest.approx(value, abs=1e-9), name
        assert found[name]["low"] < value < found[name]["high"]
    read = part[part["status"] == "ok"]
    bare = compute(read, FEW)["conditions"]["clean"]["detection"]["fakevlm_compat_f1"]["value"]
    theirs = sk.f1_score(read["label"], read["verdict"].astype(int), pos_label=0)
    assert bare == pytest.approx(theirs, abs=1e-9)


def test_expected_costs_are_means_over_a_population_of_the_stated_prevalence(frame):
    """Drawn image by image: cost of the errors over that of the better constant answer."""
    part = of(frame)
    truth, said = part["label"].to_numpy(), effective(part)
    given = Settings(resamples=5, minimum=5, costs=(("mine", 4.0, 0.2),))
    found = compute(part, given)["conditions"]["clean"]["detection"]["expected_cost_mine"]["value"]
    share = np.where(truth == 1, 0.2 / truth.sum(), 0.8 / (1 - truth).sum())
    price = np.where(truth == 1, 4.0, 1.0)

    def cost(answers):
        return (share * price * (answers != truth)).sum()

    constant = min(cost(np.ones_like(truth)), cost(np.zeros_like(truth)))
    assert found == pytest.approx(cost(said) / constant, abs=1e-9)


def test_score_figures_agree_with_sklearn_on_the_most_wrong_scores(frame, result):
    part, found = of(frame), result["conditions"]["clean"]["detection"]
    fake = part["label"] == 1
    worst = part["score"].where(part["score"].notna(), np.where(fake, -1, 2))
    assert found["auroc"]["value"] == pytest.approx(sk.roc_auc_score(fake, worst), abs=1e-9)
    assert found["average_precision"]["value"] == pytest.approx(
        sk.average_precision_score(fake, worst), abs=1e-9
    )
    brier = sk.brier_score_loss(fake, worst.clip(0, 1))
    assert found["brier"]["value"] == pytest.approx(brier, abs=1e-9)
    assert found["auroc"]["unscored"] == part["score"].isna().sum() > 0
    half = sk.balanced_accuracy_score(fake, worst > 0.5)
    assert found["balanced_accuracy_at_half"]["value"] == pytest.approx(half, abs=1e-9)
    by_id = dict(zip(part["sample_id"], worst, strict=True))
    wins = [
        (a > by_id[p]) + 0.5 * (a == by_id[p])
        for a, p, f in zip(worst, part["pair"], fake, strict=True)
        if f
    ]
    assert found["twin_ranking"]["value"] == pytest.approx(np.mean(wins), abs=1e-9)


def test_expected_calibration_error_by_a_loop_over_equal_bins(frame):
    rng = np.random.default_rng(0)
    score, fake = rng.random(300), rng.random(300) < 0.5
    order = np.argsort(score)
    bins = np.array_split(order, 15)
    expected = sum(abs(score[b].mean() - fake[b].mean()) * len(b) for b in bins) / 300
    found = np.abs(calibration.gaps(score, fake).sum(axis=0)).sum() / 300
    assert found == pytest.approx(expected, abs=1e-9)
    assert sum(point["n"] for point in calibration.reliability(score, fake)) == 300


def test_the_calibration_errors_interval_holds_the_figure():
    """Resamples add noise to every bin; a perfectly calibrated score must not look wrong."""
    from fakevlm_bench.metrics.detection import Answers, score_figures
    from fakevlm_bench.metrics.stats import Resamples

    rng = np.random.default_rng(2)
    score = rng.random(400)
    fake = rng.random(400) < score
    given = Answers(fake, (score > 0.5) == fake, fake | True, score, np.full(400, -1))
    names = [str(k) for k in range(400)]
    found = score_figures(given, Resamples(fake.astype(int), names, 300), FEW)["ece"]
    assert 0 <= found["low"] < found["value"] < found["high"]


def test_coverage_counts_every_row(frame, result):
    found = result["conditions"]["clean"]["coverage"]
    assert found["planned"] == 120 == found["ok"] + found["unparsed"] + found["failed"]
    assert found["share"] == found["ok"] / 120


def test_a_coin_takes_the_place_of_unread_answers_in_the_papers_convention(frame, result):
    part = of(frame)
    rng = np.random.default_rng(0)
    lost = (part["status"] != "ok").to_numpy()
    tossed = [
        np.where(lost, rng.integers(0, 2, 120), part["verdict"].fillna(0)) == part["label"]
        for _ in range(4000)
    ]
    found = result["conditions"]["clean"]["detection"]["fakevlm_compat_accuracy"]["value"]
    assert found == pytest.approx(np.mean(tossed), abs=0.005)


def test_parts_are_set_against_the_real_images(frame, result):
    part, parts = of(frame), result["conditions"]["clean"]["by"]
    fake = (part["label"] == 1).to_numpy()
    worst = part["score"].where(part["score"].notna(), np.where(fake, -1, 2)).to_numpy()
    for name in ("sd", "gan", "lama"):
        rows = (part["generator"] == name).to_numpy() | ~fake
        found = parts["generator"][name]["detection"]
        area = sk.roc_auc_score(fake[rows], worst[rows])
        weight = np.where(fake, 1 / (fake & rows).sum(), 1 / (~fake).sum())[rows]
        precision = sk.average_precision_score(fake[rows], worst[rows], sample_weight=weight)
        balanced = sk.balanced_accuracy_score(fake[rows], effective(part)[rows])
        assert found["auroc"]["value"] == pytest.approx(area, abs=1e-9)
        assert found["balanced_average_precision"]["value"] == pytest.approx(precision, abs=1e-9)
        assert found["balanced_accuracy"]["value"] == pytest.approx(balanced, abs=1e-9)
    cells = [
        parts["generator"][name]["detection"]["auroc"]["value"] for name in ("sd", "gan", "lama")
    ]
    macro = result["conditions"]["clean"]["detection"]["macro_auroc"]["value"]
    assert macro == pytest.approx(np.mean(cells), abs=1e-9)
    own = (part["category"] == "food").to_numpy()
    expected = sk.roc_auc_score(fake[own], worst[own])
    assert parts["category"]["food"]["detection"]["auroc"]["value"] == pytest.approx(expected)


def test_explanations_are_scored_apart_with_floors_below(frame, result):
    explained = result["conditions"]["clean"]["explanation"]
    part = of(frame)
    rows = part[part["label"] == 1]
    answers = rows["explanation"].fillna("").tolist()
    references = strip(rows["references"].tolist())
    expected = rouge(answers, references)["rouge_l"].mean()
    assert explained["fake"]["rouge_l"]["value"] == pytest.approx(expected, abs=1e-9)
    assert explained["fake"]["rouge_l"]["n"] == 60
    for kind in ("template", "shuffled"):
        floor = explained["floors"][kind]["fake"]["cider_d"]["value"]
        assert floor < explained["fake"]["cider_d"]["value"]
    assert explained["floors"]["template"]["fake"]["text"] in [
        text for texts in references for text in texts
    ]
    assert "tok:13a" in explained["fake"]["signature"]["bleu"]


def test_the_same_samples_get_the_same_resamples_whatever_the_order(frame, result):
    again = compute(frame.sample(frac=1, random_state=1), FEW)
    assert again["conditions"]["clean"]["detection"] == result["conditions"]["clean"]["detection"]


def test_unpaired_samples_stay_out_of_the_primary_figures(frame, result):
    extra = of(frame).iloc[1:40:2].copy()
    extra["sample_id"] = "x" + extra["sample_id"]
    extra[["paired", "category", "pair", "group"]] = [False, "face", "", ""]
    found = compute(pd.concat([of(frame), extra]), FEW)["conditions"]["clean"]
    before = result["conditions"]["clean"]["detection"]["balanced_accuracy"]
    assert found["detection"]["balanced_accuracy"]["value"] == before["value"]
    assert found["coverage"]["planned"] == 120
    assert found["by"]["category"]["face"]["n"] == {"fake": 20, "real": 60}


def test_too_few_samples_make_figures_absent_with_a_reason(frame):
    found = compute(of(frame)[lambda f: f["label"] == 1], FEW)["conditions"]["clean"]["detection"]
    assert found["balanced_accuracy"] == {"absent": "0 real images, fewer than 5", "n": 60}
    assert "value" in found["recall_fake"]
    assert (
        "1000"
        in compute(of(frame), FEW)["conditions"]["clean"]["detection"]["tpr_at_1_fpr"]["absent"]
    )


def test_nothing_given_is_nothing_found(frame):
    bare = of(frame).assign(score=np.nan, mask=None, heat_map=None, explanation=None)
    found = compute(bare, FEW)["conditions"]["clean"]
    assert found["detection"]["auroc"]["absent"] == "the detector gives no score"
    assert "absent" in found["localization"]["foreground_iou"]
    assert "absent" in found["explanation"]["fake"]["rouge_l"]
    assert found["reliability"] == []


def test_a_detector_that_never_answers_is_always_wrong(frame):
    lost = of(frame).assign(status="failed", verdict=None, score=np.nan, explanation=None)
    found = compute(lost, FEW)["conditions"]["clean"]
    assert found["detection"]["balanced_accuracy"]["value"] == 0
    real = found["detection"]["recall_real"]
    n = real["n"]
    bound = proportion_confint(0, n, alpha=0.1, method="beta")[1]
    assert (real["low"], real["high"]) == (None, None)
    assert real["no_interval"] == f"all {n} source groups agree: ≤ {bound:.3f} at 0.95"
    assert found["coverage"]["share"] == 0


def test_a_score_that_is_no_probability_is_refused(frame):
    odd = of(frame)
    odd.loc[3, "score"] = 1.7
    with pytest.raises(DataError, match=r"1\.7.*s0003"):
        compute(odd, FEW)


def test_join_refuses_what_is_missing_or_twice(frame):
    part = of(frame)
    predictions = part[["sample_id", "condition_id", "status", "mask"]]
    truth = part[["sample_id", "condition_id", "label"]].assign(mask=None, boxes=None)
    assert len(join(predictions, truth)) == 120
    with pytest.raises(DataError, match="no prediction for sample 's0000'"):
        join(predictions[1:], truth)
    with pytest.raises(DataError, match="no truth for sample 's0119'"):
        join(predictions, truth[:-1])
    with pytest.raises(DataError, match="more than once"):
        join(pd.concat([predictions, predictions[:1]]), truth)


def test_robustness_compares_each_sample_with_itself(frame, result):
    clean, now = of(frame), of(frame, "jpeg:3")
    found = result["robustness"]["conditions"]["jpeg:3"]
    right, still = (effective(p) == p["label"] for p in (clean, now))
    fakes = right & (clean["label"] == 1)
    assert found["success_fake_to_real"]["value"] == pytest.approx(1 - still[fakes].mean())
    said = [p["verdict"].where(p["status"] == "ok", -1) for p in (clean, now)]
    assert found["flip_rate"]["value"] == pytest.approx((said[0] != said[1]).mean())
    accuracy = [
        result["conditions"][c]["detection"]["balanced_accuracy"]["value"]
        for c in ("clean", "jpeg:1", "jpeg:3")
    ]
    area = (accuracy[0] + accuracy[1]) / 2 / 3 + (accuracy[1] + accuracy[2]) / 3
    assert result["robustness"]["areas"]["jpeg"]["value"] == pytest.approx(area)
    every = np.all(
        [effective(of(frame, c)) == clean["label"] for c in ("clean", "jpeg:1", "jpeg:3")], axis=0
    )
    assert result["robustness"]["worst_case"]["accuracy"]["value"] == pytest.approx(every.mean())


def test_mean_corruption_error_is_one_against_oneself(frame, result):
    found = compute(frame, FEW, baseline=Baseline.of("itself", result))["robustness"]
    assert found["mce"]["baseline"] == "itself"
    assert found["mce"]["value"] == pytest.approx(1)
    assert "absent" in result["robustness"]["mce"]


def test_calibration_is_fitted_and_then_used(make_run, frame):
    fitted = calibrate(of(make_run(200, ("clean",), seed=9)))
    given = Settings(resamples=20, minimum=5, published=0.4, **fitted)
    found = compute(of(frame), given)["conditions"]["clean"]
    for name in ("brier_tempered", "ece_tempered"):
        assert "value" in found["detection"][name]
    part = of(frame)
    fakes = part["label"] == 1
    worst = part["score"].where(part["score"].notna(), np.where(fakes, -1, 2))
    for name, threshold in (("published", 0.4), ("calibrated", fitted["threshold"])):
        expected = sk.balanced_accuracy_score(fakes, worst > threshold)
        value = found["detection"][f"balanced_accuracy_at_{name}"]["value"]
        assert value == pytest.approx(expected, abs=1e-9)
    rng = np.random.default_rng(0)
    fake = rng.random(4000) < 0.5
    honest = np.where(fake, rng.beta(4, 2, 4000), rng.beta(2, 4, 4000))
    overconfident = calibration.temper(honest, 0.25)
    warmed = calibration.temper(overconfident, calibration.fit_temperature(overconfident, fake))
    assert sk.log_loss(fake, warmed) < sk.log_loss(fake, overconfident)
    best = max(sk.balanced_accuracy_score(fake, honest > t) for t in np.unique(honest)[::7])
    threshold = calibration.fit_threshold(honest, fake)
    assert sk.balanced_accuracy_score(fake, honest > threshold) >= best


def test_efficiency_counts_what_was_asked_now():
    responses = pd.DataFrame(
        {
            "latency": [1.0, 2.0, 3.0, 50.0, None],
            "tokens_in": [600, 600, 600, 9, None],
            "tokens_out": [10, 20, 30, 9, None],
            "cached": [False, False, False, True, False],
            "error": [None, None, None, None, "timeout"],
        }
    )
    run = {"wall_seconds": 2.0, "images": 4, "price_per_million_tokens_in": 1.0}
    found = efficiency(responses, run)
    assert found["latency_p50"] == {"value": 2.0, "n": 3}
    assert found["tokens_out"]["value"] == 20
    assert found["images_per_second"] == {"value": 3 / 2, "n": 3}
    assert found["cost_per_1000_images"]["value"] == pytest.approx(0.6)
    assert "absent" in efficiency()["cost_per_1000_images"]
