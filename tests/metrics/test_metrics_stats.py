import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from fakevlm_bench.metrics import significance
from fakevlm_bench.metrics.stats import Resamples, figure, mean_figure


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_mcnemar_agrees_with_statsmodels(pairs):
    a, b = np.array(pairs).T
    table = [[(a & b).sum(), (a & ~b).sum()], [(~a & b).sum(), (~a & ~b).sum()]]
    expected = statsmodels_mcnemar(table, exact=True).pvalue
    if not (a != b).any():
        expected = 1.0
    assert significance.mcnemar(a, b) == pytest.approx(min(expected, 1.0), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_agrees_with_statsmodels(p):
    expected = multipletests(p, method="holm")[1]
    assert significance.holm(p) == pytest.approx(expected, abs=1e-9)


def naive_delong(scores, fake):
    """Equations 3 to 6 of DeLong et al. 1988, pair by pair."""
    k, positive, negative = len(scores), scores[:, fake], scores[:, ~fake]
    m, n = positive.shape[1], negative.shape[1]
    psi = (positive[:, :, None] > negative[:, None, :]) + 0.5 * (
        positive[:, :, None] == negative[:, None, :]
    )
    theta = psi.mean(axis=(1, 2))
    v10, v01 = psi.mean(axis=2), psi.mean(axis=1)
    s = np.zeros((k, k))
    for r in range(k):
        for t in range(k):
            s10 = ((v10[r] - theta[r]) * (v10[t] - theta[t])).sum() / (m - 1)
            s01 = ((v01[r] - theta[r]) * (v01[t] - theta[t])).sum() / (n - 1)
            s[r, t] = s10 / m + s01 / n
    return theta, s


@given(st.integers(2, 25), st.integers(2, 25), st.integers(0, 10**6), st.booleans())
@settings(deadline=None)
def test_delong_agrees_with_the_papers_equations(m, n, seed, tied):
    rng = np.random.default_rng(seed)
    scores = rng.random((3, m + n))
    scores = np.round(scores * 4) if tied else scores
    fake = np.arange(m + n) < m
    areas, covariance = significance.delong(scores, fake)
    expected, expected_covariance = naive_delong(scores, fake)
    assert areas == pytest.approx(expected, abs=1e-9)
    assert covariance == pytest.approx(expected_covariance, abs=1e-9)
    assert areas[0] == pytest.approx(roc_auc_score(fake, scores[0]), abs=1e-9)


def test_delong_rejects_a_true_difference_and_holds_its_level_on_none():
    rng = np.random.default_rng(1)
    fake = np.arange(400) < 200
    good = fake + rng.normal(0, 0.8, 400)
    bad = fake + rng.normal(0, 3, 400)
    assert significance.delong_p(good, bad, fake) < 1e-6
    p = [
        significance.delong_p(fake + rng.normal(0, 1, 400), fake + rng.normal(0, 1, 400), fake)
        for _ in range(400)
    ]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09


def test_resamples_do_not_depend_on_the_order_of_rows():
    labels, groups = np.arange(40) % 2, [f"g{i // 3}" for i in range(40)]
    values = np.random.default_rng(0).random((40, 2))
    order = np.random.default_rng(1).permutation(40)
    a = Resamples(labels, groups, 50, seed=3).sums(values)
    b = Resamples(labels[order], [groups[k] for k in order], 50, seed=3).sums(values[order])
    assert a == pytest.approx(b, abs=1e-12)


def test_resamples_draw_whole_clusters_and_keep_the_strata():
    labels, groups = np.arange(60) % 2, [f"g{i // 2}" for i in range(60)]
    counts = np.concatenate(list(Resamples(labels, groups, 200).weights()))
    assert (counts[0] == 1).all()
    assert (counts[:, ::2] == counts[:, 1::2]).all()
    assert (counts[:, labels == 1].sum(axis=1) == 30).all()


def test_sums_and_weights_agree():
    rng = np.random.default_rng(0)
    resamples = Resamples(rng.integers(0, 2, 50), list(rng.integers(0, 9, 50).astype(str)), 130)
    part = resamples.subset(np.flatnonzero(rng.random(50) < 0.5))
    values = rng.random((len(part.cluster), 3))
    weights = np.concatenate(list(part.weights()))
    assert part.sums(values) == pytest.approx(weights @ values, abs=1e-9)


def test_clustered_interval_covers_the_truth_where_a_plain_one_does_not():
    rng = np.random.default_rng(0)
    hits = {"clustered": 0, "plain": 0}
    for trial in range(150):
        values = np.repeat(rng.normal(0, 1, 40), 8) + rng.normal(0, 0.3, 320)
        groups = [f"g{k // 8}" for k in range(320)]
        alone = [f"s{k}" for k in range(320)]
        for name, names in (("clustered", groups), ("plain", alone)):
            found = mean_figure(values, Resamples([0] * 320, names, 200, seed=trial))
            hits[name] += found["low"] <= 0 <= found["high"]
    assert hits["clustered"] / 150 > 0.87
    assert hits["plain"] / 150 < 0.7


def test_a_figure_that_is_undefined_is_absent_with_a_reason():
    assert "absent" in figure(np.array([np.nan, 1.0]), 5)
    assert figure(np.array([0.5]), 5) == {"value": 0.5, "low": None, "high": None, "n": 5}


def test_tie_groups_begin_anew_where_the_best_wins():
    beats = {("a", "c"), ("a", "d"), ("c", "d")}
    assert significance.tie_groups(["a", "b", "c", "d"], beats) == {"a": 1, "b": 1, "c": 2, "d": 3}
