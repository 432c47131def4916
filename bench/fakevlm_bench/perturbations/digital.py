"""Colour, sampling and compression of ImageNet-C.

Hendrycks & Dietterich, ICLR 2019, arXiv 1903.12261; constants are those of its published code.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from fakevlm_bench.perturbations.levels import Corruption
from fakevlm_bench.perturbations.noise import to_bytes
from fakevlm_bench.perturbations.sharing import recompress
from fakevlm_bench.types import Image, Mask, Perturbed

GREYS = np.arange(256, dtype=np.float32)


@dataclass(frozen=True)
class Brightness(Corruption):
    """Value in HSV raised by .1, .2, .3, .4, .5 of the full scale."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Scale every pixel so that its largest channel grows by the constant, at most to white."""
        raised = np.minimum(GREYS + (0.1, 0.2, 0.3, 0.4, 0.5)[self.index] * 255, 255)
        value = image.max(axis=2)
        gain = (raised / np.maximum(GREYS, 1)).astype(np.float32).take(value)
        pixels = image * gain[..., None]
        pixels[value == 0] = raised[0]
        return to_bytes(pixels)


@dataclass(frozen=True)
class Saturate(Corruption):
    """Saturation in HSV, weakened (severity 1, 2) or exaggerated (3 to 5)."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Scale every channel's distance to the largest; grey has hue red, as in HSV."""
        factor, offset = ((0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2))[self.index]
        value = image.max(axis=2).astype(np.float32)
        chroma = value - image.min(axis=2)
        saturation = chroma / np.maximum(value, 1)
        target = np.clip(saturation * factor + offset, 0, 1) * value
        gain = target / np.maximum(chroma, 1)
        pixels = value[..., None] - (value[..., None] - image) * gain[..., None]
        grey = chroma == 0
        pixels[grey, 1:] = (value - target)[grey, None]
        return to_bytes(pixels)


@dataclass(frozen=True)
class Contrast(Corruption):
    """Distance to each channel's mean reduced to 40, 30, 20, 10, 5 %."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Pull every value towards its channel's mean."""
        keep = (0.4, 0.3, 0.2, 0.1, 0.05)[self.index]
        means = np.array(cv2.mean(image)[:3])
        table = np.clip((GREYS[:, None] - means) * keep + means, 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(image, table[None]), np.uint8)


@dataclass(frozen=True)
class ElasticTransform(Corruption):
    """Smooth random displacement; the mask moves along."""

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Displace image (bilinear) and mask (nearest) by the same field.

        Args:
            image: ``uint8`` (H, W, 3).
            mask: ``bool`` (H, W), or None.
            rng: Draws the field.
        """
        height, width = image.shape[:2]
        columns = self._field(height, width, rng)
        rows = self._field(height, width, rng)
        columns += np.arange(width, dtype=np.float32)
        rows += np.arange(height, dtype=np.float32)[:, None]
        border = cv2.BORDER_REFLECT
        moved = np.asarray(
            cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=border), np.uint8
        )
        if mask is None:
            return Perturbed(moved)
        region = cv2.remap(
            mask.astype(np.uint8), columns, rows, cv2.INTER_NEAREST, borderMode=border
        )
        return Perturbed(moved, region.astype(bool))

    def _field(self, height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Draw one component of the displacement in pixels, smoothed over 1 % of the sides."""
        alpha = 250 * (0.05, 0.065, 0.085, 0.1, 0.12)[self.index]
        bound = height * 0.005
        noise = rng.uniform(-bound, bound, (height, width)).astype(np.float32)
        size = tuple(2 * int(3 * 0.01 * side + 0.5) + 1 for side in (width, height))
        smooth = cv2.GaussianBlur(
            noise, size, 0.01 * width, sigmaY=0.01 * height, borderType=cv2.BORDER_REFLECT
        )
        return np.asarray(smooth * np.float32(alpha), np.float32)


@dataclass(frozen=True)
class Pixelate(Corruption):
    """Squares: box-averaged to 60, 50, 40, 30, 25 % of each side and enlarged again."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Shrink and enlarge."""
        factor = (0.6, 0.5, 0.4, 0.3, 0.25)[self.index]
        height, width = image.shape[:2]
        small = (max(int(width * factor), 1), max(int(height * factor), 1))
        tiles = np.asarray(PillowImage.fromarray(image).resize(small, PillowImage.Resampling.BOX))
        nearest = cv2.INTER_NEAREST_EXACT
        return np.asarray(cv2.resize(tiles, (width, height), interpolation=nearest), np.uint8)


@dataclass(frozen=True)
class JpegCompression(Corruption):
    """JPEG at ImageNet-C's qualities, 25, 18, 15, 10, 7; the file itself is sent."""

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Recompress."""
        return recompress(image, mask, "jpeg", (25, 18, 15, 10, 7)[self.index])
