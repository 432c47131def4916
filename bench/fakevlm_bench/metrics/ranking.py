"""Figures of ranked scores, for one sample or many resamples of it at once.

Scores are sorted once; a resample is then two cumulative sums of its weights.
Ties are walked as one step, so every figure is that of the usual ROC and
precision-recall curves on repeated samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics.stats import Floats

EPSILON = 1e-9
"""Slack for comparing a rate with an operating point such as 0.05."""


def tie_ends(ordered: Floats) -> NDArray[np.intp]:
    """Return the last place of each run of equal values; infinities are equal to themselves."""
    return np.flatnonzero(np.append(ordered[1:] != ordered[:-1], ordered.size > 0))


def cumulated(weights: Floats, ends: NDArray[np.intp]) -> Floats:
    """Cumulate (b, n) weights up to each of the m places `ends`: (b, m + 1), from 0."""
    sums = np.zeros((len(weights), weights.shape[1] + 1))
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums if len(ends) == weights.shape[1] else sums[:, np.concatenate(([0], ends + 1))]


class Ranking:
    """Scores with their labels, sorted from the surest fake downwards."""

    def __init__(self, score: Floats, fake: NDArray[np.bool_]) -> None:
        """Sort (n,) scores of (n,) labels."""
        self.order = np.argsort(-score, kind="stable")
        self.fake = fake[self.order].astype(np.float64)
        self.ends = tie_ends(score[self.order])

    def curve(self, weights: Floats) -> tuple[Floats, Floats]:
        """Cumulate (b, n) weights into counts of caught fakes and of false alarms.

        Returns:
            Two (b, m + 1) arrays over the m distinct scores, highest first, each
            beginning with 0 (nothing called fake).
        """
        ordered = weights[:, self.order]
        every = cumulated(ordered, self.ends)
        ordered *= self.fake
        caught = cumulated(ordered, self.ends)
        return caught, every - caught


def auroc(caught: Floats, alarms: Floats) -> Floats:
    """Area under the ROC curve by trapezoids, (b,); ties count one half.

    Args:
        caught: (b, m + 1), as `Ranking.curve` returns it.
        alarms: (b, m + 1), as `Ranking.curve` returns it.
    """
    area = ((caught[:, 1:] + caught[:, :-1]) * np.diff(alarms, axis=1)).sum(axis=1) / 2
    value: Floats = area / (caught[:, -1] * alarms[:, -1])
    return value


def average_precision(caught: Floats, alarms: Floats) -> Floats:
    """Average precision Σ (R_i − R_{i−1}) P_i, (b,), without interpolation.

    Args:
        caught: (b, m + 1), as `Ranking.curve` returns it.
        alarms: (b, m + 1), as `Ranking.curve` returns it.
    """
    hits = caught[:, 1:]
    with np.errstate(invalid="ignore"):
        precision = np.where(hits > 0, hits / (hits + alarms[:, 1:]), 0.0)
    value: Floats = (np.diff(caught, axis=1) * precision).sum(axis=1) / caught[:, -1]
    return value
