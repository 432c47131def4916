import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from fakevlm_bench.metrics import ranking
from support import plain_ranking

TIED = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 3)), min_size=2, max_size=60
).filter(lambda rows: {f for _, f, w in rows if w} == {True, False})


def curves(rows):
    score, fake, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    order = ranking.Ranking(score / 8, fake > 0)
    return score / 8, fake > 0, weight, order.curve(weight[None])


@given(TIED)
@settings(max_examples=200, deadline=None)
def test_curve_figures_agree_with_sklearn_on_ties_and_resample_weights(rows):
    score, fake, weight, (caught, alarms) = curves(rows)
    area = sk.roc_auc_score(fake, score, sample_weight=weight)
    precision = sk.average_precision_score(fake, score, sample_weight=weight)
    assert ranking.auroc(caught, alarms)[0] == pytest.approx(area, abs=1e-9)
    assert ranking.average_precision(caught, alarms)[0] == pytest.approx(precision, abs=1e-9)


@given(TIED, st.sampled_from([0.01, 0.05, 0.25, 0.5, 0.95]))
@settings(max_examples=200, deadline=None)
def test_operating_points_agree_with_a_search_over_the_roc_curve(rows, rate):
    score, fake, weight, (caught, alarms) = curves(rows)
    fpr, tpr, _ = sk.roc_curve(fake, score, sample_weight=weight, drop_intermediate=False)
    best = max(t for f, t in zip(fpr, tpr, strict=True) if f <= rate + 1e-9)
    least = min(f for f, t in zip(fpr, tpr, strict=True) if t >= rate - 1e-9)
    assert plain_ranking.tpr_at_fpr(caught, alarms, rate)[0] == pytest.approx(best, abs=1e-9)
    assert plain_ranking.fpr_at_tpr(caught, alarms, rate)[0] == pytest.approx(least, abs=1e-9)


@given(TIED)
@settings(max_examples=200, deadline=None)
def test_equal_error_rate_lies_where_the_interpolated_curve_crosses(rows):
    score, fake, weight, (caught, alarms) = curves(rows)
    fpr, tpr, _ = sk.roc_curve(fake, score, sample_weight=weight, drop_intermediate=False)
    eer = plain_ranking.equal_error_rate(caught, alarms)[0]
    # Walk the curve by arc: the crossing of x and 1 - y on each straight piece.
    crossings = []
    for f0, t0, f1, t1 in zip(fpr, tpr, fpr[1:], tpr[1:], strict=False):
        a, b = f0 - (1 - t0), f1 - (1 - t1)
        if a <= 0 <= b and b > a:
            crossings.append(f0 + (f1 - f0) * -a / (b - a))
    assert min(abs(eer - c) for c in crossings) < 1e-9


def test_missing_scores_rank_as_the_most_wrong(make_run):
    from fakevlm_bench.metrics import Settings, detection
    from fakevlm_bench.metrics.stats import Resamples

    fake = np.array([True, True, False, False])
    score = np.array([0.9, np.nan, 0.1, np.nan])
    given_ = detection.Answers(fake, fake, fake, score, np.full(4, -1))
    found = detection.score_figures(
        given_, Resamples(fake.astype(int), list("abcd"), 10), Settings(minimum=1)
    )
    # Of the four pairs only (0.9, 0.1) is in the right order.
    assert found["auroc"]["value"] == 0.25
    assert found["auroc"]["unscored"] == 2
    assert found["brier"]["value"] == pytest.approx((0.01 + 1 + 0.01 + 1) / 4)
