"""What the record of an attack says: distance, queries, signs of false robustness."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


class AttackRecord(TypedDict, total=False):
    """What an attack recorded of one sample, as far as figures need it.

    Attributes:
        attack: The attack's fingerprint: ``kind``, ``norm``, ``epsilon`` and more.
        norm: Distance of the adversarial image in the attack's norm, pixels in [0, 1].
        queries: Detector evaluations that it took.
        flags: Signs of false robustness.
    """

    attack: dict[str, object]
    norm: float
    queries: float
    flags: list[str]


Records: TypeAlias = dict[str, dict[str, AttackRecord]]
"""Records of attacks, by condition and then by sample."""

POINTS = 32
"""Most points of a curve of success over queries."""


def records(responses: pd.DataFrame | None) -> Records:
    """Read the records of a run's attacks: by condition, then by sample.

    Args:
        responses: With ``sample_id``, ``condition_id`` and ``attack``; the last row of
            a sample counts. Without the column nothing was attacked.
    """
    result: Records = {}
    if responses is None or "attack" not in responses:
        return result
    rows = responses[responses["attack"].notna()]
    for sample, condition, record in zip(
        rows["sample_id"], rows["condition_id"], rows["attack"], strict=True
    ):
        result.setdefault(condition, {})[sample] = json.loads(record)
    return result


def success_curve(
    queries: NDArray[np.float64], broken: NDArray[np.bool_]
) -> list[dict[str, float]]:
    """Compute the share of images that are broken within a number of queries.

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
