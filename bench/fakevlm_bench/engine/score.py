"""Stage 2, pure and offline: response → prediction → figures. Asks no detector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fakevlm_bench import rle
from fakevlm_bench.engine.manifest import Manifest
from fakevlm_bench.engine.run_folder import RunFolder, write_json
from fakevlm_bench.engine.schema import PREDICTIONS
from fakevlm_bench.errors import RunError
from fakevlm_bench.files import replacing
from fakevlm_bench.result import Result, Section
from fakevlm_bench.types import Prediction, Response

if TYPE_CHECKING:
    from fakevlm_bench.answers.interpret import ParseSettings


def response_of(row: Mapping[str, Any]) -> Response:
    """Return the response that a row of `RESPONSES` records."""
    heat_map = None
    if row["heat_map"] is not None:
        flat = np.frombuffer(row["heat_map"], dtype=np.uint8)
        heat_map = flat.reshape(row["heat_map_height"], row["heat_map_width"])
    plain = ("text", "score", "logit", "tokens_in", "tokens_out", "latency", "error")
    return Response(
        heat_map=heat_map,
        boxes=tuple(tuple(box) for box in row["boxes"] or ()),
        size=(row["width"], row["height"]),
        **{name: row[name] for name in plain},
    )


def prediction_row(prediction: Prediction) -> dict[str, Any]:
    """Return the row of `PREDICTIONS` for a prediction."""
    heat_map, mask = prediction.heat_map, prediction.mask
    return {
        "sample_id": prediction.sample_id,
        "condition_id": prediction.condition_id,
        "status": str(prediction.status),
        "verdict": None if prediction.verdict is None else int(prediction.verdict),
        "score": prediction.score,
        "mask": None if mask is None else rle.encode(mask),
        "heat_map": None if heat_map is None else heat_map.tobytes(),
        "heat_map_width": None if heat_map is None else heat_map.shape[1],
        "heat_map_height": None if heat_map is None else heat_map.shape[0],
        "explanation": prediction.explanation,
        "dropped_boxes": prediction.dropped_boxes,
        "error": prediction.error,
        "form": prediction.form,
    }


def predictions_of(responses: pa.Table, reading: ParseSettings) -> pa.Table:
    """Understand a table of responses: a table of predictions, row by row."""
    from fakevlm_bench.answers.interpret import interpret

    rows = [
        prediction_row(interpret(row["sample_id"], row["condition_id"], response_of(row), reading))
        for row in responses.to_pylist()
    ]
    return pa.Table.from_pylist(rows, PREDICTIONS)


def _latest(run: RunFolder, kind: str) -> Iterator[pa.Table]:
    """Return a kind's parts, each without the rows that a later part has again."""
    later: set[tuple[str, str]] = set()
    rows_of_parts: list[list[int]] = []
    for table in reversed(list(run.read(kind, ["sample_id", "condition_id"]))):
        pairs = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        rows: list[int] = []
        for i in range(len(pairs) - 1, -1, -1):
            if pairs[i] not in later:
                later.add(pairs[i])
                rows.append(i)
        rows_of_parts.append(rows[::-1])
    for table, rows in zip(run.read(kind), reversed(rows_of_parts), strict=True):
        yield table if len(rows) == table.num_rows else table.take(pa.array(rows, pa.int64()))


def latest(run: RunFolder, kind: str) -> pa.Table:
    """Return all rows of ``responses`` or ``truth``, each (sample, condition) once.

    Raises:
        RunError: There are none.
    """
    tables = list(_latest(run, kind))
    if not tables:
        raise RunError(f"{run.path} holds no {kind}: run it first")
    return pa.concat_tables(tables)


def write_predictions(run: RunFolder, reading: ParseSettings) -> None:
    """Understand every response of a run, part by part, into ``predictions.parquet``."""
    with (
        replacing(run.predictions_path) as temporary,
        pq.ParquetWriter(temporary, PREDICTIONS, compression="zstd") as writer,
    ):
        for responses in _latest(run, "responses"):
            writer.write_table(predictions_of(responses, reading))


def baseline_of(run: RunFolder) -> dict[str, Any]:
    """Return what mCE needs of the run that it is measured against.

    Raises:
        RunError: The run has not been scored.
    """
    result = run.result()
    accuracies = {
        name: section.figure("detection", "balanced_accuracy").value
        for name, section in result.conditions.items()
    }
    return {
        "detector": result["detector"],
        "run": result["run"],
        "balanced_accuracy": {k: v for k, v in accuracies.items() if v is not None},
    }


def _known_baseline(run: RunFolder) -> dict[str, Any] | None:
    """Return the baseline of the result on disk, None where there is no result or none in it."""
    with suppress(RunError):
        baseline: Section | None = run.result().get("baseline")
        return None if baseline is None else baseline.to_json()
    return None


def compute_result(
    run: RunFolder, manifest: Manifest, baseline: Mapping[str, Any] | None = None
) -> Result:
    """Compute a run's figures from its predictions, truth and responses on disk.

    Args:
        run: The run.
        manifest: Its manifest.
        baseline: As `baseline_of` gives it; it is kept in the result.
    """
    from fakevlm_bench.metrics import Settings, compute
    from fakevlm_bench.metrics.corruption_errors import Baseline
    from fakevlm_bench.metrics.join import join

    predictions = pq.read_table(run.predictions_path).to_pandas()
    truth = latest(run, "truth").to_pandas()
    frame = join(predictions, truth)
    settings = Settings(**manifest.scoring)
    costs = {**(manifest.resources or {}), **manifest.prices}
    columns = ["sample_id", "condition_id", "attack"]
    columns += ["latency", "tokens_in", "tokens_out", "cached", "error"]
    responses = pa.concat_tables(run.read("responses", columns)).to_pandas()
    body = compute(
        frame,
        settings,
        responses=responses,
        run=costs,
        baseline=(
            Baseline(baseline["detector"], baseline["balanced_accuracy"]) if baseline else None
        ),
    )
    return body.headed(
        run=manifest.id,
        task=manifest.task.key,
        detector=manifest.detector.name,
        thresholds=manifest.thresholds,
        skipped_conditions=manifest.skipped_conditions,
        **({"baseline": dict(baseline)} if baseline else {}),
    )


def score(
    run: RunFolder, baseline: RunFolder | None = None, *, keep_baseline: bool = False
) -> Result:
    """Score a run again from its responses alone; writes predictions and result.

    Args:
        run: The run.
        baseline: A scored run that mCE is measured against.
        keep_baseline: Without one, take that of the result on disk, if any.

    Raises:
        RunError: The run has no manifest or no responses, or cannot be read.
    """
    manifest = run.manifest()
    with run.lock():
        write_predictions(run, manifest.reading)
        against = _known_baseline(run) if keep_baseline else None
        against = baseline_of(baseline) if baseline else against
        result = compute_result(run, manifest, against)
        write_json(run.result_path, result.to_json())
    return result
