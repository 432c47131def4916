"""Responses that another program produced: held against a task, and scored."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from fakevlm_bench.engine.ground_truth import truth_frame
from fakevlm_bench.engine.schema import PREDICTIONS
from fakevlm_bench.engine.score import prediction_row
from fakevlm_bench.errors import DataError
from fakevlm_bench.result import Result
from fakevlm_bench.types import Condition, Prediction, Response, Task

if TYPE_CHECKING:
    import pandas as pd

    from fakevlm_bench.answers.interpret import ParseSettings
    from fakevlm_bench.metrics import Settings


def score_answers(
    task: Task, answers: Mapping[str, Response], reading: ParseSettings, name: str
) -> Result:
    """Score answers on a task's own images; a sample without an answer counts as failed.

    Raises:
        DataError: An answer belongs to no sample of the task, or none belongs to any.
    """
    from fakevlm_bench.metrics import Settings

    truth = truth_frame(task, [Condition("clean")], seed=0)
    ids = list(dict.fromkeys(truth["sample_id"]))
    strange = sorted(set(answers) - set(ids))
    if strange:
        raise DataError(
            f"{len(strange)} of {len(answers)} answers belong to no sample of {task.key}, first "
            f"{_listed(strange)} (its samples are called like {_listed(ids)})"
        )
    body = score_against(truth, answers, reading, Settings(metrics=task.metrics))
    return body.headed(task=task.key, detector=name)


def score_against(
    truth: pd.DataFrame, answers: Mapping[str, Response], reading: ParseSettings, settings: Settings
) -> Result:
    """Score answers against rows of truth, in the frames that these state."""
    from fakevlm_bench.answers.interpret import interpret
    from fakevlm_bench.metrics import compute
    from fakevlm_bench.metrics.join import join

    predictions = []
    for sample, width, height in truth[["sample_id", "width", "height"]].itertuples(index=False):
        answer = answers.get(sample, Response(error="no answer"))
        size = (int(width), int(height)) if width else None
        predictions.append(interpret(sample, "clean", _framed(answer, size, reading), reading))
    return compute(join(predictions_frame(predictions), truth), settings)


def _framed(answer: Response, size: tuple[int, int] | None, reading: ParseSettings) -> Response:
    """Bring an answer's boxes into pixels of the image that it is about."""
    from fakevlm_bench.answers.regions import scale_boxes

    boxes = answer.boxes
    if size is not None and boxes:
        boxes = scale_boxes(boxes, size, reading.coordinates).boxes
    return dataclasses.replace(answer, size=size, boxes=boxes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:3]) + (", …" if len(names) > 3 else "")


def predictions_frame(predictions: Sequence[Prediction]) -> pd.DataFrame:
    """Return predictions as a frame with the columns of `engine.schema.PREDICTIONS`."""
    rows = [prediction_row(one) for one in predictions]
    frame: pd.DataFrame = pa.Table.from_pylist(rows, PREDICTIONS).to_pandas()
    return frame
