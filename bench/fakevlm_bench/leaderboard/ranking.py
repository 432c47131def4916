"""Ranks with their uncertainty: who beats whom, rank intervals and tie groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fakevlm_bench.leaderboard.entries import Entry

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

PRIMARY = "clean/detection/balanced_accuracy"
LEVEL = 0.05
"""Family-wise error rate over all pairs of entries (Holm 1979)."""


@dataclass(frozen=True)
class Ranking:
    """The order of one task's ranked entries.

    Attributes:
        order: Entries, best first by the primary figure.
        low: Best rank that the differences allow, from 1, for each of `order`.
        high: Worst rank that they allow.
        tie: Number of the tie group, from 1: entries that cannot be told apart from
            the group's first.
        beats: (k, k) probability-free verdicts: 1 where the row's entry is better than
            the column's beyond chance, -1 where it is worse, 0 where it cannot be said.
        difference: (k, k) difference of balanced accuracy, row less column.
    """

    order: list[Entry]
    low: list[int]
    high: list[int]
    tie: list[int]
    beats: NDArray[np.int8]
    difference: NDArray[np.float64]


def rank(entries: Sequence[Entry], clean_truth: pd.DataFrame) -> Ranking:
    """Rank entries by clean balanced accuracy.

    Every pair is compared on the same clustered bootstrap resamples of the samples;
    the difference's bootstrap standard error gives a two-sided p-value (normal
    approximation: counted resamples cannot reach the small p-values that thousands of
    pairs ask for), and Holm's procedure holds the family-wise error at `LEVEL`.

    Args:
        entries: Of one task, without withdrawn ones, floors and superseded versions.
        clean_truth: Truth rows of the clean condition, in the order of the entries' arrays.
    """
    from fakevlm_bench.metrics.significance import tie_groups

    if not entries:
        empty = np.zeros((0, 0))
        return Ranking([], [], [], [], empty.astype(np.int8), empty)
    accuracy = _resampled_accuracy(entries, clean_truth)
    k = len(entries)
    order = sorted(range(k), key=lambda i: (-accuracy[0, i], entries[i].slug))
    accuracy = accuracy[:, order]
    beats = _beats(accuracy)
    names = [entries[i].slug for i in order]
    winners = {(names[i], names[j]) for i, j in zip(*np.nonzero(beats == 1), strict=True)}
    return Ranking(
        order=[entries[i] for i in order],
        low=(1 + (beats == -1).sum(axis=1)).tolist(),
        high=(k - (beats == 1).sum(axis=1)).tolist(),
        tie=list(tie_groups(names, winners).values()),
        beats=beats,
        difference=accuracy[0][:, None] - accuracy[0][None, :],
    )


def _resampled_accuracy(entries: Sequence[Entry], clean_truth: pd.DataFrame) -> NDArray[np.float64]:
    """Compute balanced accuracies, (1 + resamples, k); the first row is the observed one."""
    from fakevlm_bench.metrics import Settings
    from fakevlm_bench.metrics.scoring import primary, resamples_of

    rows = primary(clean_truth)
    label = clean_truth["label"].to_numpy()[rows]
    correct = np.stack([e.arrays()[0][e.clean][rows] == label for e in entries], axis=1)
    fake = (label == 1)[:, None]
    values = np.concatenate([correct & fake, correct & ~fake, fake, ~fake], axis=1)
    resamples = resamples_of(clean_truth, Settings()).subset(rows)
    sums = resamples.sums(values.astype(np.float64))
    k = len(entries)
    recalls = sums[:, :k] / sums[:, [2 * k]] + sums[:, k : 2 * k] / sums[:, [2 * k + 1]]
    accuracy: NDArray[np.float64] = recalls / 2
    return accuracy


def _beats(accuracy: NDArray[np.float64]) -> NDArray[np.int8]:
    """Compare all pairs of columns of (1 + resamples, k) figures, the first row being observed."""
    from scipy.special import ndtr

    from fakevlm_bench.metrics.significance import holm

    observed = accuracy[0][:, None] - accuracy[0][None, :]
    covariance = np.atleast_2d(np.cov(accuracy[1:], rowvar=False))
    variance = np.diag(covariance)
    error = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * ndtr(-np.abs(observed) / error)
    p[observed == 0] = 1
    first, second = np.triu_indices(len(p), k=1)
    rejected = holm(p[first, second]) <= LEVEL
    beats = np.zeros(p.shape, np.int8)
    beats[first, second] = np.sign(observed[first, second]) * rejected
    return (beats - beats.T).astype(np.int8)
