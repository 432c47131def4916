"""A run's folder: manifest, responses, truth, predictions, result.

Everything is written to a temporary name and renamed, so that a file is there
whole or not at all. Responses and truth grow in numbered parts.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fakevlm_bench.engine.manifest import FILE, Manifest
from fakevlm_bench.errors import RunError
from fakevlm_bench.files import write_atomically
from fakevlm_bench.result import Result
from fakevlm_bench.secret import any_known, redact, redact_tree

_OWN = ("id", "identity", "run", "task", "detector", "samples", "files", "packages", "times")
"""Keys of records with values of the suite's own making, which a short key must not tear apart."""
_SAID = ("text", "error", "attack", "explanation")
"""Columns that hold what others said."""


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON with sorted keys, known secrets taken out; NaN and infinity are errors."""
    safe = {key: one if key in _OWN else redact_tree(one) for key, one in value.items()}
    text = json.dumps(safe, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    # A lone surrogate, as a file name may have, becomes JSON's own escape.
    write_atomically(path, (text + "\n").encode(errors="backslashreplace"))


def write_table(path: Path, table: pa.Table) -> None:
    """Write a Parquet file, compressed with zstd, known secrets taken out of its texts."""
    for i, column in enumerate(table.schema):
        if any_known() and column.name in _SAID:
            texts = [None if one is None else redact(one) for one in table[i].to_pylist()]
            table = table.set_column(i, column, pa.array(texts, column.type))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_atomically(path, sink.getvalue().to_pybytes())


class RunFolder:
    """One run on disk; making the object touches nothing."""

    def __init__(self, path: str | Path) -> None:
        """Name a run's folder, which need not exist yet."""
        self.path = Path(path)

    @property
    def predictions_path(self) -> Path:
        """Where the predictions lie."""
        return self.path / "predictions.parquet"

    @property
    def result_path(self) -> Path:
        """Where the result lies."""
        return self.path / "result.json"

    def manifest(self) -> Manifest:
        """Read the manifest.

        Raises:
            RunError: There is none, it cannot be read, or a newer version wrote it.
        """
        return Manifest.from_json(self._read_json(FILE), str(self.path / FILE))

    def result(self) -> Result:
        """Read the result.

        Raises:
            RunError: The run has not been scored.
        """
        return Result.from_json(self._read_json("result.json"))

    def _read_json(self, name: str) -> dict[str, Any]:
        path = self.path / name
        try:
            value = json.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise RunError(f"{self.path} is not a finished run: {name} is missing") from error
        except (ValueError, OSError) as error:
            raise RunError(f"{path} cannot be read: {error}") from error
        if not isinstance(value, dict):
            raise RunError(f"{path} is not a JSON object")
        return value

    @property
    def exists(self) -> bool:
        """Whether a manifest is there."""
        return (self.path / FILE).is_file()

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest."""
        write_json(self.path / FILE, manifest.to_json())

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep a second process out for as long as this one writes.

        Raises:
            RunError: Another process holds the run.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunError(f"{self.path} is in use by another process") from error
            for temporary in self.path.rglob(".*.tmp"):  # half-written when its process was killed
                temporary.unlink()
            yield

    def parts(self, kind: str) -> list[Path]:
        """List the parts of ``responses``, ``truth`` or ``images``, oldest first."""
        return sorted((self.path / kind).glob("part-*.parquet"))

    def append(self, tables: Mapping[str, pa.Table]) -> None:
        """Add one part to each kind, in the order given, under one number.

        Responses come last: whatever has a response then has everything else.
        """
        last = [self.parts(kind)[-1:] for kind in tables]
        number = 1 + max((int(file.stem[5:]) for files in last for file in files), default=-1)
        for kind, table in tables.items():
            write_table(self.path / kind / f"part-{number:06d}.parquet", table)

    def read(self, kind: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """Return the parts' tables, oldest first.

        Raises:
            RunError: A part cannot be read.
        """
        for part in self.parts(kind):
            try:
                yield pq.read_table(part, columns=columns)
            except (pa.ArrowException, OSError, KeyError) as error:
                raise RunError(f"{part} cannot be read: {error}") from error

    def answered(self, *, also_failed: bool = True) -> dict[str, set[str]]:
        """Return the ids of the samples that have a response, by condition."""
        answered: dict[str, set[str]] = {}
        for (sample, condition), error in self._errors().items():
            if error is None or also_failed:
                answered.setdefault(condition, set()).add(sample)
        return answered

    def failures(self) -> list[str]:
        """List the reasons of the queries whose last response is a failure, oldest first."""
        return [error for error in self._errors().values() if error is not None]

    def _errors(self) -> dict[tuple[str, str], str | None]:
        """Return the last response's error of each (sample, condition)."""
        errors: dict[tuple[str, str], str | None] = {}
        for table in self.read("responses", ["sample_id", "condition_id", "error"]):
            for row in table.to_pylist():
                errors[row["sample_id"], row["condition_id"]] = row["error"]
        return errors
