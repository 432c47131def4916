"""What became of the rows: how many answers were understood, which samples stay out of figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


class Coverage(TypedDict):
    """What became of the rows of a condition; ``share`` is that of understood ones, in [0, 1]."""

    planned: int
    ok: int
    unparsed: int
    failed: int
    share: float


def coverage(frame: pd.DataFrame) -> Coverage:
    """Count what became of the rows of one condition."""
    counts = {name: int((frame["status"] == name).sum()) for name in ("ok", "unparsed", "failed")}
    share = counts["ok"] / len(frame) if len(frame) else 0.0
    return {
        "planned": len(frame),
        "ok": counts["ok"],
        "unparsed": counts["unparsed"],
        "failed": counts["failed"],
        "share": share,
    }


def left_out(frame: pd.DataFrame, primary: NDArray[np.bool_]) -> dict[str, dict[str, int]]:
    """Count the samples outside the primary figures: ``unpaired``, by family.

    Args:
        frame: Joined rows of every condition.
        primary: ``bool`` (n,), the rows of the primary figures.
    """
    aside = frame[~primary].drop_duplicates("sample_id")
    counts = aside["family"].value_counts().sort_index()
    return {"unpaired": {str(name): int(count) for name, count in counts.items()}}
