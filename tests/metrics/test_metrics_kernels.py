"""The compiled walks against the plain curves, one resample after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakevlm_bench.metrics import detection, ranking
from fakevlm_bench.metrics.kernels import part_values
from fakevlm_bench.metrics.stats import Resamples
from support import plain_ranking


def drawn(seed: int, n: int, levels: int) -> tuple[detection.Answers, Resamples]:
    rng = np.random.default_rng(seed)
    fake = rng.random(n) < 0.5
    fake[:2] = True, False
    score = rng.integers(0, levels, n) / levels + 0.2 * fake
    score[rng.random(n) < 0.1] = np.nan
    one = np.zeros(n, dtype=np.int64)
    groups = [f"g{k // 3}" for k in range(n)]
    resamples = Resamples(one, groups, 40, seed)
    return detection.Answers(fake, fake, fake | True, score, one - 1), resamples


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(6, 60), st.integers(1, 40))
def test_every_resample_has_the_figures_of_its_curve(seed: int, n: int, levels: int):
    answers, resamples = drawn(seed, n, levels)
    found = detection.ranked(answers, resamples)
    order = ranking.Ranking(answers.ranks(), answers.fake)
    curves = [order.curve(weights) for weights in resamples.weights()]
    with np.errstate(invalid="ignore", divide="ignore"):
        wanted = {
            "auroc": [ranking.auroc(*curve) for curve in curves],
            "average_precision": [ranking.average_precision(*curve) for curve in curves],
            "eer": [plain_ranking.equal_error_rate(*curve) for curve in curves],
            "fpr_at_95_tpr": [plain_ranking.fpr_at_tpr(*curve, 0.95) for curve in curves],
            "tpr_at_1_fpr": [plain_ranking.tpr_at_fpr(*curve, 0.01) for curve in curves],
            "tpr_at_5_fpr": [plain_ranking.tpr_at_fpr(*curve, 0.05) for curve in curves],
        }
    assert set(found) == set(wanted)
    both = resamples.sums(np.stack([answers.fake, ~answers.fake], axis=1).astype(float)).min(axis=1)
    for name, values in wanted.items():
        alike = np.concatenate(values)[both > 0]
        np.testing.assert_allclose(found[name][both > 0], alike, atol=1e-12, err_msg=name)


def test_resamples_without_a_class_have_no_figures_of_ranks():
    answers, _ = drawn(0, 6, 5)
    alone = Resamples(np.zeros(6, dtype=np.int64), list("abcdef"), 1, 0)
    alone.blocks[0, :, 1] = np.where(answers.fake, 1, 0)
    found = detection.ranked(answers, alone)
    for name in ("auroc", "eer", "fpr_at_95_tpr"):
        assert np.isfinite(found[name][0])
        assert np.isnan(found[name][1]), name


def test_parts_are_ranked_against_the_same_real_images():
    counts = np.array([[1, 1, 1, 1, 1], [0, 2, 1, 1, 1]], dtype=np.uint16)
    blocks = np.ascontiguousarray(counts.T)[None]
    real, fakes = np.array([0, 1]), np.array([2, 3, 4])  # scores 0.1 0.5; 0.9 0.5, then 0.3
    below, upto = np.array([2, 1, 1]), np.array([2, 2, 1])
    values = part_values(
        blocks, real, fakes, below, upto, np.ones(3, dtype=bool), np.array([0, 2, 3])
    )
    assert values[0, :, 0] == pytest.approx([(1 + 0.75) / 2, 0.5])
    assert values[1, :, 0] == pytest.approx([(1 + 0.5) / 2, 0])
    assert values[0, :, 1] == pytest.approx([(1 + 1 / 1.5) / 2, 1 / 1.5])
