"""Parquet files of a table; every error is one line that names the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fakevlm_bench.datasets.files import unreadable
from fakevlm_bench.errors import DataError


def schema(file: Path) -> Any:
    """Read a file's schema.

    Raises:
        DataError: It is not a Parquet file, or is truncated.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(file, error) from error


def column_names(files: Sequence[Path]) -> list[str]:
    """Return the first file's columns, having opened every one.

    Raises:
        DataError: A file is not a Parquet file, or is truncated.
    """
    names = [list(schema(file).names) for file in files]
    return names[0]


def class_names(file: Path, column: str) -> list[str]:
    """Return the names of a label that `datasets` wrote as a ``ClassLabel``.

    Args:
        file: One of the table's files.
        column: The label's.

    Returns:
        In the order of their numbers; empty where labels are plain values.

    Raises:
        DataError: The file is not a Parquet file, or is truncated.
    """
    try:
        info = json.loads((schema(file).metadata or {}).get(b"huggingface", b"{}"))
        feature = info["info"]["features"][column]
        return list(feature["names"]) if feature["_type"] == "ClassLabel" else []
    except (ValueError, KeyError, TypeError):
        return []


def columns(files: Sequence[Path], names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Iterate over the rows of a few columns; the others are not read.

    Args:
        files: In order.
        names: The columns.

    Raises:
        DataError: A file cannot be read, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in files:
        missing = set(names) - set(schema(file).names)
        if missing:
            raise DataError(f"{file} has no column '{min(missing)}', unlike the other files")
        try:
            table = pq.read_table(file, columns=names)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(file, error) from error
        yield from zip(*(table[name].to_pylist() for name in names), strict=True)


def load(files: Sequence[Path], *, streaming: bool) -> Any:
    """Load files as one `datasets` table.

    Args:
        files: In order.
        streaming: Read rows as they come, instead of memory-mapping a cached copy.

    Raises:
        DataError: A file cannot be read.
    """
    import datasets

    column_names(files)
    names = [str(file) for file in files]
    try:
        return datasets.load_dataset(
            "parquet", data_files=names, split="train", streaming=streaming
        )
    except (datasets.exceptions.DatasetGenerationError, OSError, ValueError) as error:
        raise _broken(files, error) from error


def guarded(table: Iterable[Mapping[str, Any]], files: Sequence[Path]) -> Iterator[Any]:
    """Iterate over a table's rows.

    Args:
        table: As `load` returned it.
        files: Its files; empty where it is on the hub.

    Raises:
        DataError: A file cannot be read to its end; it is named where `files` are given.
    """
    import pyarrow as pa

    rows = iter(table)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except (pa.ArrowException, OSError) as error:
            if not files:
                raise DataError(f"the table cannot be read to its end: {error}") from error
            raise _broken(files, error) from error
        yield row


def _broken(files: Sequence[Path], error: Exception) -> DataError:
    """Build the error for files that begin well, by reading each until one breaks."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for file in files:
        try:
            for _ in pq.ParquetFile(file).iter_batches(64):
                pass
        except (pa.ArrowException, OSError) as fault:
            return unreadable(file, fault)
    reason = str(error.__cause__ or error).strip().split("\n")[0]
    return DataError(f"the Parquet files in {files[0].parent} differ in columns or types: {reason}")
