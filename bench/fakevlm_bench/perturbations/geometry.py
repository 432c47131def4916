"""Cropping, padding and resizing; masks follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage

from fakevlm_bench.perturbations.levels import Corruption, choice, number, whole
from fakevlm_bench.perturbations.sharing import resize_mask
from fakevlm_bench.types import Image, Mask, Perturbed

FILTERS = ("nearest", "bilinear", "bicubic", "lanczos")


def resize_image(image: Image, height: int, width: int, method: str) -> Image:
    """Resize with one of Pillow's filters, anti-aliased when shrinking (except nearest).

    Args:
        image: ``uint8`` (H, W, 3).
        height: In pixels, > 0.
        width: In pixels, > 0.
        method: One of `FILTERS`.
    """
    resampling = PillowImage.Resampling[method.upper()]
    return np.asarray(PillowImage.fromarray(image).resize((width, height), resampling))


@dataclass(frozen=True)
class Resize(Corruption):
    """Shrunk to 90, 75, 60, 50, 25 % of each side and enlarged again; frame and mask stay.

    Attributes:
        filter: One of `FILTERS`, for both ways.
    """

    filter: str = "bilinear"

    def __post_init__(self) -> None:
        """Refuse an unknown severity or filter."""
        super().__post_init__()
        choice(self, self.filter, FILTERS)

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Shrink and enlarge."""
        scale = (0.9, 0.75, 0.6, 0.5, 0.25)[self.index]
        height, width = image.shape[:2]
        small = (max(round(height * scale), 1), max(round(width * scale), 1))
        return resize_image(resize_image(image, *small, self.filter), height, width, self.filter)


@dataclass(frozen=True)
class ResizeScale:
    """Resized by a factor, and not resized back; AIGCDetectBenchmark takes ½.

    Attributes:
        level: Factor for both sides, .05 to 4.
        filter: One of `FILTERS`.
    """

    level: str
    filter: str = "bicubic"

    def __post_init__(self) -> None:
        """Refuse an impossible factor or unknown filter."""
        number(self, self.level, 0.05, 4)
        choice(self, self.filter, FILTERS)

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Resize image and mask."""
        scale = float(self.level)
        height, width = (max(round(side * scale), 1) for side in image.shape[:2])
        resized = resize_image(image, height, width, self.filter)
        return Perturbed(resized, resize_mask(mask, height, width))


@dataclass(frozen=True)
class ResizeShort:
    """Shrunk to a length of the shorter side; GenImage (arXiv 2306.08571) takes 112 and 64.

    Smaller images stay as they are: low resolution is never made by enlarging.

    Attributes:
        level: Length in pixels, 8 to 4096.
        filter: One of `FILTERS`.
    """

    level: str
    filter: str = "bicubic"

    def __post_init__(self) -> None:
        """Refuse an impossible length or unknown filter."""
        whole(self, self.level, 8, 4096)
        choice(self, self.filter, FILTERS)

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Resize image and mask."""
        scale = min(1.0, int(self.level) / min(image.shape[:2]))
        height, width = (max(round(side * scale), 1) for side in image.shape[:2])
        resized = resize_image(image, height, width, self.filter)
        return Perturbed(resized, resize_mask(mask, height, width))


@dataclass(frozen=True)
class Crop(Corruption):
    """Cut to a random window of 95, 90, 80, 65, 50 % of each side."""

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Cut image and mask alike.

        Args:
            image: ``uint8`` (H, W, 3).
            mask: ``bool`` (H, W), or None.
            rng: Draws the position.
        """
        keep = (0.95, 0.9, 0.8, 0.65, 0.5)[self.index]
        height, width = (max(round(side * keep), 1) for side in image.shape[:2])
        top = int(rng.integers(image.shape[0] - height + 1))
        start = int(rng.integers(image.shape[1] - width + 1))
        window = (slice(top, top + height), slice(start, start + width))
        cut = np.ascontiguousarray(image[window])
        region = None if mask is None else np.ascontiguousarray(mask[window])
        return Perturbed(cut, region, window=(start, top, start + width, top + height))


@dataclass(frozen=True)
class Pad(Corruption):
    """A black or white border of 2, 5, 10, 20, 30 % of each side, split at random."""

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Surround the image; the frame is no part of the mask."""
        share = (0.02, 0.05, 0.1, 0.2, 0.3)[self.index]
        height, width = image.shape[:2]
        extra = (max(round(height * share), 1), max(round(width * share), 1))
        top, left = int(rng.integers(extra[0] + 1)), int(rng.integers(extra[1] + 1))
        around = ((top, extra[0] - top), (left, extra[1] - left))
        padded = np.pad(image, (*around, (0, 0)), constant_values=int(rng.integers(2)) * 255)
        window = (-left, -top, width + extra[1] - left, height + extra[0] - top)
        return Perturbed(padded, None if mask is None else np.pad(mask, around), window=window)
