"""Blurs of ImageNet-C, and Gaussian blur as other protocols state it.

ImageNet-C: Hendrycks & Dietterich, ICLR 2019, arXiv 1903.12261; constants are those of its
published code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.perturbations.levels import Corruption, number, refuse, whole
from fakevlm_bench.types import Image, Mask, Perturbed

Floats = NDArray[np.float32]


def scaled(values: NDArray[Any], factor: float = 1.0) -> Image:
    """Multiply, round, and clip to 8 bits.

    Args:
        values: Of any shape, >= 0.
        factor: > 0.
    """
    return np.asarray(cv2.convertScaleAbs(values, alpha=factor), np.uint8)


def gaussian(image: NDArray[Any], sigma: float) -> NDArray[Any]:
    """Blur with a Gaussian cut at four standard deviations, edges repeated.

    Args:
        image: (H, W) or (H, W, 3), ``uint8`` or ``float32``.
        sigma: Standard deviation in pixels, > 0.
    """
    size = 2 * int(4 * sigma + 0.5) + 1
    return cv2.GaussianBlur(image, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)


@dataclass(frozen=True)
class GaussianBlur(Corruption):
    """Gaussian blur; σ = 1, 2, 3, 4, 6 pixels."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Blur."""
        return gaussian(image, (1, 2, 3, 4, 6)[self.index])


@dataclass(frozen=True)
class BlurSigma:
    """Gaussian blur by its standard deviation, as GenImage and AIGCDetectBenchmark state it.

    Attributes:
        level: σ in pixels, 0.1 to 50; GenImage (arXiv 2306.08571) takes 3 and 5.
    """

    level: str

    def __post_init__(self) -> None:
        """Refuse what is no standard deviation."""
        number(self, self.level, 0.1, 50)

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Blur."""
        return Perturbed(gaussian(image, float(self.level)), mask)


@dataclass(frozen=True)
class BlurKernel:
    """Gaussian blur by its kernel's width, as IMDLBenCo (arXiv 2406.10580) sweeps it (3 to 23).

    σ follows from the width as OpenCV defines it: 0.3·((k − 1)/2 − 1) + 0.8; up to a width
    of 7 OpenCV has fixed binomial-like weights (¼ ½ ¼ at 3).

    Attributes:
        level: Width in pixels, odd, 3 to 99.
    """

    level: str

    def __post_init__(self) -> None:
        """Refuse an even or impossible width."""
        if whole(self, self.level, 3, 99) % 2 == 0:
            refuse(self, self.level, "an odd width from 3 to 99")

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Blur."""
        size = int(self.level)
        return Perturbed(np.asarray(cv2.GaussianBlur(image, (size, size), 0), np.uint8), mask)


def disk_gain(radius: int, alias: float, size: int) -> float:
    """Compute the sum of ImageNet-C's anti-aliased disk, which is not exactly 1 at radius 8 and 10.

    Args:
        radius: Of the disk in pixels.
        alias: σ of the Gaussian that softens its rim, in pixels.
        size: Width of that Gaussian in pixels, odd.
    """
    reach = max(radius, 8)
    axis = np.arange(-reach, reach + 1)
    disk = (axis[:, None] ** 2 + axis**2 <= radius**2).astype(np.float32)
    return float(cv2.GaussianBlur(disk, (size, size), alias).sum() / disk.sum())


def disk_sum(image: Image, radius: int) -> tuple[Floats, int]:
    """Sum the pixels under a disk, as rows of equal length at once, edges mirrored.

    Args:
        image: ``uint8`` (H, W, 3).
        radius: Of the disk in pixels, > 0.

    Returns:
        The sums, (H, W, 3), and the number of pixels in the disk.
    """
    height, width = image.shape[:2]
    padded = cv2.copyMakeBorder(image, *(radius,) * 4, cv2.BORDER_REFLECT_101)
    total = np.zeros((height, width + 2 * radius, 3), np.float32)
    halves = [math.isqrt(radius**2 - dy**2) for dy in range(-radius, radius + 1)]
    for half in set(halves):
        rows = cv2.boxFilter(padded, cv2.CV_32F, (2 * half + 1, 1), normalize=False)
        for offset, own in enumerate(halves):
            if own == half:
                cv2.add(total, rows[offset : offset + height], total)
    return total[:, radius : radius + width], sum(2 * half + 1 for half in halves)


@dataclass(frozen=True)
class DefocusBlur(Corruption):
    """A lens out of focus: an anti-aliased disk of radius 3, 4, 6, 8, 10 pixels."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Average under the disk, then soften its rim."""
        radius, alias = ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5))[self.index]
        size = 3 if radius <= 8 else 5
        total, pixels = disk_sum(image, radius)
        soft = cv2.GaussianBlur(total, (size, size), alias)
        return scaled(soft, disk_gain(radius, alias, size) / pixels)


