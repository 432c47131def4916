"""The truth about what a run sends, made from the task alone: nobody's record is believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from fakevlm_bench.engine.prepare import prepare
from fakevlm_bench.engine.schema import TRUTH
from fakevlm_bench.protocols import Attack, Perturbation
from fakevlm_bench.types import Condition, Sample, Task

if TYPE_CHECKING:
    import pandas as pd


def truth_frame(task: Task, conditions: Sequence[Condition], seed: int) -> pd.DataFrame:
    """Make the truth of every (sample, condition), masks in the frame that is sent.

    Attacks leave the frame as it is; perturbations are carried out again.

    Returns:
        Columns of `fakevlm_bench.engine.schema.TRUTH`.

    Raises:
        DataError: A sample cannot be used, or its mask does not belong to it.
    """
    rows = [
        prepare(sample, _framing(condition), seed, task.prompt).truth
        | {"condition_id": condition.id}
        for sample in task.dataset
        for condition in conditions
    ]
    frame: pd.DataFrame = pa.Table.from_pylist(rows, TRUTH).to_pandas()
    return frame


def _framing(condition: Condition) -> Condition:
    moves = isinstance(condition.operation, Perturbation)
    return (
        condition if moves and not isinstance(condition.operation, Attack) else Condition("clean")
    )


def sent_image(task: Task, sample_id: str, condition: Condition, seed: int) -> bytes | None:
    """Return the bytes that a sample is sent as; None under an attack, or where it is not there."""
    if isinstance(condition.operation, Attack):
        return None
    for sample in task.dataset:
        if sample.id == sample_id:
            return _sent(sample, condition, seed)
    return None


def _sent(sample: Sample, condition: Condition, seed: int) -> bytes:
    return prepare(sample, condition, seed, "").query.image
