"""Files of answers that another program wrote: read, and every row checked."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from fakevlm_bench.errors import DataError, unknown_name
from fakevlm_bench.textfiles import parse_json, printable, read_json, read_json_lines, read_text
from fakevlm_bench.types import Box, Response

FORMATS: Mapping[str, Mapping[str, str]] = {
    "records": {"id": "id", "text": "text", "score": "score", "logit": "logit", "boxes": "boxes"},
    "fakevlm": {"id": "id", "text": "caption"},
}
"""The names that each format gives to an answer's parts; ``fakevlm`` is what FakeVLM's
official evaluation writes."""

MAX_TEXT = 1_000_000
"""Characters of one answer; a longer one is an error."""
MAX_BOXES = 1000
"""Boxes of one answer; more are an error."""
_LARGEST_BOX = 1e6


def read_answers(path: Path, form: str) -> dict[str, Response]:
    """Read answers by sample id from JSON (a list), JSON lines, CSV or Parquet.

    Boxes stay in the unit in which they were written.

    Raises:
        ConfigError: No such format.
        DataError: The file cannot be read or holds no answer; an id is missing or there twice;
            a row has neither text nor score nor logit, or one of a wrong type or range.
    """
    if form not in FORMATS:
        raise unknown_name("format of answers", form, FORMATS)
    names = FORMATS[form]
    answers: dict[str, Response] = {}
    for place, row in _rows(path):
        where = f"{printable(path)}: {place}"
        if not isinstance(row, Mapping):
            raise DataError(f"{where}: expected an object with '{names['id']}', not {_kind(row)}")
        name = _id(row.get(names["id"]), names["id"], row, where)
        if name in answers:
            raise DataError(f"{where}: two answers for sample '{name}'")
        values = {key: row.get(column) for key, column in names.items()}
        answers[name] = _response(values, names, f"{where} ('{name}')")
    if not answers:
        raise DataError(f"{printable(path)} holds no answers")
    return answers


def _rows(path: Path) -> Iterable[tuple[str, Any]]:
    """Read rows with their places in the file, as an error names them."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _counted(_parquet_rows(path))
    if suffix in (".csv", ".tsv"):
        return _csv_rows(path, "\t" if suffix == ".tsv" else ",")
    if suffix in (".jsonl", ".ndjson"):
        return ((f"line {number}", row) for number, row in read_json_lines(path))
    value = read_json(path)
    if not isinstance(value, list):
        raise DataError(f"{printable(path)} is not a list of answers but {_kind(value)}")
    return _counted(value)


def _counted(rows: Sequence[Any]) -> Iterable[tuple[str, Any]]:
    return ((f"answer {number} (counted from 0)", row) for number, row in enumerate(rows))


def _parquet_rows(path: Path) -> list[Any]:
    import pyarrow.parquet as pq

    try:
        rows: list[Any] = pq.read_table(path).to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{printable(path)} cannot be read: {reason}") from error
    return rows


def _csv_rows(path: Path, delimiter: str) -> Iterator[tuple[str, Any]]:
    """Read rows of a table with a header; empty cells are missing."""
    text = read_text(path)
    csv.field_size_limit(max(MAX_TEXT, len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) < len(header):
            columns = ", ".join(header)
            raise DataError(f"{printable(path)}: two columns have the same name: {columns}")
        for cells in reader:
            if not cells:
                continue
            place = f"row ending on line {reader.line_num}"
            if len(cells) != len(header):
                raise DataError(
                    f"{printable(path)}, {place}: {len(cells)} cells, but {len(header)} columns"
                )
            row = {name: cell or None for name, cell in zip(header, cells, strict=True)}
            if isinstance(row.get("boxes"), str):
                row["boxes"] = parse_json(str(row["boxes"]), f"{printable(path)}, {place}: boxes")
            yield place, row
    except csv.Error as error:
        raise DataError(f"{printable(path)}, line {reader.line_num}: {error}") from error


def _id(value: Any, column: str, row: Mapping[Any, Any], where: str) -> str:
    """Return an id as text: 7, 7.0 and "7" are one."""
    if value is None or value == "":
        columns = ", ".join(str(name) for name in row) or "nothing"
        raise DataError(f"{where} has no '{column}' (it has {columns})")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise DataError(f"{where}: '{column}' is {_kind(value)}, not text")
    return str(value)


def _response(row: Mapping[str, Any], names: Mapping[str, str], where: str) -> Response:
    text, boxes = row.get("text"), row.get("boxes")
    if text is not None and not isinstance(text, str):
        raise DataError(f"{where}: '{names['text']}' is {_kind(text)}, not text")
    if text is not None and len(text) > MAX_TEXT:
        raise DataError(f"{where}: '{names['text']}' is longer than {MAX_TEXT:,} characters")
    score, logit = (_number(row.get(key), key, where) for key in ("score", "logit"))
    if score is not None and not 0 <= score <= 1:
        raise DataError(f"{where}: the score is {score}, not within [0, 1]")
    if text is None and score is None and logit is None:
        parts = [names[key] for key in ("text", "score", "logit") if key in names]
        raise DataError(f"{where}: no {' or '.join(parts)}")
    return Response(
        text=None if text is None else _storable(text),
        score=score,
        logit=logit,
        boxes=() if boxes is None else _boxes(boxes, where),
    )


def _number(value: Any, key: str, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool):
        raise DataError(f"{where}: the {key} is true or false, not a number")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{where}: the {key} is not a number: {error}") from error
    if not math.isfinite(number):
        bounds = "within [0, 1]" if key == "score" else "a finite number"
        raise DataError(f"{where}: the {key} is {number}, not {bounds}")
    return number


def _boxes(value: Any, where: str) -> tuple[Box, ...]:
    """Read ``[[x0, y0, x1, y1], …]``."""
    if not isinstance(value, list) or len(value) > MAX_BOXES:
        kind = f"{len(value)} boxes" if isinstance(value, list) else _kind(value)
        raise DataError(f"{where}: 'boxes' is {kind}, not a list of up to {MAX_BOXES} boxes")
    return tuple(_box(one, f"{where}: box {number}") for number, one in enumerate(value))


def _box(value: Any, where: str) -> Box:
    if not isinstance(value, list) or len(value) != 4:
        raise DataError(f"{where} is not [x0, y0, x1, y1]: {json.dumps(value, default=str)[:60]}")
    numbers = [_number(one, "coordinate", where) for one in value]
    x0, y0, x1, y1 = (_LARGEST_BOX * 2 if one is None else one for one in numbers)
    if not (x0 < x1 and y0 < y1) or max(map(abs, (x0, y0, x1, y1))) > _LARGEST_BOX:
        raise DataError(f"{where} is not a box: [{x0:g}, {y0:g}, {x1:g}, {y1:g}]")
    return (x0, y0, x1, y1)


def _storable(text: str) -> str:
    """Join pairs of surrogates, and put U+FFFD for one that stands alone: no record can keep it."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _kind(value: Any) -> str:
    """Name a JSON value's type."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false",
             type(None): "null"}  # fmt: skip
    return kinds.get(type(value), "a number" if isinstance(value, int | float) else "not JSON")
