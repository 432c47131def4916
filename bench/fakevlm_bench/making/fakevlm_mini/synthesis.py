"""Training pictures, made on the fly of the pool's crops: twins that differ in the edit alone.

Twins share crop, flip, encoder and everything that sharing does to them, so that the
edit is the only thing that there is to learn.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from fakevlm_bench.errors import DataError
from fakevlm_bench.making.fakevlm_mini.crop_pool import LAYERS, WHOLE
from fakevlm_bench.making.starter.crops import FIRST_FACE
from fakevlm_bench.types import Image, Mask

REGION = tuple(family.replace("whole", "region") for family in WHOLE)
RESAMPLED = "resampled"
"""Reduced and enlarged by an ordinary filter, whole or in a region: made in training only."""
WEIGHTS = dict.fromkeys(WHOLE, 0.09) | dict.fromkeys(REGION, 0.12)
WEIGHTS |= {"splice": 0.20, "removal": 0.06, RESAMPLED: 0.03}
ABOUT_FACES = ("face_paste", "generated_face")
WEIGHTS |= {"face_paste": 0.05, "generated_face": 0.03}
FEATHER = 6.0
"""Width in pixels over which a region's edge is blended, as the builder blends."""
_FILTERS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA, cv2.INTER_LANCZOS4)


@dataclass(frozen=True, slots=True)
class Pair:
    """A real picture and its edited twin.

    Attributes:
        real: ``uint8`` (H, W, 3).
        fake: ``uint8`` (H, W, 3).
        mask: ``bool`` (H, W), true where the fake was edited; everywhere for a whole image.
        family: What was done.
        subject: What the photograph shows.
        item: The object that was put in; empty otherwise.
    """

    real: Image
    fake: Image
    mask: Mask
    family: str
    subject: str = ""
    item: str = ""