def shuffle_sources(offsets: NDArray[np.integer], reach: int) -> NDArray[np.int32]:
    """Resolve ImageNet-C's local shuffle into one source for every pixel.

    The published loop goes through the pixels backwards and writes
    ``x[p], x[q] = x[q], x[p]`` on views of a colour image, which copies q to p and leaves q
    as it was. Pixel p thus takes what stands at q at that moment: q's own source where q
    was visited before, q itself where not. Sources are found by pointer jumping.

    Args:
        offsets: (2, H - 2·reach, W - 2·reach), distances down and right to q for every
            visited pixel, from -reach to reach - 1.
        reach: The loop leaves ``reach + 1`` rows and columns at the start and ``reach - 1``
            at the end alone.

    Returns:
        (H·W,) index of the source pixel in the flattened image.
    """
    _, rows, columns = offsets.shape
    height, width = rows + 2 * reach, columns + 2 * reach
    source = np.arange(height * width, dtype=np.int32)
    inside = (slice(reach + 1, height - reach + 1), slice(reach + 1, width - reach + 1))
    jumps = np.zeros((height, width), np.int32)
    jumps[inside] = offsets[0] * np.int32(width) + offsets[1]
    flat = jumps.ravel()
    visited = np.zeros((height, width), bool)
    visited[inside] = True
    source += flat
    pending = flat > 0
    pending &= visited.ravel()[source]
    active = np.flatnonzero(pending)
    while active.size:
        following = source[active]
        ends = ~pending[following]
        source[active] = source[following]
        pending[active[ends]] = False
        active = active[~ends]
    return source


@dataclass(frozen=True)
class GlassBlur(Corruption):
    """Frosted glass: blur, shuffle of near pixels, blur; σ .7 to 1.5, reach 1 to 4 pixels."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Blur, shuffle and blur again."""
        sigma, reach, rounds = ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2))[
            self.index
        ]
        height, width = image.shape[:2]
        blurred = gaussian(image, sigma)
        if min(height, width) > 2 * reach:
            packed = cv2.cvtColor(blurred, cv2.COLOR_RGB2RGBA).view(np.uint32).ravel()
            for _ in range(rounds):
                shape = (2, height - 2 * reach, width - 2 * reach)
                offsets = rng.integers(-reach, reach, shape, dtype=np.int8)
                packed = packed[shuffle_sources(offsets, reach)]
            pixels = packed.view(np.uint8).reshape(height, width, 4)
            blurred = cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB)
        return gaussian(blurred, sigma)


def smear(image: NDArray[np.uint8] | Floats, radius: int, sigma: float, angle: float) -> Floats:
    """Smear an image in one direction, as ImageNet-C does after ImageMagick's motion blur.

    Args:
        image: (H, W) or (H, W, 3).
        radius: The smear is ``2·radius + 1`` pixels long; it ends where it would leave the image.
        sigma: Of its one-sided Gaussian weights, in pixels.
        angle: Of the motion, in degrees.
    """
    height, width = image.shape[:2]
    length = 2 * radius + 1
    weights = np.exp(-(np.arange(length) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    padded = cv2.copyMakeBorder(image, *(length,) * 4, cv2.BORDER_REPLICATE).astype(np.float32)
    total = np.zeros(image.shape, np.float32)
    for step, weight in enumerate(weights):
        dy, dx = -math.ceil(step * sine - 0.5), -math.ceil(step * cosine - 0.5)
        if abs(dy) >= height or abs(dx) >= width:
            break
        top, left = length - dy, length - dx
        cv2.scaleAdd(padded[top : top + height, left : left + width], float(weight), total, total)
    return total


@dataclass(frozen=True)
class MotionBlur(Corruption):
    """A moving camera: (radius, σ) = (10, 3) … (20, 15) pixels, at an angle within ±45°."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Smear along a random direction."""
        radius, sigma = ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15))[self.index]
        return scaled(smear(image, radius, sigma, rng.uniform(-45, 45)))


def zoom_grid(size: int, factor: float) -> Floats:
    """Compute where each pixel of a line comes from when its middle is zoomed (corners aligned).

    This is ``scipy.ndimage.zoom`` of the central ``ceil(size / factor)`` pixels, cut to size.

    Args:
        size: Pixels of the line.
        factor: Enlargement, >= 1.

    Returns:
        (size,) positions in pixels.
    """
    crop = math.ceil(size / factor)
    start = (size - crop) // 2
    zoomed = round(crop * factor)
    return (start + np.arange(size) * ((crop - 1) / max(zoomed - 1, 1))).astype(np.float32)


def zoom_centre(image: NDArray[Any], factor: float) -> NDArray[Any]:
    """Enlarge the middle of an image to the image's size, bilinearly.

    Args:
        image: (H, W) or (H, W, 3).
        factor: Enlargement, >= 1.
    """
    height, width = image.shape[:2]
    columns = np.broadcast_to(zoom_grid(width, factor), (height, width))
    rows = np.broadcast_to(zoom_grid(height, factor)[:, None], (height, width))
    return cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@dataclass(frozen=True)
class ZoomBlur(Corruption):
    """A camera that moves towards its object: mean of enlargements up to 1.1 … 1.3 times."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Average the enlargements and the image itself."""
        stop, step = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))[
            self.index
        ]
        factors = np.arange(1, stop, step)
        total = image.astype(np.float32)
        for factor in factors:
            cv2.accumulate(zoom_centre(image, float(factor)), total)
        return scaled(total, 1 / (len(factors) + 1))
