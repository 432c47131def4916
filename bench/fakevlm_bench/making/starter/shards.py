"""The rows of the set and their Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fakevlm_bench.files import replacing, sha256_file

ROWS_PER_GROUP = 100
"""Rows that a reader has to load at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One image of the set, as it is stored; `features` says the same to ``datasets``.

    Attributes:
        id: Unique and stable.
        image: JPEG bytes.
        fake: The label.
        category: Content category, shared by twins.
        generator: What made it; ``real`` for photographs.
        family: Kind of manipulation; ``real`` for photographs.
        scope: ``none``, ``whole`` or ``region``.
        pair: Id of the real twin, or empty.
        paired: False for purely generated images.
        unseen: True for families of the test split only.
        mask: PNG bytes, or None.
        boxes: (x0, y0, x1, y1) in pixels, half-open.
        references: Three explanations.
        group: Id of the photograph.
        source: The package that carries the photograph.
        author: Of the photograph.
        licence: Of the image: all that apply, joined by ``AND``.
        width: In pixels.
        height: In pixels.
    """

    id: str
    image: bytes
    fake: bool
    category: str
    generator: str
    family: str
    scope: str
    pair: str
    paired: bool
    unseen: bool
    mask: bytes | None
    boxes: list[list[float]]
    references: list[str]
    group: str
    source: str
    author: str
    licence: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shard:
    """A file that was written: its path, its rows, and its SHA-256."""

    path: Path
    rows: int
    sha256: str = field(default="")


@lru_cache(maxsize=1)
def features() -> Any:
    """Declare the columns, as a ``datasets.Features``."""
    from datasets import ClassLabel, Features, Image, List, Value  # slow to import

    text, number = Value("string"), Value("int32")
    columns = dict.fromkeys(Row.__dataclass_fields__, text)
    del columns["fake"]
    columns |= {
        "image": Image(),
        "mask": Image(),
        "paired": Value("bool"),
        "unseen": Value("bool"),
        "boxes": List(List(Value("float32"))),
        "references": List(text),
        "width": number,
        "height": number,
    }
    ordered = {"id": text, "image": Image(), "label": ClassLabel(names=["real", "fake"])}
    return Features(ordered | {k: v for k, v in columns.items() if k not in ordered})


def write(rows: Sequence[Row], path: Path) -> Shard:
    """Write rows to one Parquet file that ``load_dataset("parquet")`` reads as it stands.

    Args:
        rows: In their order.
        path: The file.
    """
    schema = features().arrow_schema
    table = pa.Table.from_pylist([_record(row) for row in rows], schema=schema)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, row_group_size=ROWS_PER_GROUP, compression="zstd")
    return Shard(path, len(rows), sha256_file(path))


def _record(row: Row) -> dict[str, Any]:
    """Turn a row into what the Parquet columns hold."""
    record = asdict(row)
    record["label"] = int(record.pop("fake"))
    record["image"] = {"bytes": row.image, "path": f"{row.id}.jpg"}
    if row.mask is not None:
        record["mask"] = {"bytes": row.mask, "path": f"{row.id}.png"}
    return record
