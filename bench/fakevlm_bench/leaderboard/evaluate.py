"""Everything that is computed of one submission, in a process with limits (`sandbox`).

Reads the submission's files, holds them against the truth, and computes every
figure from them. Nothing that the submitter claims goes in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fakevlm_bench.engine.schema import PREDICTIONS
from fakevlm_bench.errors import DataError
from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.attacked import check_attacked
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.schema import predictions_schema, responses_schema
from fakevlm_bench.leaderboard.submission import Submission
from fakevlm_bench.leaderboard.untrusted import folder as files
from fakevlm_bench.leaderboard.untrusted.attacks import read_attack
from fakevlm_bench.leaderboard.untrusted.images import png_size, reencode
from fakevlm_bench.leaderboard.untrusted.parquet import read_table
from fakevlm_bench.metrics.regions import parse
from fakevlm_bench.types import Prediction, Response, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray


KEYS = ["sample_id", "condition_id"]
VERDICT_CODES = {"real": 0, "fake": 1, "unparsed": 2, "failed": 3}
_MASK = re.compile(r"\d+x\d+:(0,)?[1-9]\d{0,7}(,[1-9]\d{0,7})*")
"""Only the first run may be empty, so that a code is never longer than its mask allows."""


def evaluate(
    folder: str,
    submission: Submission,
    truth_path: str,
    out: str,
    *,
    metrics: Sequence[str] = (),
    floors_path: str | None = None,
) -> None:
    """Read and score one submission.

    Args:
        folder: The submission's.
        submission: Its document, which has been checked.
        truth_path: Parquet of the truth frame.
        out: Folder for ``result.json``, ``samples.npz`` and the re-encoded images.
        metrics: Further metrics that the task asks for.
        floors_path: What `write_floors` wrote of the same truth.

    Raises:
        RefusalError: With the first thing that is wrong.
    """
    from fakevlm_bench.leaderboard.recompute import recompute

    source, target = Path(folder), Path(out)
    truth = pq.read_table(truth_path).to_pandas()
    predictions, responses = read_records(source, truth)
    spoken = responses is not None and bool(responses["text"].notna().any())
    check_values(predictions, truth, submission.threshold.value, spoken=spoken)
    if responses is not None and spoken:
        predictions = reread_answers(predictions, responses, submission)
    predictions = predictions.reindex(columns=PREDICTIONS.names)
    target.mkdir(parents=True, exist_ok=True)
    floors = json.loads(Path(floors_path).read_text("utf-8")) if floors_path else None
    result = recompute(predictions, truth, responses, submission, metrics, floors=floors)
    (target / "result.json").write_text(json.dumps(result, sort_keys=True), "utf-8")
    conditions = submission.protocol.conditions
    write_samples(predictions, conditions, target / "samples.npz")
    table = pa.Table.from_pandas(predictions, schema=PREDICTIONS, preserve_index=False)
    pq.write_table(table, target / "predictions.parquet", compression="zstd")
    _write_images(source, target, truth, responses, conditions)


def write_floors(truth_path: str, out: str) -> None:
    """Write the floors of a task's explanations, the same for all who explain, as JSON.

    Args:
        truth_path: Parquet of the truth frame.
        out: Path of the JSON.
    """
    from fakevlm_bench.metrics.scoring import floors_of

    truth = pq.read_table(truth_path, filters=[("condition_id", "==", "clean")]).to_pandas()
    Path(out).write_text(json.dumps(floors_of(truth).to_json()), "utf-8")


def read_records(folder: Path, truth: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Read predictions and, where there are any, responses, in the truth's order of rows.

    Args:
        folder: The submission's.
        truth: One row for each sample and condition.

    Raises:
        RefusalError: A file that is not what it should be; ids missing, extra or twice.
    """
    path = folder / files.PREDICTIONS
    table = read_table(path, predictions_schema(), len(truth))
    predictions = _aligned(table, truth, files.PREDICTIONS)
    path = folder / files.RESPONSES
    if not path.exists():
        return predictions, None
    table = read_table(path, responses_schema(), len(truth))
    responses = _aligned(table, truth, files.RESPONSES)
    for text in responses["attack"].dropna().unique():
        read_attack(text, files.RESPONSES)
    return predictions, responses


