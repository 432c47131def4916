"""What FakeVLM's official evaluation writes, scored properly, beside its own reading of it.

The official evaluation takes an answer for *real* where the letters "real" occur in it, else for
*fake* where "fake" does, else tosses a coin. `official_reading` repeats that, the coin in
expectation, so that a published number can be met again and compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.errors import DataError
from fakevlm_bench.result import Figure, Result
from fakevlm_bench.types import Label, Response

if TYPE_CHECKING:
    import pandas as pd

    from fakevlm_bench.datasets.fakeclue import Record


_LEGEND = (
    "official reading: REAL where the letters 'real' occur in an answer, else FAKE where 'fake'",
    "occurs, else a coin, in expectation. fakevlm_compat_accuracy and fakevlm_compat_f1 above are",
    "another thing: this suite's reading, a coin for the answers that it could not understand.",
)


def official_reading(caption: str) -> Label | None:
    """Read an answer as the official evaluation does; None where it tosses a coin."""
    lowered = caption.lower()
    if "real" in lowered:
        return Label.REAL
    return Label.FAKE if "fake" in lowered else None


def score_official(answers: Path, data: Path) -> Result:
    """Score ``[{"id", "caption"}]`` with the data set's ``test.json``; no image is needed.

    Args:
        answers: What the official evaluation wrote; ids are images' paths, possibly below
            other folders than in `data`.
        data: FakeClue's ``test.json``.

    Returns:
        The result of proper scoring; its ``official_reading`` holds accuracy and F1 of class
        REAL under the official reading.

    Raises:
        DataError: A file cannot be read, or answers belong to other images.
    """
    from fakevlm_bench.answers.interpret import ParseSettings
    from fakevlm_bench.datasets.fakeclue import read_records
    from fakevlm_bench.foreign_answers.files import read_answers
    from fakevlm_bench.foreign_answers.records import score_against
    from fakevlm_bench.metrics import Settings

    records = {str(record["image"]): record for record in read_records(data)}
    by_image = _matched(read_answers(answers, "fakevlm"), records, answers)
    truth = _truth(records)
    result = score_against(truth, by_image, ParseSettings(answers="fakevlm"), Settings())
    return result.headed(
        task=f"fakeclue@1 ({data.name})",
        detector=answers.stem,
        official_reading=_official_figures(truth, by_image),
    )


def _matched(
    answers: Mapping[str, Response], records: Mapping[str, Any], file: Path
) -> dict[str, Response]:
    """Name answers as the data does: by the whole path, or by one that ends with it."""
    by_image: dict[str, Response] = {}
    for name, response in answers.items():
        parts = name.replace("\\", "/").split("/")
        ends = ("/".join(parts[i:]) for i in range(len(parts)))
        image = next((end for end in ends if end in records), None)
        if image is None:
            raise DataError(f"{file}: '{name}' is not an image of the data set's file")
        if image in by_image:
            raise DataError(f"{file}: two answers for image '{image}'")
        by_image[image] = response
    return by_image


def _truth(records: Mapping[str, Record]) -> pd.DataFrame:
    """Make the truth from the records alone; their own sizes stand in for the images'."""
    import pyarrow as pa

    from fakevlm_bench.datasets.fakeclue import sample_of
    from fakevlm_bench.engine.prepare import truth_row
    from fakevlm_bench.engine.schema import TRUTH

    rows = [
        truth_row(
            sample_of(record, b""),
            "clean",
            None,
            (int(record.get("width") or 0), int(record.get("height") or 0)),
        )
        for record in records.values()
    ]
    frame: pd.DataFrame = pa.Table.from_pylist(rows, TRUTH).to_pandas()
    return frame


def _official_figures(truth: pd.DataFrame, answers: Mapping[str, Response]) -> dict[str, Figure]:
    """Compute accuracy and F1 of REAL under the official reading."""
    from fakevlm_bench.foreign_answers.records import predictions_frame
    from fakevlm_bench.metrics import Settings
    from fakevlm_bench.metrics.detection import verdict_figures
    from fakevlm_bench.metrics.join import join
    from fakevlm_bench.metrics.scoring import answers as answers_of
    from fakevlm_bench.metrics.scoring import resamples_of
    from fakevlm_bench.types import Prediction, Status

    predictions = []
    for name in truth["sample_id"]:
        verdict = official_reading((answers[name].text or "") if name in answers else "")
        status = Status.UNPARSED if verdict is None else Status.OK
        predictions.append(Prediction(name, "clean", status, verdict))
    frame = join(predictions_frame(predictions), truth)
    settings = Settings()
    figures = verdict_figures(answers_of(frame), resamples_of(frame, settings), settings)
    return {name: figures[f"fakevlm_compat_{name}"] for name in ("accuracy", "f1")}


def as_table(result: Result) -> str:
    """Lay the two readings side by side, and say what they are."""
    rows = [("", "this suite's reading", "official reading")]
    for title, ours, theirs in (
        ("accuracy", "accuracy", "accuracy"),
        ("F1 of real", "f1_real", "f1"),
    ):
        official = result.figure("official_reading", theirs)
        rows.append((title, result.figure("detection", ours).text, official.text))
    lines = [f"{name:<12}{ours:<26}{theirs}".rstrip() for name, ours, theirs in rows]
    return "\n".join([*lines, "", *_LEGEND])
