"""Intervals, all by one clustered bootstrap. Tests are in `fakevlm_bench.metrics.significance`.

Every interval of a result is the percentile interval of the same resamples, so that equal
figures in one table have equal intervals. Where the bootstrap says nothing (no resample
differs, or too few source groups), a figure has no interval and says why.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.result import Figure, absent

__all__ = ["Figure", "Floats", "Resamples", "absent", "figure", "mean_figure"]

Floats: TypeAlias = NDArray[np.float64]

WIDTH = 64
"""Resamples that stand side by side, a multiple of `BLOCK`; changes no figure."""

GROUPS = 10
"""Source groups below which there is no interval: percentiles of 8 groups hold the truth of a
share in 80 to 90 % of studies instead of 95 (`tests/metrics/test_metrics_intervals.py`)."""

BLOCK = 16
"""Resamples whose weights are yielded at once; bounds memory, changes no figure."""


class Resamples:
    """Bootstrap resamples of one set of samples, drawn once for all its figures.

    Whole clusters (source groups) are drawn with replacement, within strata of
    clusters that hold the same kinds of samples, so that every resample keeps the
    balance of the classes (Davison & Hinkley 1997, §3.8). The draw depends on the
    seed, the strata and the groups' names alone: every detector on the same
    samples gets the same resamples, whatever the order of the rows. The first one
    stands for the sample itself, every cluster once.

    Attributes:
        count: Resamples, the first one apart.
        cluster: ``int64`` (n,), of each sample.
        blocks: ``uint16`` (b, clusters, w), how often each cluster was drawn, w resamples
            side by side; behind the last resample nothing was drawn.
    """

    def __init__(
        self, strata: Sequence[int], groups: Sequence[str], count: int = 1000, seed: int = 0
    ) -> None:
        """Draw the resamples.

        Args:
            strata: Kind of each sample (such as its label), small integers.
            groups: Source group of each sample.
            count: Number of resamples.
            seed: Of the draw.
        """
        names, self.cluster = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
        kinds = np.zeros(len(names), dtype=np.int64)
        for kind in np.unique(strata):
            kinds[np.unique(self.cluster[np.asarray(strata) == kind])] |= 1 << int(kind)
        rng = np.random.default_rng(seed)
        counts = np.zeros((count + 1, len(names)), dtype=np.uint16)
        counts[0] = 1
        for kind in np.unique(kinds):
            members = np.flatnonzero(kinds == kind)
            for row in range(1, count + 1):
                picks = rng.integers(0, len(members), len(members))
                counts[row, members] = np.bincount(picks, minlength=len(members))
        self.count, width = count, min(WIDTH, count + 1)
        counts = np.pad(counts, ((0, -len(counts) % width), (0, 0)))
        blocks = counts.reshape(-1, width, len(names)).transpose(0, 2, 1)
        self.blocks = np.ascontiguousarray(blocks)

    def subset(self, rows: NDArray[Any]) -> Resamples:
        """Return the same resamples as they fall on some of the samples.

        Args:
            rows: Indices or a ``bool`` mask over the samples.
        """
        part = copy.copy(self)
        part.cluster = self.cluster[rows]
        return part

    def weights(self) -> Iterator[Floats]:
        """Yield blocks (b, n) of how often each sample occurs, all resamples in order."""
        for start in range(0, self.count + 1, BLOCK):
            block, k = divmod(start, self.blocks.shape[2])
            stop = k + min(BLOCK, self.count + 1 - start)
            counts = np.ascontiguousarray(self.blocks[block, :, k:stop].T)
            yield counts[:, self.cluster].astype(np.float64)

    def sums(self, values: Floats) -> Floats:
        """Sum (n, k) values over the samples of each resample: (1 + count, k)."""
        from fakevlm_bench.metrics import kernels

        totals = np.zeros((self.blocks.shape[1], values.shape[1]))
        for k, column in enumerate(values.T):
            totals[:, k] = np.bincount(self.cluster, column, len(totals))
        summed: Floats = kernels.sums(self.blocks, totals)[: self.count + 1]
        return summed

    def groups(self) -> int:
        """Count the source groups that the samples come from."""
        return int(np.count_nonzero(np.bincount(self.cluster)))

    def sizes(self) -> Floats:
        """Count the samples of each resample: (1 + count,)."""
        return self.sums(np.ones((len(self.cluster), 1)))[:, 0]


def figure(values: Floats, n: int, level: float = 0.95, *, groups: int | None = None) -> Figure:
    """Build a figure from its value on the sample and on each resample.

    Resamples where the figure is undefined are left out of its percentile interval.

    Args:
        values: (1 + count,); the first is the figure itself.
        n: Samples it comes from.
        level: Confidence level.
        groups: Source groups of those, of the class with the fewest where it needs both; without
            them the percentiles are taken for what they are.

    Returns:
        The figure; where the resamples tell nothing of the uncertainty, ``no_interval`` says why.
        Without resamples there is no interval either.
    """
    value = float(values[0])
    if not math.isfinite(value):
        return absent("undefined on these samples", n)
    bare = Figure(value=value, n=n, estimated=True)
    replicates = values[1:][np.isfinite(values[1:])]
    if not len(replicates):
        return bare
    if reason := _uninformative(value, replicates, groups):
        return replace(bare, no_interval=reason)
    low, high = np.quantile(replicates, [(1 - level) / 2, (1 + level) / 2])
    return replace(bare, low=float(low), high=float(high))


def _uninformative(value: float, replicates: Floats, groups: int | None) -> str:
    """Say why resamples tell nothing of the uncertainty; empty where they do."""
    if groups is None:
        return ""
    if groups < GROUPS:
        return f"{groups} source group{'s' * (groups != 1)}, fewer than {GROUPS}"
    if np.abs(replicates - value).max() <= 1e-12 * max(1.0, abs(value)):
        return "no resample differs"
    return ""


def bound_unanimous(share: Figure, groups: int, level: float) -> Figure:
    """State a bound for a share of 0 or 1, which no resample changes.

    Puts into ``no_interval`` the exact one-sided bound (Clopper & Pearson 1934) that as many
    independent observations as there are source groups would give.

    Args:
        share: A figure in [0, 1]; any other than 0 and 1 is returned as it is.
        groups: Source groups that it comes from.
        level: Confidence level, in (0, 1).
    """
    if share.value not in (0.0, 1.0) or groups < GROUPS:
        return share
    least = (1 - level) ** (1 / groups)
    bound = f"≥ {least:.3f}" if share.value else f"≤ {1 - least:.3f}"
    return replace(share, no_interval=f"all {groups} source groups agree: {bound} at {level:.4g}")


def describe_intervals(settings: Settings) -> str:
    """Name the method of a result's intervals, to stand beside its tables.

    Args:
        settings: Its level and number of resamples.
    """
    if not settings.resamples:
        return "no intervals: scored without resamples (scoring.resamples=0)"
    return (
        f"{100 * settings.level:.4g} % intervals: percentiles of {settings.resamples:,} "
        f"bootstrap resamples of whole source groups within classes; none ([–]) where no "
        f"resample differs or there are fewer than {GROUPS} groups"
    )


def mean_figure(values: Floats, resamples: Resamples, level: float = 0.95) -> Figure:
    """Build the figure of a mean.

    Args:
        values: (n,), of the resamples' samples.
        resamples: Of these samples.
        level: Confidence level, in (0, 1).
    """
    sums = resamples.sums(np.stack([values, np.ones_like(values)], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums[:, 0] / sums[:, 1]
    return figure(means, len(values), level, groups=resamples.groups())
