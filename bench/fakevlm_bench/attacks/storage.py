"""Adversarial images as a data set: Parquet with the images as PNG, and a card.

``task=table``-like adapters (`fakevlm_bench.datasets.table.TableDataset`) and ``load_dataset``
read it as it stands. Every part is written whole or not at all, so that crafting can
be stopped and continued.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.files import write_atomically
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.types import Attacked, Fingerprint, Image, Sample, Target

_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
COLUMNS = pa.schema(
    [
        ("id", pa.string()),
        ("image", _IMAGE),  # adversarial, PNG
        ("label", pa.int8()),  # 1 fake
        ("category", pa.string()),
        ("generator", pa.string()),
        ("family", pa.string()),
        ("scope", pa.string()),
        ("pair", pa.string()),
        ("paired", pa.bool_()),
        ("unseen", pa.bool_()),
        ("mask", _IMAGE),
        ("boxes", pa.list_(pa.list_(pa.float64()))),
        ("references", pa.list_(pa.string())),
        ("group", pa.string()),
        ("original_sha256", pa.string()),  # `pixel_digest` of the image that was attacked
        ("seed", pa.uint64()),
        ("norm", pa.float64()),  # measured after quantisation, pixels in [0, 1]
        ("queries", pa.int64()),
        ("flags", pa.list_(pa.string())),
    ]
)
_ATTACK = b"attack"
CARD = "README.md"


def pixel_digest(image: Image) -> str:
    """Digest an image's size and pixels, whatever file they came in."""
    return hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Crafted:
    """An adversarial image with its original; `sample` adds the columns that the target lacks."""

    target: Target
    attacked: Attacked
    sample: Sample | None = None


class _File(TypedDict):
    bytes: bytes
    path: str


class _StoredImage(TypedDict):
    """The columns that are read again."""

    image: _File
    norm: float
    seed: int
    flags: list[str]


class AdversarialSet:
    """A folder with the images of one attack, looked up by sample id and original pixels."""

    def __init__(self, folder: str | Path) -> None:
        """Name the folder, which need not exist yet."""
        self.folder = Path(folder)
        self._index: dict[tuple[str, str], tuple[Path, int]] = {}
        self._read: set[Path] = set()

    @property
    def files(self) -> list[Path]:
        """The parts, sorted by name."""
        return sorted(self.folder.glob("test-*.parquet"))

    def attack(self) -> Fingerprint | None:
        """Return the fingerprint of the attack that made the images; None where there are none.

        Raises:
            DataError: A part was not written by an attack, or cannot be read.
        """
        attack: Fingerprint | None = None
        for file in self.files:
            written = _schema(file).metadata or {}
            if _ATTACK not in written:
                raise DataError(f"{file} holds no adversarial images: its metadata name no attack")
            attack = attack or json.loads(written[_ATTACK])
        return attack

    def digest(self) -> str:
        """Digest of all parts' names and sizes of content: SHA-256 over their own digests."""
        total = hashlib.sha256()
        for file in self.files:
            total.update(hashlib.sha256(file.read_bytes()).digest())
        return total.hexdigest()

    def find(self, target: Target, seed: int | None = None) -> Attacked | None:
        """Return the adversarial image of a target, or None where there is none.

        Args:
            target: Looked up by sample id and pixels.
            seed: Where given, only an image of this seed counts.

        Raises:
            DataError: A part cannot be read.
        """
        self._refresh()
        place = self._index.get((target.sample_id, pixel_digest(target.image)))
        if place is None:
            return None
        row = _rows(place[0])[place[1]]
        if seed is not None and row["seed"] != seed:
            return None
        image = decode_image(row["image"]["bytes"])
        return Attacked(image=image, norm=row["norm"], queries=0, flags=tuple(row["flags"]))

    def _refresh(self) -> None:
        """Index parts that were written since the last call, by this or another process."""
        for file in self.files:
            if file not in self._read:
                keys = _table(file, ["id", "original_sha256"])
                pairs = zip(*(column.to_pylist() for column in keys.columns), strict=True)
                self._index |= {pair: (file, row) for row, pair in enumerate(pairs)}
                self._read.add(file)

    def add(self, crafted: Sequence[Crafted], attack: Fingerprint, card: str) -> None:
        """Write one part, and the card where there is none yet.

        Args:
            crafted: Images of one attack; none writes nothing.
            attack: The attack's fingerprint.
            card: Markdown, for people.

        Raises:
            ConfigError: The folder holds another attack's images.
        """
        written = self.attack()
        if written is not None and written != json.loads(json.dumps(attack)):
            raise ConfigError(
                f"{self.folder} holds images of another attack or of other settings: "
                "use another folder"
            )
        if not crafted:
            return
        schema = COLUMNS.with_metadata({_ATTACK: json.dumps(attack, sort_keys=True)})
        table = pa.Table.from_pylist([_row(one) for one in crafted], schema)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", row_group_size=64)
        data = sink.getvalue().to_pybytes()
        name = f"test-{len(self.files):05d}-{hashlib.sha256(data).hexdigest()[:12]}.parquet"
        write_atomically(self.folder / name, data)
        if not (self.folder / CARD).exists():
            write_atomically(self.folder / CARD, card.encode())


def _row(one: Crafted) -> dict[str, object]:
    target, attacked, sample = one.target, one.attacked, one.sample
    row: dict[str, object] = {
        "id": target.sample_id,
        "image": {"bytes": encode_png(attacked.image), "path": f"{target.sample_id}.png"},
        "label": int(target.label),
        "paired": True,
        "unseen": False,
        "group": target.sample_id,
        "original_sha256": pixel_digest(target.image),
        "seed": target.seed,
        "norm": attacked.norm,
        "queries": attacked.queries,
        "flags": list(attacked.flags),
    }
    if sample is None:
        return row
    texts = ("category", "generator", "family", "pair", "paired", "unseen", "group")
    mask = {"bytes": sample.mask, "path": f"{sample.id}-mask.png"} if sample.mask else None
    return row | {
        **{name: getattr(sample, name) for name in texts},
        "scope": "whole" if sample.whole else "region" if sample.mask else "none",
        "mask": mask,
        "boxes": [list(box) for box in sample.boxes],
        "references": list(sample.references),
    }


def _table(file: Path, columns: list[str]) -> pa.Table:
    try:
        return pq.read_table(file, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{file} cannot be read: {error}") from error


@cache
def _schema(file: Path) -> Any:
    """Read one part's schema; parts are never changed once written."""
    try:
        return pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{file} cannot be read: {error}") from error


@lru_cache(maxsize=4)
def _rows(file: Path) -> list[_StoredImage]:
    """Read one part; parts are never changed once written."""
    rows: list[_StoredImage] = _table(file, ["image", "norm", "seed", "flags"]).to_pylist()
    return rows
