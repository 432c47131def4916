"""Builds the starter set: ``fakevlm-bench data build starter``.

Without additional pairs it writes the three splits, ``photographs.csv`` and ``SHA256SUMS``
to the output folder. With the pinned packages of the ``starter-build`` extra a rebuild
gives the same bytes.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.errors import ConfigError, DataError, unknown_name
from fakevlm_bench.files import cache_folder
from fakevlm_bench.making.starter import encode, regions, sources, stamps
from fakevlm_bench.making.starter.crops import Crop
from fakevlm_bench.making.starter.explanations import references
from fakevlm_bench.making.starter.families import UNSEEN, Edit, generated_face
from fakevlm_bench.making.starter.plan import (
    COMPOSITIONS,
    SIZE,
    Composition,
    all_crops,
    attempt,
    deal,
    extra,
    face_crops,
)
from fakevlm_bench.making.starter.shards import Row, Shard, write
from fakevlm_bench.seeding import generator

logger = logging.getLogger(__name__)

SEED, EXTRA_SEED = 2026, 2027
ROWS_PER_SHARD = 1000
LONGEST_TAIL = 1 << 16
"""Bound in bytes of the random part of a tail: many times what twins differ by."""
DEFAULT_CACHE = cache_folder() / "starter"


def make(
    out: Path,
    cache: Path = DEFAULT_CACHE,
    split: str | None = None,
    pairs: int = 0,
    seed: int | None = None,
) -> list[Shard]:
    """Build the set, or a split of it, or additional training pairs.

    Args:
        out: Folder for the files.
        cache: Folder that packages are downloaded to.
        split: Only this one; None builds all three.
        pairs: Additional training pairs to make instead, in ``extra-*.parquet``.
        seed: For other crops and edits than the published ones.

    Raises:
        ConfigError: There is no such split, or additional pairs of another split than train.
        DataError: A package is missing, or is another version than the catalogue names.
    """
    if split is not None and split not in COMPOSITIONS:
        raise unknown_name("split", split, COMPOSITIONS)
    if pairs and split not in (None, "train"):
        raise ConfigError(f"additional pairs are training pairs: they cannot be of '{split}'")
    if missing := sources.missing_modules():
        raise DataError(
            f"not installed: {', '.join(missing)}; pip install 'fakevlm-bench[starter-build]'"
        )
    sources.fetch(cache)
    if pairs:
        rows = build("train", extra(pairs), cache, seed or EXTRA_SEED)
        return _write_all(rows, "extra", out)
    shards = []
    for name in [split] if split else COMPOSITIONS:
        shards += _write_all(build(name, COMPOSITIONS[name], cache, seed or SEED), name, out)
    shutil.copyfile(sources.CATALOGUE, out / "photographs.csv")
    sums = "".join(f"{shard.sha256}  {shard.path.name}\n" for shard in shards)
    (out / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return shards


def build(split: str, composition: Composition, cache: Path, seed: int) -> Iterator[Row]:
    """Make the rows of a split: twins side by side, then pasted faces, then generated ones.

    Args:
        split: Whose photographs are used.
        composition: What to make.
        cache: The folder that `sources.fetch` filled.
        seed: Of everything random.
    """
    folder = sources.stamp_folder(cache)
    available = all_crops(split, composition, cache, seed)
    for crop, edits in deal(available, composition, folder, seed):
        yield from twins(crop, edits, composition.prefix, seed)
    for crop in face_crops(split, composition.face_pastes, cache, seed):
        edit = attempt("face_paste", crop, folder, seed)
        if edit is not None:
            yield from twins(crop, {"face_paste": edit}, composition.prefix, seed)
    for number in range(composition.faces):
        yield face(number, composition.prefix, seed)


def twins(crop: Crop, edits: dict[str, Edit], prefix: str, seed: int) -> list[Row]:
    """Make the rows of a crop and its edits, all files of one length.

    The length is the longest twin's and a random number of bytes: the longest one needs a tail
    of fill bytes too, or its having none would tell what it is.

    Args:
        crop: The real image.
        edits: By family.
        prefix: Of the ids.
        seed: Of everything random.
    """
    files = {"real": encode.jpeg(crop.image)}
    files |= {family: encode.jpeg(edit.image) for family, edit in edits.items()}
    length = max(map(len, files.values())) + _tail(crop.name, seed)
    return [
        _row(
            crop,
            family,
            edits.get(family),
            data=encode.pad(data, length),
            prefix=prefix,
            seed=seed,
        )
        for family, data in files.items()
    ]


def _row(crop: Crop, family: str, edit: Edit | None, *, data: bytes, prefix: str, seed: int) -> Row:
    """Describe one image of a crop."""
    photograph, (height, width) = crop.photograph, crop.image.shape[:2]
    row_id = f"{prefix}-{crop.name}-{family}"
    mask = None if edit is None else edit.mask
    scope = "none" if edit is None else "whole" if mask is None else "region"
    boxes = {"none": [], "whole": [[0.0, 0.0, float(width), float(height)]]}.get(scope, [])
    if mask is not None:
        boxes = [list(regions.bounding_box(mask))]
    licence = photograph.licence + (f" AND {stamps.LICENCE}" if family == "splice" else "")
    place = regions.place(mask) if mask is not None else ""
    rng = generator(seed, row_id, "references")
    return Row(
        id=row_id,
        image=data,
        fake=edit is not None,
        category=photograph.category,
        generator="real" if edit is None else edit.generator,
        family=family,
        scope=scope,
        pair="" if edit is None else f"{prefix}-{crop.name}-real",
        paired=True,
        unseen=family in UNSEEN,
        mask=None if mask is None else encode.mask_png(mask),
        boxes=boxes,
        references=references(family, photograph.subject, place, edit.item if edit else "", rng),
        group=photograph.id,
        source=photograph.package,
        author=photograph.author,
        licence=licence,
        width=width,
        height=height,
    )


def _tail(name: str, seed: int) -> int:
    """Draw the number of fill bytes that a set of twins has beyond what evens out lengths."""
    return int(generator(seed, name, "tail").integers(LONGEST_TAIL))


def face(number: int, prefix: str, seed: int) -> Row:
    """Make the row of a generated face, enlarged to `SIZE` pixels.

    Args:
        number: Counts the split's faces, from 0.
        prefix: Of the id.
        seed: Of everything random.
    """
    row_id = f"{prefix}-face-{number:03d}"
    pixels, name = generated_face(generator(seed, row_id, "face"))
    large = PillowImage.fromarray(pixels).resize((SIZE, SIZE), PillowImage.Resampling.BICUBIC)
    data = encode.jpeg(np.asarray(large))
    rng = generator(seed, row_id, "references")
    return Row(
        id=row_id,
        image=encode.pad(data, len(data) + _tail(row_id, seed)),
        fake=True,
        category="face",
        generator=name,
        family="generated_face",
        scope="whole",
        pair="",
        paired=False,
        unseen=False,
        mask=None,
        boxes=[[0.0, 0.0, float(SIZE), float(SIZE)]],
        references=references("generated_face", "face", "", "", rng),
        group=row_id,
        source=name,
        author="none (generated)",
        licence="MIT",
        width=SIZE,
        height=SIZE,
    )


def _write_all(rows: Iterator[Row], split: str, out: Path) -> list[Shard]:
    """Write rows as ``split-00000.parquet`` and so on."""
    shards: list[Shard] = []
    while batch := list(islice(rows, ROWS_PER_SHARD)):
        shards.append(write(batch, out / f"{split}-{len(shards):05d}.parquet"))
        logger.info("%s: %d rows in %s", split, len(batch), shards[-1].path)
    return shards
