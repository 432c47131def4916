"""The pool: training crops with everything that the builder's generators make of them.

A generator takes most of a second for a crop, blending its output into a region a
millisecond. So every crop is re-synthesised as a whole once, here, and the training
cuts new regions out of that whenever it needs a picture (`synthesis.py`).

Runs in the environment of the ``starter-build`` extra. Families that the starter set
keeps for its test split are never made.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from fakevlm_bench.files import replacing
from fakevlm_bench.making.starter import sources
from fakevlm_bench.making.starter.crops import Crop, crops, face_crops
from fakevlm_bench.making.starter.families import (
    MAKERS,
    REGION_STRENGTH,
    SHARE,
    UNSEEN,
    Edit,
    generated_face,
    is_visible,
    style,
    whole,
)
from fakevlm_bench.making.starter.regions import blob
from fakevlm_bench.seeding import generator
from fakevlm_bench.types import Image

logger = logging.getLogger(__name__)

SIZE = 256
WHOLE = ("whole_superres", "whole_autoencoder", "whole_style")
LAYERS = {family: MAKERS[family] for family in WHOLE} | {
    "region_style": whole(style(*REGION_STRENGTH))
}
"""What re-synthesises whole crops: for the whole families, and for regions cut out of it."""
EDITS = ("splice",) * 8 + ("removal",) * 2
FACE_EDITS = ("face_paste",) * 4
FACES = 40
"""Crops around each photograph's faces, for the pasted and the generated ones."""
GENERATED = 4
"""Generated faces that stand beside each of them."""
BLOBS = 6
STRIDE = 3
"""Crops that are taken of one photograph before the next one's turn."""
OVERLAP = 0.6
"""Greatest intersection over union of two crops of the pool."""


def main(argv: list[str]) -> int:
    """Make a pool, or one part of it; crops that are there already are not made again."""
    parser = argparse.ArgumentParser(description="Make the training pool of FakeVLM-Mini.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="the builder's packages")
    parser.add_argument("--split", default="train", choices=("train", "validation"))
    parser.add_argument("--crops", type=int, default=6, help="per photograph")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1, help="processes that share the work")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    stamp_folder = sources.stamp_folder(options.cache)
    photographs = [item for item in sources.catalogue() if item.split == options.split]
    for first in range(0, options.crops, STRIDE):
        for photograph in photographs[options.part :: options.parts]:
            last = min(first + STRIDE, options.crops)
            for crop in _crops(photograph, options.cache, options.seed, first, last):
                path = options.out / f"{crop.name}.npz"
                if not path.exists():
                    write(path, crop, stamp_folder, options.seed)
        logger.info("made crops %d to %d of each photograph", first, last)
    for photograph in photographs[options.part :: options.parts]:
        image = sources.load(photograph, options.cache) if photograph.faces else None
        for crop in islice(_faces(photograph, image, options.seed), FACES):
            path = options.out / f"{crop.name}.npz"
            if not path.exists():
                write(path, crop, stamp_folder, options.seed)
    return 0


def _faces(photograph: sources.Photograph, image: Image | None, seed: int) -> Iterator[Crop]:
    """Take the crops around a photograph's faces, none where it shows none."""
    return iter(()) if image is None else face_crops(photograph, image, SIZE, seed)


def _crops(
    photograph: sources.Photograph, cache: Path, seed: int, first: int, last: int
) -> Iterator[Crop]:
    """Take the crops of a photograph from a number to a number."""
    every = crops(photograph, sources.load(photograph, cache), SIZE, seed, OVERLAP)
    return islice(every, first, last)


def write(path: Path, crop: Crop, stamp_folder: Path, seed: int) -> None:
    """Make one crop's file.

    It holds ``real`` (H, W, 3); ``layers`` (4, H, W, 3), the whole image by each of
    `LAYERS`; ``blobs`` (n, H, W), regions to cut; ``edits`` (m, H, W, 3) with
    ``edit_masks`` (m, H, W), finished edits; for a crop around a face ``faces`` (k, H, W, 3),
    generated ones of its size; and ``about``, their description as JSON.

    Args:
        path: The file.
        crop: The original.
        stamp_folder: Of the cut-outs.
        seed: Of the whole pool.
    """
    rng = generator(seed, crop.name, "pool")
    layers = [make(crop, stamp_folder, rng).image for make in LAYERS.values()]
    blobs = [blob(crop.image, SHARE, rng) for _ in range(BLOBS)]
    families = FACE_EDITS if crop.faces else EDITS
    edits = [(family, MAKERS[family](crop, stamp_folder, rng)) for family in families]
    visible = [(family, edit) for family, edit in edits if is_visible(family, edit, crop.image)]
    about = {
        "photograph": crop.photograph.id,
        "subject": crop.photograph.subject,
        "edits": [{"family": family, "item": edit.item} for family, edit in visible],
    }
    with replacing(path) as temporary, temporary.open("wb") as handle:
        np.savez(
            handle,
            real=crop.image,
            layers=np.stack(layers),
            blobs=np.stack(blobs),
            edits=_stack([edit.image for _, edit in visible], crop.image),
            edit_masks=_stack([_mask(edit) for _, edit in visible], crop.image[..., 0] > 0),
            faces=_stack([_enlarged_face(rng) for _ in crop.faces * GENERATED], crop.image),
            about=np.array(json.dumps(about)),
        )


def _enlarged_face(rng: np.random.Generator) -> Image:
    """Generate a face and enlarge it as the starter set does."""
    face = PillowImage.fromarray(generated_face(rng)[0])
    return np.asarray(face.resize((SIZE, SIZE), PillowImage.Resampling.BICUBIC))


def _mask(edit: Edit) -> NDArray[np.bool_]:
    """Return the mask of an edit that has one."""
    if edit.mask is None:
        raise ValueError(f"{edit.generator} has no mask")
    return edit.mask


def _stack(arrays: list[NDArray[np.generic]], like: NDArray[np.generic]) -> NDArray[np.generic]:
    """Stack arrays that may be none at all."""
    return np.stack(arrays) if arrays else np.empty((0, *like.shape), like.dtype)


if UNSEEN & {*WHOLE, *EDITS, *FACE_EDITS}:
    raise ValueError("the pool would hold what the starter set keeps for its test split")

if __name__ == "__main__":
    import sys

    logging.basicConfig(level=logging.INFO)
    sys.exit(main(sys.argv[1:]))
