"""Weather and spatter of ImageNet-C.

Hendrycks & Dietterich, ICLR 2019, arXiv 1903.12261; constants are those of its published code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from fakevlm_bench.perturbations.blur import Floats, gaussian, smear, zoom_centre
from fakevlm_bench.perturbations.frost import TEXTURES, texture
from fakevlm_bench.perturbations.levels import Corruption
from fakevlm_bench.perturbations.noise import to_bytes
from fakevlm_bench.types import Image


@dataclass(frozen=True)
class Snow(Corruption):
    """Whitened image with streaks of snow falling in a random direction."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Whiten, and add the streaks twice, the second time turned around."""
        mean, deviation, zoom, threshold, radius, sigma, keep = (
            (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
            (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
            (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
            (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
            (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
        )[self.index]
        height, width = image.shape[:2]
        flakes = rng.normal(mean, deviation, (height, width)).astype(np.float32)
        flakes = zoom_centre(flakes, zoom)
        flakes[flakes < threshold] = 0
        np.clip(flakes, 0, 1, out=flakes)
        flakes = np.rint(smear(flakes, radius, sigma, rng.uniform(-135, -45)) * 255)
        flakes += flakes[::-1, ::-1].copy()
        pixels = image.astype(np.float32)
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) * 1.5 + 0.5 * 255
        white = np.maximum(pixels, grey[..., None])
        snowy = np.asarray(cv2.addWeighted(pixels, keep, white, 1 - keep, 0), np.float32)
        snowy += flakes[..., None]
        return to_bytes(snowy)


@dataclass(frozen=True)
class Frost(Corruption):
    """Ice over the image; drawn textures, where ImageNet-C has photographs (see `frost`)."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Add a random piece of a random texture."""
        keep, ice = ((1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75))[self.index]
        height, width = image.shape[:2]
        frost = texture(int(rng.integers(len(TEXTURES))))
        scale = max(1.0, height / frost.shape[0], width / frost.shape[1])
        if scale > 1:
            size = (math.ceil(frost.shape[1] * scale), math.ceil(frost.shape[0] * scale))
            frost = np.asarray(cv2.resize(frost, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        top = int(rng.integers(frost.shape[0] - height + 1))
        start = int(rng.integers(frost.shape[1] - width + 1))
        piece = np.ascontiguousarray(frost[top : top + height, start : start + width])
        return np.asarray(cv2.addWeighted(image, keep, piece, ice, 0), np.uint8)


def plasma(size: int, decay: float, rng: np.random.Generator) -> Floats:
    """Draw a diamond-square height map in [0, 1] on a torus, as ImageNet-C's fog uses it.

    Every new point is the mean of its four neighbours plus uniform noise, whose range is
    divided by `decay` (to the square) at each halving.

    Args:
        size: Side, a power of two.
        decay: > 1; the smaller, the rougher.
        rng: Draws the noise.

    Returns:
        (size, size).
    """
    heights = np.zeros((size, size), np.float32)
    step, wobble = size, 100.0

    def mean(corners: Floats) -> Floats:
        noise = rng.uniform(-wobble, wobble, corners.shape)
        return (corners / 4 + wobble * noise).astype(np.float32)

    while step >= 2:
        half = step // 2
        corners = heights[::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=0)
        heights[half::step, half::step] = mean(pairs + np.roll(pairs, -1, axis=1))
        centres = heights[half::step, half::step]
        above = centres + np.roll(centres, 1, axis=0)
        heights[::step, half::step] = mean(above + corners + np.roll(corners, -1, axis=1))
        beside = centres + np.roll(centres, 1, axis=1)
        heights[half::step, ::step] = mean(beside + corners + np.roll(corners, -1, axis=0))
        step //= 2
        wobble /= decay
    heights -= heights.min()
    return np.asarray(heights / heights.max(), np.float32)


@dataclass(frozen=True)
class Fog(Corruption):
    """Uneven haze that takes the contrast away."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Add a plasma cloud and scale back to the image's own maximum."""
        depth, decay = ((1.5, 2), (2.0, 2), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4))[self.index]
        height, width = image.shape[:2]
        size = 1 << (max(height, width, 3) - 1).bit_length()
        cloud = plasma(size, decay, rng)[:height, :width] * np.float32(depth * 255)
        top = max(float(image.max()), 1.0)
        hazy = image + cloud[..., None]
        hazy *= np.float32(top / (top + depth * 255))
        return to_bytes(hazy)


def _water(layer: Floats, strength: float) -> Floats:
    """Compute how much light drops of water add, 0 to `strength`, bright along their rims."""
    drops = (layer * 255).astype(np.uint8)
    distance = cv2.distanceTransform(255 - cv2.Canny(drops, 50, 150), cv2.DIST_L2, 5)
    near = cv2.blur(np.minimum(distance, 20), (3, 3)).astype(np.uint8)
    relief = np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], np.float32)
    rims = cv2.blur(cv2.filter2D(cv2.equalizeHist(near), cv2.CV_8U, relief), (3, 3))
    light = drops.astype(np.float32) * rims
    return light * np.float32(strength / max(float(light.max()), 1.0))


@dataclass(frozen=True)
class Spatter(Corruption):
    """Drops of water (severity 1 to 3) or mud (4 and 5) on the lens."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Lay the drops over the image."""
        mean, deviation, sigma, threshold, strength, mud = (
            (0.65, 0.3, 4, 0.69, 0.6, False),
            (0.65, 0.3, 3, 0.68, 0.6, False),
            (0.65, 0.3, 2, 0.68, 0.5, False),
            (0.65, 0.3, 1, 0.65, 1.5, True),
            (0.67, 0.4, 1, 0.65, 1.5, True),
        )[self.index]
        layer = rng.normal(mean, deviation, image.shape[:2]).astype(np.float32)
        layer = gaussian(layer, sigma)
        pixels = image.astype(np.float32)
        if mud:
            cover = gaussian((layer > threshold).astype(np.float32), strength)[..., None]
            cover = np.where(cover < 0.8, np.float32(0), cover)
            return to_bytes(pixels * (1 - cover) + cover * np.array((63, 42, 20), np.float32))
        layer[layer < threshold] = 0
        light = _water(layer, strength)[..., None]
        return to_bytes(pixels + light * np.array((175, 238, 238), np.float32))
