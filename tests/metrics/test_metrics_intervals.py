"""Intervals: one method in a table, named beside it, that holds the truth as often as it says."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap as scipy_bootstrap
from statsmodels.stats.proportion import proportion_confint

from fakevlm_bench.metrics import Entrant, Settings, compare, compute
from fakevlm_bench.metrics.stats import (
    GROUPS,
    Resamples,
    bound_unanimous,
    describe_intervals,
    mean_figure,
)
from fakevlm_bench.report.render import comparison_text, render
from fakevlm_bench.result import Figure, Result

SHOWN = Settings(resamples=300)


def detections(result, condition="clean"):
    return result["conditions"][condition]["detection"]


@pytest.fixture(scope="module")
def balanced(make_run):
    """As many fakes as real images in every source group, all answered: accuracy is balanced."""
    frame = make_run(160, ("clean",))
    rng = np.random.default_rng(1)
    right = rng.random(160) < 0.7
    return frame.assign(status="ok", verdict=np.where(right, frame["label"], 1 - frame["label"]))


@pytest.mark.parametrize("images", [40, 160])
def test_the_same_quantity_has_the_same_interval(balanced, images):
    found = detections(compute(balanced[:images], SHOWN))
    accuracy, other = found["accuracy"], found["balanced_accuracy"]
    for part in ("value", "low", "high"):
        assert accuracy[part] == pytest.approx(other[part]), part
    recalls = [found[f"recall_{side}"] for side in ("fake", "real")]
    assert all(one["high"] - one["low"] > 0 for one in recalls)
    assert not any("interval" in figure for figure in found.values())


def test_recalls_have_the_bootstraps_interval_below_100_groups(balanced):
    """Against scipy's bootstrap, whose only knowledge is the share of each group."""
    found = detections(compute(balanced, Settings(resamples=4000)))["recall_fake"]
    fakes = balanced[balanced["label"] == 1]
    hits = (fakes["verdict"] == 1).to_numpy(dtype=float)
    rng = np.random.default_rng(0)
    other = scipy_bootstrap((hits,), np.mean, method="percentile", n_resamples=4000, rng=rng)
    assert found["low"] == pytest.approx(other.confidence_interval.low, abs=0.013)
    assert found["high"] == pytest.approx(other.confidence_interval.high, abs=0.013)


def drawn(rng, groups, share, alike=0.3, images=8):
    """Draw studies' hits of images that resemble each other within their source group."""
    spread = (1 - alike) / alike
    chances = rng.beta(share * spread, (1 - share) * spread, groups)
    return rng.random((groups, images)) < chances[:, None]


@pytest.mark.parametrize(("groups", "share", "least"), [(20, 0.65, 0.89), (53, 0.9, 0.90)])
def test_intervals_hold_the_truth_of_clustered_images(groups, share, least):
    rng, held, studies = np.random.default_rng(7), 0, 400
    names = [f"g{k}" for k in range(groups) for _ in range(8)]
    resamples = Resamples([0] * len(names), names, 400)
    for _ in range(studies):
        found = mean_figure(drawn(rng, groups, share).ravel().astype(float), resamples)
        held += found["low"] <= share <= found["high"]
    assert least <= held / studies <= 0.985


def test_too_few_groups_give_no_interval(make_run):
    frame = make_run(160, ("clean",))
    for count in (1, 2, GROUPS - 1, GROUPS):
        few = frame.assign(group=[f"g{k // 2 % count}" for k in range(160)])
        found = detections(compute(few, SHOWN))
        for name in ("balanced_accuracy", "accuracy", "recall_fake", "auroc", "f1_macro"):
            figure = found[name]
            if count < GROUPS:
                assert (figure["low"], figure["high"]) == (None, None), name
                assert figure["no_interval"].startswith(f"{count} source group"), name
                assert figure.text == f"{figure['value']:.3f} [–]"
            else:
                assert figure["low"] < figure["high"], name


@pytest.mark.parametrize("perfect", [True, False])
def test_where_no_resample_differs_there_is_no_interval(make_run, perfect):
    frame = make_run(160, ("clean",))
    verdict = frame["label"] if perfect else 1
    found = detections(compute(frame.assign(status="ok", verdict=verdict), SHOWN))
    for name in ("balanced_accuracy", "recall_fake", "recall_real"):
        assert found[name]["low"] is None, name
    least = proportion_confint(80, 80, alpha=0.1, method="beta")[0]
    said = f"all 80 source groups agree: ≥ {least:.3f} at 0.95"
    assert found["recall_fake"]["no_interval"] == said
    other = proportion_confint(0, 80, alpha=0.1, method="beta")[1]
    if not perfect:
        said = f"all 80 source groups agree: ≤ {other:.3f} at 0.95"
    assert found["recall_real"]["no_interval"] == said


def test_a_bound_is_said_of_unanimous_shares_only():
    figure = Figure(value=0.5, low=0.4, high=0.6, n=20, estimated=True)
    assert bound_unanimous(figure, 20, 0.95) == figure
    few = Figure(value=1.0, n=20, estimated=True, no_interval="3 source groups")
    assert bound_unanimous(few, 3, 0.95) == few


@pytest.mark.parametrize("form", ["text", "json", "latex", "markdown", "html"])
def test_the_method_stands_beside_the_table(balanced, form):
    result = compute(balanced, Settings(resamples=1000, level=0.9))
    assert result["intervals"].startswith("90 % intervals: percentiles of 1,000 bootstrap")
    text = render(result, form)
    words = result["intervals"].replace("%", r"\%" if form == "latex" else "%")
    assert words in " ".join(text.split())
    assert json.loads(render(result, "json"))["intervals"] == result["intervals"]


def test_an_older_result_is_not_said_to_have_the_method(balanced):
    document = compute(balanced, SHOWN).to_json()
    del document["intervals"]
    result = Result.from_json(document)
    for form in ("text", "latex", "markdown", "html"):
        assert "percentiles" not in render(result, form)


def test_the_method_stands_beside_a_comparison(balanced):
    other = balanced.assign(verdict=balanced["label"])
    entrants = [Entrant("a", "t@1", balanced), Entrant("b", "t@1", other)]
    found = compare(entrants, settings=SHOWN)
    assert found.attrs["intervals"] == describe_intervals(SHOWN)
    text = comparison_text(found)
    assert found.attrs["intervals"] in " ".join(text.split())
    assert "1.000 [–]" in text, "a detector that is always right"


def test_a_comparison_of_the_same_answers_has_no_interval(balanced):
    found = compare([Entrant(n, "t@1", balanced) for n in "ab"], settings=SHOWN)
    assert (found.loc[0, "difference"], found.loc[0, "p"]) == (0, 1)
    assert pd.isna(found.loc[0, "low"])
    assert "0.000 [–]" in comparison_text(found)
