"""Text and JSON files that others wrote: their encodings, and what is wrong with them, in a line.

Lines end at line feeds alone: U+2028, U+0085 and their like are part of the words around them.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fakevlm_bench.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_POINTER = "version https://git-lfs"


def printable(path: Path) -> str:
    """Return a path as it can be shown and recorded, also where its name is no UTF-8."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def read_text(path: Path) -> str:
    """Read a UTF-8 file, or one in UTF-16 or UTF-32 that says so with a byte order mark.

    Raises:
        DataError: It cannot be read, is in another encoding, or is a Git LFS pointer.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{printable(path)} cannot be read: {error.strerror or error}") from error
    mark, encoding = next((one for one in _MARKS if content.startswith(one[0])), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{printable(path)} is not {encoding.upper()} text (byte {error.start}: "
            f"{error.reason}): save it as UTF-8"
        ) from error
    if text.startswith(_POINTER):
        raise DataError(f"{printable(path)} is a Git LFS pointer, not the file: git lfs pull")
    return text


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        DataError: It cannot be read, or is no JSON, or names a key twice.
    """
    return parse_json(read_text(path), printable(path))


def read_json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Read JSON lines: pairs (number of the line, from 1; value); blank lines are passed over.

    Raises:
        DataError: The file cannot be read, or a line is no JSON.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, parse_json(line, f"{printable(path)}, line {number}")


def parse_json(text: str, where: str) -> Any:
    """Parse JSON; NaN and Infinity are passed on, for the reader of numbers to refuse.

    Args:
        text: JSON.
        where: Its source, for messages.

    Raises:
        DataError: It is no JSON, nested too deeply, or an object names a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except RecursionError as error:
        raise DataError(f"{where} cannot be read: it is nested too deeply") from error
    except ValueError as error:
        raise DataError(f"{where} cannot be read: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object names '{twice}' twice")
    return mapping
