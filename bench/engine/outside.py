"""Responses that another program produced: read, held against a task, and scored."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bench.engine.schema import PREDICTIONS
from bench.engine.score import prediction_row
from bench.engine.truth import truth_frame
from bench.errors import DataError, unknown_name
from bench.types import Condition, Prediction, Response, Task

if TYPE_CHECKING:
    import pandas as pd

    from bench.answers.interpret import Reading
    from bench.metrics import Settings

FORMATS: Mapping[str, Mapping[str, str]] = {
    "records": {"id": "id", "text": "text", "score": "score", "logit": "logit"},
    "fakevlm": {"id": "id", "text": "caption"},
}
"""The names that each format gives to an answer's parts; ``fakevlm`` is what FakeVLM's
official evaluation writes."""


def read_answers(path: Path, form: str) -> dict[str, Response]:
    """Read answers by sample id from JSON (a list), JSON lines, CSV or Parquet.

    Raises:
        ConfigError: No such format.
        DataError: The file cannot be read, an id is missing or there twice, or a
            score is no probability.
    """
    if form not in FORMATS:
        raise unknown_name("format of answers", form, FORMATS)
    names = FORMATS[form]
    answers: dict[str, Response] = {}
    for place, row in enumerate(_rows(path)):
        if not isinstance(row, Mapping) or row.get(names["id"]) in (None, ""):
            raise DataError(f"{path}: answer {place} (counted from 0) has no '{names['id']}'")
        name = str(row[names["id"]])
        if name in answers:
            raise DataError(f"{path}: two answers for sample '{name}'")
        answers[name] = _response(path, name, {k: row.get(v) for k, v in names.items()})
    return answers


def _rows(path: Path) -> Iterable[Any]:
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            rows: list[Any] = pq.read_table(path).to_pylist()
            return rows
        if path.suffix == ".csv":
            import pandas as pd

            frame = pd.read_csv(path, dtype={"id": str}, float_precision="round_trip").astype(
                object
            )
            return frame.where(frame.notna(), None).to_dict("records")
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        value = json.loads(text)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(value, list):
        raise DataError(f"{path} is not a list of answers")
    return value


def _response(path: Path, name: str, row: Mapping[str, Any]) -> Response:
    text, score, logit = row.get("text"), row.get("score"), row.get("logit")
    try:
        score = float(score) if score is not None else None
        logit = float(logit) if logit is not None else None
    except (TypeError, ValueError) as error:
        raise DataError(f"{path}: the answer for '{name}' has no number: {error}") from error
    if score is not None and not 0 <= score <= 1:
        raise DataError(f"{path}: the score for '{name}' is {score}, not within [0, 1]")
    return Response(text=None if text is None else str(text), score=score, logit=logit)


def score_answers(
    task: Task, answers: Mapping[str, Response], reading: Reading, name: str
) -> dict[str, Any]:
    """Score answers on a task's own images; a sample without an answer counts as failed.

    Raises:
        DataError: An answer belongs to no sample of the task, or none belongs to any.
    """
    from bench.metrics import Settings

    truth = truth_frame(task, [Condition("clean")], seed=0)
    strange = sorted(set(answers) - set(truth["sample_id"]))
    if strange:
        raise DataError(
            f"{len(strange)} answers belong to no sample of {task.key}, first '{strange[0]}' "
            f"(its samples are called like '{truth['sample_id'].iloc[0]}')"
        )
    body = score_against(truth, answers, reading, Settings(metrics=task.metrics))
    return {"task": task.key, "detector": name, **body}


def score_against(
    truth: pd.DataFrame, answers: Mapping[str, Response], reading: Reading, settings: Settings
) -> dict[str, Any]:
    """Score answers against rows of truth, in the frames that these state."""
    from bench.answers.interpret import interpret
    from bench.metrics import compute
    from bench.metrics.table import join

    predictions = []
    for sample, width, height in truth[["sample_id", "width", "height"]].itertuples(index=False):
        found = answers.get(sample, Response(error="no answer"))
        sized = dataclasses.replace(found, size=(int(width), int(height)) if width else None)
        predictions.append(interpret(sample, "clean", sized, reading))
    return compute(join(predictions_frame(predictions), truth), settings)


def predictions_frame(predictions: Sequence[Prediction]) -> pd.DataFrame:
    """Give predictions as a frame with the columns of `bench.engine.schema.PREDICTIONS`."""
    rows = [prediction_row(one) for one in predictions]
    frame: pd.DataFrame = pa.Table.from_pylist(rows, PREDICTIONS).to_pandas()
    return frame