def _aligned(table: pa.Table, truth: pd.DataFrame, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    if frame[KEYS].equals(truth[KEYS]):
        return frame
    if frame[KEYS].isna().to_numpy().any():
        raise RefusalError(f"{name}: a sample_id or condition_id is null")
    keys, expected = pd.MultiIndex.from_frame(frame[KEYS]), pd.MultiIndex.from_frame(truth[KEYS])
    if keys.has_duplicates:
        raise RefusalError(f"{name}: {_pair(keys[keys.duplicated()][0])} appears twice")
    if len(extra := keys.difference(expected)):
        missing = expected.difference(keys)
        raise RefusalError(
            f"{name}: {_pair(extra[0])} is not in the task, and {_pair(missing[0])} is missing"
        )
    aligned: pd.DataFrame = frame.set_index(KEYS).loc[expected].reset_index()
    return aligned


def _pair(key: tuple[object, ...]) -> str:
    return f"{shown(key[0])} under {shown(key[1])}"


def check_values(
    predictions: pd.DataFrame, truth: pd.DataFrame, threshold: float, *, spoken: bool
) -> None:
    """Hold statuses, verdicts, scores, masks and heat maps against their ranges.

    Args:
        predictions: In the truth's order.
        truth: The task's.
        threshold: Above which a score means FAKE, for submissions without words.
        spoken: Whether there are responses; verdicts are then read from them instead.

    Raises:
        RefusalError: Naming the first row that is out of range.
    """

    def refuse_where(wrong: pd.Series[bool], what: str) -> None:
        if wrong.any():
            row = predictions.iloc[int(np.argmax(wrong.to_numpy()))]
            raise RefusalError(f"{files.PREDICTIONS}: {what} ({_pair(tuple(row[KEYS]))})")

    status, verdict, score = (predictions[name] for name in ("status", "verdict", "score"))
    understood = status == Status.OK
    refuse_where(~status.isin([str(s) for s in Status]), "status must be ok, unparsed or failed")
    refuse_where(verdict.notna() & ~verdict.isin([0, 1]), "verdict must be 0, 1 or null")
    refuse_where(understood != verdict.notna(), "a row has a verdict exactly if its status is ok")
    refuse_where(score.notna() & ~score.between(0, 1), "score must lie in [0, 1]")
    refuse_where((status == Status.FAILED) & score.notna(), "a failed row has no score")
    if not spoken:
        disagree = understood & score.notna() & ((score > threshold) != (verdict == 1))
        refuse_where(disagree, f"the verdict contradicts the score at threshold {threshold}")
    refuse_where(predictions["dropped_boxes"].fillna(0) < 0, "dropped_boxes must not be negative")
    _check_masks(predictions, truth)
    _check_heat_maps(predictions, refuse_where)


def _check_masks(predictions: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Check each mask's size and form before it is decoded, then that its runs fill it."""
    has_mask = predictions["mask"].notna()
    rows = zip(
        predictions.loc[has_mask, "mask"],
        truth.loc[has_mask, "width"],
        truth.loc[has_mask, "height"],
        predictions.loc[has_mask, "sample_id"],
        predictions.loc[has_mask, "condition_id"],
        strict=True,
    )
    for code, width, height, sample, condition in rows:
        if not code.startswith(f"{width}x{height}:"):
            raise RefusalError(
                f"{files.PREDICTIONS}: the mask of {_pair((sample, condition))} is "
                f"{shown(code.partition(':')[0], 24)}, the image was {width}x{height}"
            )
        if not _MASK.fullmatch(code):
            raise RefusalError(
                f"{files.PREDICTIONS}: malformed run-length code ({_pair((sample, condition))})"
            )
        try:
            parse(code)
        except DataError as error:
            raise RefusalError(
                f"{files.PREDICTIONS}: {error} ({_pair((sample, condition))})"
            ) from None


def _check_heat_maps(
    predictions: pd.DataFrame, refuse_where: Callable[[pd.Series[bool], str], None]
) -> None:
    size = predictions["heat_map_width"] * predictions["heat_map_height"]
    length = predictions["heat_map"].map(len, na_action="ignore")
    there = predictions["heat_map"].notna()
    refuse_where(there != size.notna(), "heat_map and its width and height go together")
    positive = (predictions["heat_map_width"] > 0) & (predictions["heat_map_height"] > 0)
    refuse_where(there & (~positive | (length != size)), "heat_map is not width × height bytes")


def write_samples(predictions: pd.DataFrame, conditions: list[str], path: Path) -> None:
    """Write verdict codes and scores as arrays (conditions, samples), in the truth's order.

    Args:
        predictions: In the truth's order of rows.
        conditions: Ids, in the submission's order.
        path: Of the ``.npz``.
    """
    shape = (len(conditions), -1)
    ordered = predictions.sort_values(
        "condition_id", key=lambda c: c.map(conditions.index), kind="stable"
    )
    codes = ordered["verdict"].fillna(0).to_numpy(np.uint8)
    codes[ordered["status"] == Status.UNPARSED] = VERDICT_CODES["unparsed"]
    codes[ordered["status"] == Status.FAILED] = VERDICT_CODES["failed"]
    scores: NDArray[np.float64] = ordered["score"].to_numpy(np.float64)
    np.savez(path, verdicts=codes.reshape(shape), scores=scores.reshape(shape))


def _write_images(
    folder: Path,
    target: Path,
    truth: pd.DataFrame,
    responses: pd.DataFrame | None,
    conditions: Sequence[str],
) -> None:
    for name in sorted(path.name for path in (folder / "images").glob("*")):
        data = files.read_bytes(folder / "images" / name, limits.IMAGE_BYTES)
        encoded = reencode(data, f"images/{name}")
        if name.startswith("attacked"):
            check_attacked(name, png_size(encoded), truth, responses, conditions)
        (target / name).with_suffix(".png").write_bytes(encoded)


def read_texts(
    predictions: pd.DataFrame, responses: pd.DataFrame, submission: Submission
) -> Iterator[Prediction | None]:
    """Read the text of every row, each distinct one once; None for a row without.

    Args:
        predictions: Its keys are used, the columns `KEYS`.
        responses: The same rows, with ``text``.
        submission: States the threshold and the answers' published form.
    """
    from fakevlm_bench.answers.interpret import ParseSettings, interpret

    form = submission.reading
    reading = ParseSettings(
        threshold=submission.threshold.value, answers=form.answers, yes=form.yes
    )
    by_text: dict[str, Prediction] = {}
    rows = zip(*(predictions[name] for name in KEYS), responses["text"], strict=True)
    for sample, condition, text in rows:
        if text is not None and text not in by_text:
            by_text[text] = interpret(sample, condition, Response(text=text), reading)
        yield None if text is None else by_text[text]


def reread_answers(
    predictions: pd.DataFrame, responses: pd.DataFrame, submission: Submission
) -> pd.DataFrame:
    """Read every answer again, and add the explanations.

    A row without text keeps what the predictions say of it.

    Args:
        predictions: In the truth's order of rows.
        responses: The same rows, with ``text``.
        submission: States the threshold and the answers' published form.

    Raises:
        RefusalError: A verdict is not what the suite reads in the answer.
    """
    explanations: list[str | None] = []
    reads = read_texts(predictions, responses, submission)
    rows = zip(*(predictions[name] for name in (*KEYS, "verdict")), reads, strict=True)
    for sample, condition, verdict, read in rows:
        if read is None:
            explanations.append(None)
            continue
        if (None if pd.isna(verdict) else int(verdict)) != read.verdict:
            raise RefusalError(
                f"{files.PREDICTIONS}: the verdict of {_pair((sample, condition))} is "
                f"{shown(verdict)}, its answer reads as {shown(read.verdict)}"
            )
        explanations.append(read.explanation)
    return predictions.assign(explanation=pd.Series(explanations, dtype=object))
