"""Crops of photographs: several scales, textured, and not twice the same place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from scipy import ndimage

from fakevlm_bench.making.starter.sources import FaceBox, Photograph
from fakevlm_bench.seeding import generator
from fakevlm_bench.types import Box, Image

SCALES = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
"""Photograph pixels per crop pixel; a photograph is used at the four largest that fit."""
BLOCK = 16
"""Side of the blocks, in pixels, that texture is measured in."""
ROUGH, ROUGH_SHARE = 2.5, 0.55
"""A block is textured above this roughness; a crop is, when this share of its blocks are."""
HIGH_PASS = 1.5
"""Standard deviation in pixels of the blur that is taken off before texture is measured."""
TRIES = 60
"""Places that are tried without success before a photograph counts as used up."""
FIRST_FACE = 900
"""Number of a photograph's first crop around a face; other crops count from 0."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of a photograph, brought to its final size.

    Attributes:
        photograph: Where it is from.
        number: Counts the crops of one photograph, from 0.
        image: ``uint8`` (size, size, 3).
        scale: Photograph pixels per pixel.
        faces: Boxes of faces that lie in it, in its own pixels.
    """

    photograph: Photograph
    number: int
    image: Image
    scale: float
    faces: tuple[Box, ...] = ()

    @property
    def name(self) -> str:
        """Stable name of the crop within the set."""
        return f"{self.photograph.id}-{self.number:02d}"


def roughness(image: Image) -> NDArray[np.float64]:
    """Measure texture per block.

    Args:
        image: ``uint8`` (H, W, 3).

    Returns:
        (H // BLOCK, W // BLOCK) standard deviations of what a blur takes from luma, 0 to 127.5.
    """
    luma = image @ np.array([0.299, 0.587, 0.114])
    luma -= ndimage.gaussian_filter(luma, HIGH_PASS)
    rows, columns = luma.shape[0] // BLOCK, luma.shape[1] // BLOCK
    blocks = luma[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    deviation: NDArray[np.float64] = blocks.std(axis=(1, 3))
    return deviation


def is_textured(image: Image) -> bool:
    """Say whether a re-synthesis of the crop would leave something to see."""
    return float((roughness(image) > ROUGH).mean()) >= ROUGH_SHARE


def crops(
    photograph: Photograph, image: Image, size: int, seed: int, overlap: float = 0.3
) -> Iterator[Crop]:
    """Take crops of a photograph, at its scales in turn, until no new place is found.

    Args:
        photograph: What the image shows.
        image: ``uint8`` (H, W, 3).
        size: Side of the crops in pixels.
        seed: Of the whole set.
        overlap: Greatest intersection over union of two crops.
    """
    rng = generator(seed, photograph.id, f"crops-{size}")
    fitting = [scale for scale in SCALES if size * scale <= min(image.shape[:2])][-4:]
    boxes: list[Box] = []
    misses = number = 0
    while fitting and misses < TRIES:
        scale = fitting[number % len(fitting)] if not misses else float(rng.choice(fitting))
        side = round(size * scale)
        row = int(rng.integers(image.shape[0] - side + 1))
        column = int(rng.integers(image.shape[1] - side + 1))
        box = (float(column), float(row), float(column + side), float(row + side))
        if any(_overlap(box, other) > overlap for other in boxes):
            misses += 1
            continue
        pixels = cut(image, box, size)
        if not is_textured(pixels):
            misses += 1
            continue
        boxes.append(box)
        yield Crop(photograph, number, pixels, scale)
        number, misses = number + 1, 0


def face_crops(photograph: Photograph, image: Image, size: int, seed: int) -> Iterator[Crop]:
    """Take crops that hold one face each, which is 40 to 150 pixels wide in the crop.

    Never ends where there are faces; neighbouring crops differ in face, scale and place.

    Args:
        photograph: What the image shows.
        image: ``uint8`` (H, W, 3).
        size: Side of the crops in pixels.
        seed: Of the whole set.
    """
    rng = generator(seed, photograph.id, f"faces-{size}")
    largest = min(image.shape[:2]) / size
    number = 0
    while photograph.faces:
        face = photograph.faces[number % len(photograph.faces)]
        width = float(face[2] - face[0])
        low, high = max(1.0, width / 150), min(largest, width / 40)
        scale = float(rng.uniform(low, high)) if high > low else 1.0
        side = min(round(size * scale), *image.shape[:2])
        box = _around(face, side, image.shape[:2], rng)
        x0, y0 = ((face[i] - box[i]) / scale for i in (0, 1))
        x1, y1 = ((face[i + 2] - box[i]) / scale for i in (0, 1))
        yield Crop(
            photograph, FIRST_FACE + number, cut(image, box, size), scale, ((x0, y0, x1, y1),)
        )
        number += 1


def cut(image: Image, box: Box, size: int) -> Image:
    """Cut a square and bring it to another size with a Lanczos filter.

    Args:
        image: ``uint8`` (H, W, 3).
        box: The square, in the image's pixels.
        size: Side of the result in pixels.
    """
    picture = PillowImage.fromarray(image)
    return np.asarray(picture.resize((size, size), PillowImage.Resampling.LANCZOS, box))


def _around(face: FaceBox, side: int, shape: tuple[int, ...], rng: np.random.Generator) -> Box:
    """Place a square of a side so that it holds the face with a margin, inside the image."""
    corner = []
    for low, high, limit in ((face[0], face[2], shape[1]), (face[1], face[3], shape[0])):
        margin = 0.08 * side
        first, last = max(0, high + margin - side), min(limit - side, low - margin)
        start = int(rng.integers(int(first), max(int(first), int(last)) + 1))
        corner.append(min(start, limit - side))
    left, top = corner
    return (float(left), float(top), float(left + side), float(top + side))


def _overlap(one: Box, other: Box) -> float:
    """Compute the intersection over the union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (areas - width * height)