class Pool:
    """The crops of a pool's folder, in the order of their names."""

    def __init__(self, folder: Path) -> None:
        """List the files.

        Raises:
            DataError: There are none.
        """
        self.paths = sorted(folder.glob("*.npz"))
        if not self.paths:
            raise DataError(
                f"no training pool in {folder}: make it with python -m "
                "fakevlm_bench.making.fakevlm_mini.crop_pool"
            )
        self._faces = [
            path for path in self.paths if int(path.stem.rpartition("-")[2]) >= FIRST_FACE
        ]
        self._load = lru_cache(maxsize=None)(_load)

    def __len__(self) -> int:
        """Count the crops."""
        return len(self.paths)

    def subjects(self) -> list[str]:
        """Name what the photographs show, each subject once, sorted."""
        return sorted({self._load(path)["about"]["subject"] for path in self.paths})

    def pair(
        self,
        index: int,
        side: int,
        plain: float,
        rng: np.random.Generator,
        families: Sequence[str] = (),
    ) -> Pair:
        """Make twins of one crop, as they look after everything that sharing does to them.

        Args:
            index: Of the crop, unless the family is about faces: then any crop of a face.
            side: Of the pictures in pixels.
            plain: Share of pairs that only go through the set's own encoder.
            rng: Source of randomness.
            families: To choose from; all of `WEIGHTS` where none are given.

        Returns:
            The twins, ``uint8`` (side, side, 3), and the mask in the same frame.
        """
        names = tuple(families) or tuple(WEIGHTS)
        weights = np.array([WEIGHTS[name] for name in names])
        family = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        path = self.paths[index]
        if family in ABOUT_FACES and self._faces:
            path = self._faces[int(rng.integers(len(self._faces)))]
        entry = self._load(path)
        full = entry["real"].shape[0]
        shared = rng.random() >= plain
        length = min(full, round(side / rng.uniform(0.65, 1.3))) if shared else side
        # The encoder's blocks must lie as in a whole picture.
        top, left = (int(rng.integers((full - length) // 16 + 1)) * 16 for _ in range(2))
        pair = _edit(entry, family, np.s_[top : top + length, left : left + length], rng)
        return _share(pair, side, shared, rng)


def _load(path: Path) -> dict[str, Any]:
    """Read one crop's file."""
    with np.load(path) as file:
        entry: dict[str, Any] = {name: file[name] for name in file.files}
    entry["about"] = json.loads(str(entry["about"]))
    return entry


def _edit(entry: dict[str, Any], family: str, at: Any, rng: np.random.Generator) -> Pair:
    """Edit a window of one crop as a family does."""
    real, subject = entry["real"][at], entry["about"]["subject"]
    finished = [i for i, edit in enumerate(entry["about"]["edits"]) if edit["family"] == family]
    if finished:
        number = int(rng.choice(finished))
        item = entry["about"]["edits"][number]["item"]
        fake, mask = entry["edits"][number][at], entry["edit_masks"][number][at]
        return Pair(real, fake, mask, family, subject, item)
    everywhere = np.ones(real.shape[:2], bool)
    if family == "generated_face" and len(entry["faces"]):
        fake = entry["faces"][int(rng.integers(len(entry["faces"])))][at]
        return Pair(real, fake, everywhere, family, "face")
    if family == RESAMPLED:
        layer = resampled(real, rng)
    else:
        if family not in WHOLE + REGION:
            family = str(rng.choice(REGION))
        source = family if family in LAYERS else family.replace("region", "whole")
        layer = entry["layers"][list(LAYERS).index(source)][at]
    if family in WHOLE or (family == RESAMPLED and rng.random() < 0.4):
        return Pair(real, layer, everywhere, family, subject)
    mask = entry["blobs"][int(rng.integers(len(entry["blobs"])))]
    return Pair(real, blend(real, layer, mask, at), mask[at], family, subject)


def blend(image: Image, layer: Image, mask: Mask, at: Any) -> Image:
    """Lay the part of a layer that a mask shows over an image, with a soft edge.

    Args:
        image: ``uint8`` (h, w, 3), the window of a picture.
        layer: The same window of another picture.
        mask: ``bool`` (H, W), of the whole picture.
        at: The window, as an index of the mask.
    """
    depth = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3)[at]
    weights = np.clip(depth / FEATHER, 0, 1)[..., None]
    mixed: Image = (image + weights * (layer.astype(np.float32) - image)).round().astype(np.uint8)
    return mixed


def resampled(image: Image, rng: np.random.Generator) -> Image:
    """Reduce an image to between a quarter and two thirds, enlarge it again, sharpen a little.

    Args:
        image: ``uint8`` (H, W, 3).
        rng: Source of randomness.
    """
    height, width = image.shape[:2]
    factor = rng.uniform(0.25, 0.67)
    small = (round(width * factor), round(height * factor))
    up = int(rng.choice(_FILTERS))
    layer = cv2.resize(
        cv2.resize(image, small, interpolation=cv2.INTER_AREA), (width, height), interpolation=up
    )
    amount = rng.uniform(0, 1.2)
    soft = cv2.GaussianBlur(layer, (0, 0), 1.0)
    sharp: Image = np.asarray(cv2.addWeighted(layer, 1 + amount, soft, -amount, 0), np.uint8)
    return sharp


def _share(pair: Pair, side: int, shared: bool, rng: np.random.Generator) -> Pair:
    """Turn and encode both twins alike; where shared, resize and encode them again, or either."""
    turn = int(rng.integers(8))
    real, fake, mask = (_turn(array, turn) for array in (pair.real, pair.fake, pair.mask))
    real, fake = _tinted(real, fake, rng)
    real, fake = jpeg(real, 90), jpeg(fake, 90)
    if shared:
        how = int(rng.choice(_FILTERS)) if side > mask.shape[0] else cv2.INTER_AREA
        real, fake = (
            np.asarray(cv2.resize(image, (side, side), interpolation=how), np.uint8)
            for image in (real, fake)
        )
        mask = cv2.resize(mask.view(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST) > 0
        if rng.random() < 0.6:
            quality = int(rng.integers(60, 96))
            real, fake = jpeg(real, quality), jpeg(fake, quality)
    return Pair(real, fake, mask, pair.family, pair.subject, pair.item)


def _tinted(real: Image, fake: Image, rng: np.random.Generator) -> tuple[Image, Image]:
    """Change both twins' tones and swap their colours alike, half of the time."""
    if rng.random() < 0.5:
        return real, fake
    levels = np.linspace(0, 1, 256)[:, None] ** rng.uniform(0.75, 1.35)
    table = (255 * levels * rng.uniform(0.85, 1.0, 3)).round().astype(np.uint8)
    channels = rng.permutation(3) if rng.random() < 0.5 else np.arange(3)
    real, fake = (table[image, np.arange(3)][..., channels] for image in (real, fake))
    return real, fake


def _turn(array: NDArray[Any], number: int) -> NDArray[Any]:
    """Return one of the eight mirrored and turned forms of a square array."""
    turned = np.rot90(array, number % 4)
    return np.ascontiguousarray(turned[:, ::-1] if number >= 4 else turned)


def jpeg(image: Image, quality: int) -> Image:
    """Encode with 4:2:0 colour, and decode.

    Args:
        image: ``uint8`` (H, W, 3).
        quality: Of libjpeg, 1 to 95.
    """
    buffer = io.BytesIO()
    PillowImage.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling=2)
    with PillowImage.open(buffer) as picture:
        return np.asarray(picture.convert("RGB"))
