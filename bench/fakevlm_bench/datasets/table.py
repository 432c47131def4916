"""Datasets with one row per image: Parquet files, a folder on disk, or a hub repository."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from fakevlm_bench.datasets import parquet
from fakevlm_bench.datasets.files import digest_files
from fakevlm_bench.datasets.labels import LabelLists, as_list, as_text
from fakevlm_bench.datasets.notes import Note, Tally
from fakevlm_bench.datasets.rows import MaskSettings, Row
from fakevlm_bench.errors import ConfigError, DataError, unknown_name
from fakevlm_bench.types import Sample

__all__ = ["COLUMNS", "TableDataset", "digest_files"]

COLUMNS = (
    "id", "image", "label", "category", "generator", "family", "scope", "pair", "paired",
    "unseen", "mask", "boxes", "references", "group",
)  # fmt: skip
_REQUIRED = ("id", "image", "label")
_LABEL_NAMES = ("real", "fake")


@dataclass(frozen=True)
class TableDataset:
    """Rows of a table, as samples.

    A label that has names (a ``ClassLabel``) is read by its names, never by its numbers; the
    default lists stand for the names ``real`` and ``fake``, in this order. How other values
    are compared: `fakevlm_bench.datasets.labels`. An image is its bytes, or a path below `path`.

    Attributes:
        path: A folder of Parquet files, or a hub repository's ``owner/name``.
        split: Files ``<split>*.parquet`` of a folder, or the hub's split.
        revision: The commit (40 hexadecimal digits) of a hub repository; required there.
        sha256: Pinned fingerprint; loading anything else is an error. Null pins nothing.
        columns: The table's own name for each of `COLUMNS` that differs.
        real: The value of the label column that means REAL, or several; null is the other one
            of 0 and 1.
        fake: The value that means FAKE, or several.
        leave_out: Values whose rows are left out, and counted. Any other value is an error.
        subset: Ids to use, in the table's order; null uses all.
        streaming: Read rows as they come, instead of memory-mapping a cached copy.
        mask_threshold: Of masks with more than two values, as a share of the full range, in
            (0, 1); null is `fakevlm_bench.masks.THRESHOLD`.
        mask_resize: Resize masks of another size than their image, by nearest pixel.
        variant: The selected part of a data set, as it is added to the task's name.
    """

    path: str | Path
    split: str = "test"
    revision: str | None = None
    sha256: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    real: Any = None
    fake: Any = 1
    leave_out: Any = ()
    subset: frozenset[str] | frozenset[int] | None = None
    streaming: bool = False
    mask_threshold: float | None = None
    mask_resize: bool = False
    variant: str = ""

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            ConfigError: The path is empty, a column is unknown, lists of labels overlap, or a
                threshold is outside of (0, 1).
        """
        if not str(self.path).strip():
            raise ConfigError(
                "path is empty: set it to a folder of Parquet files, or to owner/name on the hub"
            )
        unknown = sorted(set(self.columns) - set(COLUMNS))
        if unknown:
            raise unknown_name("key of columns", unknown[0], COLUMNS)
        if self.mask_threshold is not None and not 0 < self.mask_threshold < 1:
            raise ConfigError(
                f"mask_threshold must be above 0 and below 1, not {self.mask_threshold}"
            )
        _ = self._lists

    @cached_property
    def _lists(self) -> LabelLists:
        return LabelLists.of(self.real, self.fake, self.leave_out)

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
            digest = digest_files(self.files)
        elif self.revision and re.fullmatch(r"[0-9a-f]{40}", self.revision):
            pinned = f"{self.path}@{self.revision}:{self.split}"
            digest = hashlib.sha256(pinned.encode()).hexdigest()
        else:
            raise DataError(
                f"{self.path} is not a folder; to load it from the hub, pin its revision "
                f"(a commit of 40 hexadecimal digits, not '{self.revision}')"
            )
        if self.sha256 and digest != self.sha256:
            raise DataError(
                f"{self.path} ({self.split}) has the digest {digest}, not {self.sha256} as pinned: "
                "it is another version, or was changed"
            )
        return digest

    @cached_property
    def _subset_ids(self) -> frozenset[str] | None:
        return None if self.subset is None else frozenset(as_text(one) or "" for one in self.subset)

    def fingerprint(self) -> str:
        """Digest of the files (or the pinned revision) and of how they are read.

        What means REAL is not part of it: of a table that can be read at all, the other two
        lists say it.
        """
        subset = None if self._subset_ids is None else sorted(self._subset_ids)
        fake = as_list(self.fake)
        reading: list[Any] = [
            dict(self.columns),
            str(fake[0]) if len(fake) == 1 else sorted(map(str, self._lists.fake)),
            subset,
        ]
        more = {
            "leave_out": sorted(map(str, self._lists.leave_out)) or None,
            "mask_threshold": self.mask_threshold,
            "mask_resize": self.mask_resize or None,
        }
        more = {name: value for name, value in more.items() if value is not None}
        text = json.dumps([*reading, more] if more else reading, sort_keys=True)
        return hashlib.sha256(f"{self._digest}{text}".encode()).hexdigest()

    def _load(self, *, streaming: bool) -> Any:
        import datasets

        datasets.disable_progress_bars()
        _ = self._digest
        if not self._is_local:
            return datasets.load_dataset(
                str(self.path), split=self.split, revision=self.revision, streaming=streaming
            )
        return parquet.load(self.files, streaming=streaming)

    def _name(self, column: str) -> str:
        return self.columns.get(column, column)

    def _require(self, present: list[str], column: str) -> str:
        name = self._name(column)
        if name not in present:
            raise DataError(f"{self.path} has no column '{name}': it has {', '.join(present)}")
        return name

    @cached_property
    def _index(self) -> tuple[list[str], Tally]:
        """The ids of the selected rows, with their labels checked, and what is left out."""
        names, labels = [], []
        rows = self._local_index() if self._is_local else self._hub_index()
        for i, (value, label) in enumerate(rows):
            try:
                name = as_text(value) or ""
            except TypeError as error:
                raise DataError(f"the id of row {i} of {self.path}, from 0: {error}") from error
            if self._subset_ids is None or name in self._subset_ids:
                names.append(name)
                labels.append(label)
        tally, ids = Tally(), []
        for name, label in zip(names, labels, strict=True):
            if self._read_label(name, label, labels) is None:
                tally.add(f"sample with the label {as_text(label) or 'null'}", name)
            else:
                ids.append(name)
        return ids, tally

    def _read_label(self, name: str, label: Any, labels: Sequence[Any] = ()) -> Any:
        where = f"sample '{name}' of {self.path}"
        try:
            return self._resolved.read(label)
        except KeyError as error:
            raise self._resolved.unknown(where, label, labels) from error
        except TypeError as error:
            raise DataError(f"{where}: its label, {error}") from error

    @cached_property
    def _resolved(self) -> LabelLists:
        """The lists; the default ones by name where the labels are named so."""
        numbers = (frozenset("0"), frozenset("1"))
        if tuple(self._names) == _LABEL_NAMES and (self._lists.real, self._lists.fake) == numbers:
            return LabelLists.of(*_LABEL_NAMES, self.leave_out)
        return self._lists

    @cached_property
    def _names(self) -> list[str]:
        """The names of a ``ClassLabel``; empty where labels are plain values."""
        if self._is_local:
            return parquet.class_names(self.files[0], self._name("label"))
        features = self._load(streaming=True).features or {}
        return list(getattr(features.get(self._name("label")), "names", ()) or ())

    def _label(self, value: Any) -> Any:
        """Return the label's name where it has one; −1 stands for none."""
        if not self._names or not isinstance(value, int):
            return value
        return self._names[value] if 0 <= value < len(self._names) else None

    def _local_index(self) -> Iterator[tuple[Any, Any]]:
        present = parquet.column_names(self.files)
        names = [self._require(present, column) for column in ("id", "label")]
        for name, label in parquet.columns(self.files, names):
            yield name, self._label(label)

    def _hub_index(self) -> Iterator[tuple[Any, Any]]:
        table = self._load(streaming=True)
        present = list(table.column_names or [])
        names = [self._require(present, column) for column in ("id", "label")]
        for row in table.select_columns(names):
            yield row[names[0]], self._label(row[names[1]])

    def ids(self) -> list[str]:
        """Return every sample's id, in order; ids that the subset names must be there.

        Raises:
            DataError: A column, or a sample of the subset, is missing, a label is in no list,
                or a file cannot be read.
        """
        missing = sorted((self._subset_ids or frozenset()) - set(self._index[0]))
        if missing:
            raise DataError(f"{len(missing)} samples of the subset are missing, first {missing[0]}")
        return self._index[0]

    def notes(self) -> list[Note]:
        """Say which labels are left out."""
        return self._index[1].notes()

    def __iter__(self) -> Iterator[Sample]:
        """Iterate over the samples in the table's order.

        Raises:
            DataError: A required column is missing, a row has no image, a label is in no list,
                or a value is of a wrong type.
        """
        import datasets

        table = self._load(streaming=self.streaming)
        present = {column: self._name(column) for column in COLUMNS}
        present = {ours: own for ours, own in present.items() if own in table.column_names}
        missing = [self._name(column) for column in _REQUIRED if column not in present]
        if missing:
            raise DataError(f"{self.path} lacks the column '{missing[0]}'")
        table = table.select_columns(list(present.values()))
        features = table.features or {}
        for column in {"image", "mask"} & set(present):
            if isinstance(features.get(present[column]), datasets.Image):
                table = table.cast_column(present[column], datasets.Image(decode=False))
        root = Path(self.path) if self._is_local else None
        masks = MaskSettings(self.mask_threshold, self.mask_resize)
        for values in parquet.guarded(table, self.files if self._is_local else []):
            row = Row({ours: values[own] for ours, own in present.items()}, str(self.path), root,
                      masks)  # fmt: skip
            name = row.text("id")
            if self._subset_ids is not None and name not in self._subset_ids:
                continue
            label = self._read_label(name, self._label(row.values["label"]))
            if label is not None:
                yield row.sample(label)
