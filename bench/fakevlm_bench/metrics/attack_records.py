"""What the record of an attack says: distance, queries, signs of false robustness."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

POINTS = 32
"""Most points of a curve of success over queries."""


def records(responses: pd.DataFrame | None) -> dict[str, dict[str, dict[str, Any]]]:
    """Read the records of a run's attacks: by condition, then by sample.

    Args:
        responses: With ``sample_id``, ``condition_id`` and ``attack``; the last row of
            a sample counts. Without the column nothing was attacked.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    if responses is None or "attack" not in responses:
        return found
    rows = responses[responses["attack"].notna()]
    for sample, condition, record in zip(
        rows["sample_id"], rows["condition_id"], rows["attack"], strict=True
    ):
        found.setdefault(condition, {})[sample] = json.loads(record)
    return found


def success_curve(
    queries: NDArray[np.float64], broken: NDArray[np.bool_]
) -> list[dict[str, float]]:
    """Give the share of images that are broken within a number of queries each.

    Args:
        queries: (n,) spent on each image that was right when clean.
        broken: ``bool`` (n,), whether it is wrong now.

    Returns:
        Points ``{"queries", "success"}``, rising, at most `POINTS` of them.
    """
    if not len(queries):
        return []
    spent = np.sort(queries[broken])
    ends = np.unique(spent)
    if len(ends) > POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, POINTS).round().astype(int))]
    share = np.searchsorted(spent, ends, side="right") / len(queries)
    last = float(queries.max())
    points = [{"queries": float(q), "success": float(s)} for q, s in zip(ends, share, strict=True)]
    if not points or points[-1]["queries"] < last:
        points.append({"queries": last, "success": len(spent) / len(queries)})
    return points
