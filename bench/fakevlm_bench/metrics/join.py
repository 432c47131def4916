"""Predictions beside the truth, one row for each sample under each condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakevlm_bench.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["sample_id", "condition_id"]


def join(predictions: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Merge predictions with the truth about them.

    Args:
        predictions: Columns of `fakevlm_bench.engine.schema.PREDICTIONS`.
        truth: Columns of `fakevlm_bench.engine.schema.TRUTH`; its ``mask`` and ``boxes``
            become ``true_mask`` and ``true_boxes``.

    Returns:
        One row for each (sample, condition), sorted by both.

    Raises:
        DataError: A pair occurs twice on one side, or on one side only.
    """
    for name, frame in (("predictions", predictions), ("truth", truth)):
        twice = frame.duplicated(KEYS)
        if twice.any():
            raise DataError(f"{name} hold {_first(frame[twice])} more than once")
    truth = truth.rename(columns={"mask": "true_mask", "boxes": "true_boxes"})
    if predictions[KEYS].equals(truth[KEYS]):
        frame = predictions.join(truth.drop(columns=KEYS), lsuffix="_x", rsuffix="_y")
        return frame.sort_values(KEYS, ignore_index=True)
    frame = predictions.merge(truth, on=KEYS, how="outer", indicator=True)
    for side, what in (("left_only", "truth"), ("right_only", "prediction")):
        alone = frame[frame["_merge"] == side]
        if len(alone):
            raise DataError(f"no {what} for {_first(alone)} ({len(alone)} such rows)")
    return frame.drop(columns="_merge").sort_values(KEYS, ignore_index=True)


def _first(frame: pd.DataFrame) -> str:
    row = frame.iloc[0]
    return f"sample '{row['sample_id']}' under '{row['condition_id']}'"
