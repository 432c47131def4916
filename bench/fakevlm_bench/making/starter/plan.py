"""Which crop gets which edits: the make-up of each split.

Every real image is the twin of one or two edited ones, so that the classes stay
near balance. Families are dealt out over the crops in a shuffled order, and the
crops are taken from all photographs in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path

import numpy as np

from fakevlm_bench.errors import DataError
from fakevlm_bench.making.starter import crops, sources
from fakevlm_bench.making.starter.crops import Crop
from fakevlm_bench.making.starter.families import MAKERS, Edit, is_visible
from fakevlm_bench.making.starter.sources import Photograph
from fakevlm_bench.seeding import generator

SIZE, LARGE_SIZE = 256, 320
"""Sides of the crops in pixels; the larger ones occur in test."""
LARGE_FROM, LARGE_SHARE = 1000, 0.25
"""Photographs with a short side of so many pixels give larger crops with this probability."""
ATTEMPTS = 3
"""Tries at an edit before another crop gets it."""


@dataclass(frozen=True, slots=True)
class Composition:
    """What a split is made of.

    Attributes:
        prefix: Of the ids.
        fakes: Number of images of each family, ``face_paste`` apart.
        reals: Number of crops that they are shared out over.
        face_pastes: Number of pasted faces, each with a real twin of its own.
        faces: Number of generated faces, unpaired.
        crops_per_photograph: At most.
        overlap: Greatest intersection over union of two crops of a photograph.
        large: Whether some crops are larger.
    """

    prefix: str
    fakes: Mapping[str, int]
    reals: int
    face_pastes: int
    faces: int
    crops_per_photograph: int
    overlap: float = 0.3
    large: bool = False


TRAINED_FAMILIES = (
    "whole_superres", "whole_autoencoder", "whole_style",
    "region_superres", "region_autoencoder", "region_style",
    "splice", "removal",
)  # fmt: skip
COMPOSITIONS = {
    "train": Composition("tr", dict.fromkeys(TRAINED_FAMILIES, 52), 320, 20, 24, 6),
    "validation": Composition("va", dict.fromkeys(TRAINED_FAMILIES, 12), 84, 6, 8, 6),
    "test": Composition(
        "te", dict.fromkeys((*TRAINED_FAMILIES, "region_animesr"), 52), 300, 28, 40, 9, large=True
    ),
}


def extra(pairs: int) -> Composition:
    """Compose additional training pairs: many overlapping crops, each with one edit."""
    each, rest = divmod(pairs, len(TRAINED_FAMILIES))
    fakes = {family: each + (i < rest) for i, family in enumerate(TRAINED_FAMILIES)}
    per_photograph = max(8, 3 * pairs // len(sources.catalogue()))
    return Composition("xt", fakes, pairs, pairs // 40, pairs // 40, per_photograph, overlap=0.75)


def all_crops(split: str, composition: Composition, cache: Path, seed: int) -> Iterator[Crop]:
    """Take the crops of a split's photographs in turn.

    Args:
        split: Whose photographs are used.
        composition: What the split is made of.
        cache: The folder that `sources.fetch` filled.
        seed: Of the whole set.
    """
    columns = [
        list(islice(_crops(p, composition, cache, seed), composition.crops_per_photograph))
        for p in sources.catalogue()
        if p.split == split
    ]
    rounds = chain.from_iterable(zip_longest(*columns))
    return (crop for crop in rounds if crop is not None)


def crop_named(name: str, composition: Composition, cache: Path, seed: int) -> Crop:
    """Take the crop of a name again.

    Args:
        name: As `Crop.name`.
        composition: What the split is made of.
        cache: The folder that `sources.fetch` filled.
        seed: Of the whole set.

    Raises:
        DataError: There is no such crop.
    """
    photograph_id = name.rpartition("-")[0]
    for photograph in sources.catalogue():
        if photograph.id == photograph_id:
            image = sources.load(photograph, cache)
            around = islice(crops.face_crops(photograph, image, SIZE, seed), 50)
            for crop in chain(_crops(photograph, composition, cache, seed), around):
                if crop.name == name:
                    return crop
    raise DataError(f"there is no crop {name}")


def _crops(
    photograph: Photograph, composition: Composition, cache: Path, seed: int
) -> Iterator[Crop]:
    """Take the crops of one photograph, at the size that it is used at."""
    image = sources.load(photograph, cache)
    chance = generator(seed, photograph.id, "size").random()
    large = composition.large and min(image.shape[:2]) >= LARGE_FROM and chance < LARGE_SHARE
    size = LARGE_SIZE if large else SIZE
    return crops.crops(photograph, image, size, seed, composition.overlap)


def face_crops(split: str, count: int, cache: Path, seed: int) -> list[Crop]:
    """Take crops around faces from a split's photographs in turn.

    Args:
        split: Whose photographs are used.
        count: Most crops.
        cache: The folder that `sources.fetch` filled.
        seed: Of the whole set.
    """
    columns = [
        crops.face_crops(photograph, sources.load(photograph, cache), SIZE, seed)
        for photograph in sources.catalogue()
        if photograph.split == split and photograph.faces
    ]
    return list(islice(chain.from_iterable(zip(*columns, strict=False)), count))


def deal(
    available: Iterator[Crop], composition: Composition, stamp_folder: Path, seed: int
) -> Iterator[tuple[Crop, dict[str, Edit]]]:
    """Make the edits of a split, one or two for each crop.

    Args:
        available: Crops, more than are needed: some allow no visible edit.
        composition: What the split is made of.
        stamp_folder: Of the cut-outs.
        seed: Of the whole set.

    Raises:
        DataError: The crops ran out before the edits did.
    """
    rng = generator(seed, composition.prefix, "deal")
    names = [family for family, count in composition.fakes.items() for _ in range(count)]
    queue = [names[i] for i in rng.permutation(len(names))]
    twos = len(queue) - composition.reals
    shares = rng.permutation([2] * twos + [1] * (composition.reals - twos))
    owed = 0
    for share in shares:
        edits: dict[str, Edit] = {}
        while not edits:
            try:
                crop = next(available)
            except StopIteration:
                message = f"too few textured crops: {len(queue)} edits remain"
                raise DataError(message) from None
            edits = _edits(crop, queue, int(share) + owed, stamp_folder, seed)
        owed += int(share) - len(edits)
        for family in edits:
            queue.remove(family)
        yield crop, edits


def _edits(
    crop: Crop, queue: Sequence[str], share: int, stamp_folder: Path, seed: int
) -> dict[str, Edit]:
    """Make up to ``share`` different edits of a crop, trying families in the queue's order."""
    edits: dict[str, Edit] = {}
    for family in dict.fromkeys(queue):
        if len(edits) == share:
            break
        # A cut-out under the GPL cannot go into a photograph under CC-BY-SA-3.0.
        if family == "splice" and crop.photograph.licence == "CC-BY-SA-3.0":
            continue
        edit = attempt(family, crop, stamp_folder, seed)
        if edit is not None:
            edits[family] = edit
    return edits


def attempt(family: str, crop: Crop, stamp_folder: Path, seed: int) -> Edit | None:
    """Make an edit that leaves something to see.

    Args:
        family: Of the edit.
        crop: The original.
        stamp_folder: Of the cut-outs.
        seed: Of the whole set.

    Returns:
        The edit; None where a few tries changed too little.
    """
    make: Callable[[Crop, Path, np.random.Generator], Edit] = MAKERS[family]
    for number in range(ATTEMPTS):
        edit = make(crop, stamp_folder, generator(seed, crop.name, f"{family}-{number}"))
        if is_visible(family, edit, crop.image):
            return edit
        if edit.mask is None:
            break
    return None
