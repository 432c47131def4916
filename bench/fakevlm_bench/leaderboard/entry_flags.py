"""What is odd about entries without being forbidden: flagged, shown, left to readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.versions import lineage

if TYPE_CHECKING:
    from numpy.typing import NDArray

COPY_CORRELATION = 0.9999
"""Rank correlation of clean scores above which two entries are called near-copies."""


def flag_oddities(entries: Sequence[Entry]) -> None:
    """Add flags for constant answers and near-copies to the entries of one task, in place.

    Floors answer constantly by design and are left alone.
    """
    rows: list[NDArray[np.float32]] = []
    owners: list[Entry] = []
    for entry in entries:
        if entry.is_floor:
            continue
        verdicts, scores = entry.arrays()
        clean = scores[entry.clean]
        if np.unique(verdicts[entry.clean]).size == 1:
            entry.flags.append("gives the same verdict on every sample")
        if np.isfinite(clean).all():
            if np.ptp(clean) == 0:
                entry.flags.append("gives the same score to every sample")
            else:
                rows.append(_standardised_ranks(clean))
                owners.append(entry)
    if len(rows) < 2:
        return
    table = np.stack(rows)
    close = np.triu(table @ table.T > COPY_CORRELATION, k=1)
    for first, second in zip(*np.nonzero(close), strict=True):
        family = lineage(owners[first])
        if family is not None and family == lineage(owners[second]):
            continue  # versions of one detector may well resemble each other
        owners[first].flags.append(f"ranks samples like {owners[second].slug}")
        owners[second].flags.append(f"ranks samples like {owners[first].slug}")


def _standardised_ranks(scores: NDArray[np.float64]) -> NDArray[np.float32]:
    """Ranks (mean rank for ties), centred and scaled to unit length."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts + 1) / 2)[inverse]
    ranks -= ranks.mean()
    unit: NDArray[np.float32] = (ranks / np.linalg.norm(ranks)).astype(np.float32)
    return unit
