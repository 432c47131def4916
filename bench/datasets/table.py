"""Datasets with one row per image: Parquet files, a folder on disk, or a hub repository."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.errors import DataError
from bench.types import Box, Label, Sample

COLUMNS = (
    "id", "image", "label", "category", "generator", "family", "scope", "pair", "paired",
    "unseen", "mask", "boxes", "references", "group",
)  # fmt: skip
_REQUIRED = ("id", "image", "label")
_MEDIA_TYPES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}


def media_type(data: bytes) -> str:
    """Name the format of an image by its first bytes; empty where unknown."""
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return next((kind for magic, kind in _MEDIA_TYPES.items() if data.startswith(magic)), "")


def digest_files(files: Sequence[Path]) -> str:
    """Digest the names and bytes of files, in the order given.

    Raises:
        DataError: One of them is not there.
    """
    total = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise DataError(f"{file} is missing") from error
        total.update(f"{file.name}:{digest}\n".encode())
    return total.hexdigest()


def read_bytes(value: Any) -> bytes | None:
    """Give the bytes of an undecoded image value of `datasets`, or None."""
    if value is None:
        return None
    if value.get("bytes") is not None:
        return bytes(value["bytes"])
    return Path(value["path"]).read_bytes() if value.get("path") else None


@dataclass(frozen=True)
class TableDataset:
    """Rows of a table, as samples.

    Attributes:
        path: A folder of Parquet files, or a hub repository's ``owner/name``.
        split: Files ``<split>*.parquet`` of a folder, or the hub's split.
        revision: The commit (40 hexadecimal digits) of a hub repository; required there.
        sha256: Pinned fingerprint; loading anything else is an error. Null pins nothing.
        columns: The table's own name for each of `COLUMNS` that differs.
        fake: The value of the label column that means FAKE.
        subset: Ids to use, in the table's order; null uses all.
        streaming: Read rows as they come, instead of memory-mapping a cached copy.
    """

    path: str | Path
    split: str = "test"
    revision: str | None = None
    sha256: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    fake: Any = 1
    subset: frozenset[str] | None = None
    streaming: bool = False

    @property
    def _is_local(self) -> bool:
        return Path(self.path).is_dir()

    @cached_property
    def files(self) -> list[Path]:
        """The split's Parquet files, sorted by name.

        Raises:
            DataError: There are none.
        """
        files = sorted(Path(self.path).glob(f"{self.split}*.parquet"))
        if not files:
            raise DataError(f"no {self.split}*.parquet in {self.path}")
        return files

    @cached_property
    def _digest(self) -> str:
        if self._is_local:
            found = digest_files(self.files)
        elif self.revision and re.fullmatch(r"[0-9a-f]{40}", self.revision):
            found = hashlib.sha256(f"{self.path}@{self.revision}:{self.split}".encode()).hexdigest()
        else:
            raise DataError(
                f"{self.path} is no folder here; to load it from the hub, pin its revision "
                f"(a commit of 40 hexadecimal digits, not '{self.revision}')"
            )
        if self.sha256 and found != self.sha256:
            raise DataError(f"{self.path} ({self.split}) has digest {found}, not {self.sha256}")
        return found

    def fingerprint(self) -> str:
        """Digest of the files (or the pinned revision), the columns read and the subset."""
        chosen = sorted(self.subset) if self.subset is not None else None
        reading = json.dumps([dict(self.columns), str(self.fake), chosen], sort_keys=True)
        return hashlib.sha256(f"{self._digest}{reading}".encode()).hexdigest()

    def _load(self, *, streaming: bool) -> Any:
        import datasets

        datasets.disable_progress_bars()
        _ = self._digest
        if self._is_local:
            files = [str(file) for file in self.files]
            return datasets.load_dataset(
                "parquet", data_files=files, split="train", streaming=streaming
            )
        return datasets.load_dataset(
            str(self.path), split=self.split, revision=self.revision, streaming=streaming
        )

    def _name(self, column: str) -> str:
        return self.columns.get(column, column)

    @cached_property
    def _ids(self) -> list[str]:
        name = self._name("id")
        if self._is_local:
            present, column = self._local_column(name)
        else:
            table = self._load(streaming=True)
            present = table.column_names or []
            column = (row[name] for row in table.select_columns([name])) if name in present else ()
        if name not in present:
            raise DataError(f"{self.path} has no column '{name}': it has {', '.join(present)}")
        ids = [str(one) if one is not None else "" for one in column]
        return ids if self.subset is None else [name for name in ids if name in self.subset]

    def _local_column(self, name: str) -> tuple[list[str], Iterable[Any]]:
        """Give a local table's columns, and one of them read alone, which is quick."""
        import pyarrow.parquet as pq

        present: list[str] = pq.read_schema(self.files[0]).names
        if name not in present:
            return present, ()
        columns = (pq.read_table(file, columns=[name])[name] for file in self.files)
        return present, (value for column in columns for value in column.to_pylist())

    def ids(self) -> list[str]:
        """Give every sample's id, in order; ids that the subset names must be there.

        Raises:
            DataError: The id column, or a sample of the subset, is missing.
        """
        missing = sorted((self.subset or frozenset()) - set(self._ids))
        if missing:
            raise DataError(f"{len(missing)} samples of the subset are missing, first {missing[0]}")
        return self._ids

    def __iter__(self) -> Iterator[Sample]:
        """Give the samples in the table's order.

        Raises:
            DataError: A required column is missing, or a row has no image.
        """
        import datasets

        table = self._load(streaming=self.streaming)
        present = {column: self._name(column) for column in COLUMNS}
        present = {ours: own for ours, own in present.items() if own in table.column_names}
        missing = [self._name(column) for column in _REQUIRED if column not in present]
        if missing:
            raise DataError(f"{self.path} lacks the column '{missing[0]}'")
        table = table.select_columns(list(present.values()))
        for column in {"image", "mask"} & set(present):
            table = table.cast_column(present[column], datasets.Image(decode=False))
        for row in table:
            values = {ours: row[own] for ours, own in present.items()}
            if self.subset is None or values["id"] in self.subset:
                yield self._sample(values)

    def _sample(self, row: Mapping[str, Any]) -> Sample:
        image = read_bytes(row["image"])
        if image is None:
            raise DataError(f"sample '{row['id']}' of {self.path} has no image")
        boxes: list[Box] = [tuple(box) for box in row.get("boxes") or []]
        texts = {key: str(row.get(key) or "") for key in ("category", "generator", "family")}
        return Sample(
            id=str(row["id"]),
            image=image,
            media_type=media_type(image),
            label=Label.FAKE if row["label"] == self.fake else Label.REAL,
            group=str(row.get("group") or row["id"]),
            pair=str(row.get("pair") or ""),
            paired=bool(row.get("paired", True)),
            unseen=bool(row.get("unseen", False)),
            mask=read_bytes(row.get("mask")),
            whole=row.get("scope") == "whole",
            boxes=tuple(boxes),
            references=tuple(row.get("references") or ()),
            **texts,
        )
