"""Tests of differences: exact McNemar, DeLong, bootstrap; Holm over a family; tie groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics.stats import Floats


def mcnemar(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Test whether two detectors are right equally often on the same samples.

    Two-sided and exact: of the samples on which one alone is right, binomial with
    one half (McNemar 1947). Takes the samples as independent.

    Args:
        a: ``bool`` (n,), where the first is right.
        b: ``bool`` (n,), where the second is right.
    """
    from scipy.stats import binomtest

    alone = int((a & ~b).sum()), int((b & ~a).sum())
    return float(binomtest(alone[0], sum(alone), 0.5).pvalue) if sum(alone) else 1.0


def delong(scores: Floats, fake: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Compute the AUROCs of several detectors on the same samples, and their covariance.

    DeLong, DeLong & Clarke-Pearson 1988, by midranks (Sun & Xu 2014). Takes the
    samples as independent.

    Args:
        scores: (k, n) of k detectors, without NaN.
        fake: ``bool`` (n,), at least two of each class.

    Returns:
        (k,) areas and their (k, k) covariance.
    """
    from scipy.stats import rankdata

    positive, negative = scores[:, fake], scores[:, ~fake]
    m, n = positive.shape[1], negative.shape[1]
    ranks = rankdata(np.concatenate((positive, negative), axis=1), axis=1)
    above = (ranks[:, :m] - rankdata(positive, axis=1)) / n
    below = 1 - (ranks[:, m:] - rankdata(negative, axis=1)) / m
    covariance = np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(below)) / n
    return above.mean(axis=1), covariance


def delong_p(a: Floats, b: Floats, fake: NDArray[np.bool_]) -> float | None:
    """Test whether two detectors' AUROCs are equal, two-sided.

    Args:
        a: (n,) scores of the first, without NaN.
        b: (n,) scores of the second, without NaN.
        fake: ``bool`` (n,), the truth.

    Returns:
        None where the difference has no variance: with fewer than two samples of a class, or
        where neither detector's ranks overlap (each perfect, inverted or constant).
    """
    from scipy.special import ndtr

    if min(fake.sum(), (~fake).sum()) < 2:
        return None
    areas, covariance = delong(np.stack([a, b]), fake)
    difference = areas[0] - areas[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if variance <= 1e-18:
        return 1.0 if abs(difference) < 1e-12 else None
    return float(2 * ndtr(-abs(difference) / np.sqrt(variance)))


def bootstrap_p(differences: Floats) -> float:
    """Test whether a difference is 0, two-sided, by where 0 lies among its resamples.

    Args:
        differences: (1 + count,); the first, the sample's own, is not used.
    """
    replicates = differences[1:][np.isfinite(differences[1:])]
    least = min((replicates <= 0).sum(), (replicates >= 0).sum())
    return float(min(1.0, 2 * (least + 1) / (len(replicates) + 1)))


def holm(p: Sequence[float]) -> Floats:
    """Adjust p-values for their number (Holm 1979), so that each may be held to one level."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def tie_groups(ranked: Sequence[str], beats: set[tuple[str, str]]) -> dict[str, int]:
    """Number the groups of detectors that the group's best does not significantly beat.

    Args:
        ranked: Names, best first.
        beats: Pairs (winner, loser) that differ significantly.
    """
    groups: dict[str, int] = {}
    best, group = "", 0
    for name in ranked:
        if not best or (best, name) in beats:
            best, group = name, group + 1
        groups[name] = group
    return groups
