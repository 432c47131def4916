"""Noise of ImageNet-C and of IMDLBenCo.

ImageNet-C: Hendrycks & Dietterich, ICLR 2019, arXiv 1903.12261; constants are those of its
published code. IMDLBenCo: Ma et al., NeurIPS 2024, arXiv 2406.10580.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.perturbations.levels import Corruption, number
from fakevlm_bench.types import Image, Mask, Perturbed

UNIFORM_STEPS = 65536
"""Noise with few outcomes is drawn from 16-bit uniform numbers, so its odds are exact to 1.5e-5."""


def to_bytes(values: NDArray[np.float32]) -> Image:
    """Clip to [0, 255] and truncate, as ImageNet-C's own ``np.uint8`` does."""
    return np.clip(values, 0, 255, out=values).astype(np.uint8)


def _uniform16(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint16]:
    """Draw 16-bit uniform numbers, from the fastest source that a generator has."""
    size = math.prod(shape)
    return np.frombuffer(rng.bytes(2 * size), dtype="<u2").reshape(shape)


@dataclass(frozen=True)
class GaussianNoise(Corruption):
    """Additive noise x + N(0, c²); c = .08, .12, .18, .26, .38 of the full scale."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Add the noise, clip and truncate."""
        scale = (0.08, 0.12, 0.18, 0.26, 0.38)[self.index] * 255
        noise = rng.standard_normal(image.shape, dtype=np.float32)
        noise *= np.float32(scale)
        noise += image
        return to_bytes(noise)


@dataclass(frozen=True)
class SpeckleNoise(Corruption):
    """Multiplicative noise x · (1 + N(0, c²)); c = .15, .2, .35, .45, .6."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Multiply, clip and truncate."""
        scale = (0.15, 0.2, 0.35, 0.45, 0.6)[self.index]
        noise = rng.standard_normal(image.shape, dtype=np.float32)
        noise *= np.float32(scale)
        noise += 1
        noise *= image
        return to_bytes(noise)


@lru_cache(maxsize=2)
def _poisson_table(photons: int) -> Image:
    """Tabulate the outcome of shot noise for every grey value and 16-bit uniform number, flattened.

    Row v holds each outcome k as often as Poisson(v/255 · photons) gives it in 65,536 draws.
    """
    table = np.empty((256, UNIFORM_STEPS), np.uint8)
    counts = np.arange(photons + 8 * math.isqrt(photons) + 32)
    log_factorial = np.cumsum(np.log(np.maximum(counts, 1)))
    outcomes = np.minimum(counts * 255 // photons, 255).astype(np.uint8)
    table[0] = 0
    for value in range(1, 256):
        mean = value / 255 * photons
        odds = np.exp(counts * math.log(mean) - mean - log_factorial)
        bounds = np.rint(np.minimum(np.cumsum(odds), 1) * UNIFORM_STEPS).astype(np.int64)
        bounds[-1] = UNIFORM_STEPS
        table[value] = np.repeat(outcomes, np.diff(bounds, prepend=0))
    return table.ravel()


@dataclass(frozen=True)
class ShotNoise(Corruption):
    """Photon noise Poisson(c·x) / c, x in [0, 1]; c = 60, 25, 12, 5, 3 photons at white."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Look each value's outcome up."""
        table = _poisson_table((60, 25, 12, 5, 3)[self.index])
        index = image.astype(np.int32)
        index <<= 16
        index |= _uniform16(image.shape, rng)
        return table.take(index)


@dataclass(frozen=True)
class ImpulseNoise(Corruption):
    """Salt and pepper in equal parts on 3, 6, 9, 17, 27 % of the values of each channel."""

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Replace values by 0 or 255."""
        amount = (0.03, 0.06, 0.09, 0.17, 0.27)[self.index]
        draw = _uniform16(image.shape, rng)
        result = image.copy()
        np.putmask(result, draw < round(amount * UNIFORM_STEPS), 255)
        np.putmask(result, draw < round(amount / 2 * UNIFORM_STEPS), 0)
        return result


@dataclass(frozen=True)
class NoiseVariance:
    """Gaussian noise by its variance in squared grey values, as IMDLBenCo sweeps it (3 to 23).

    Attributes:
        level: Variance, 0.1 to 10000.
    """

    level: str

    def __post_init__(self) -> None:
        """Refuse what is no variance."""
        number(self, self.level, 0.1, 10_000)

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Add the noise and round."""
        noise = rng.standard_normal(image.shape, dtype=np.float32)
        noise *= np.float32(math.sqrt(float(self.level)))
        noise += image
        return Perturbed(np.asarray(np.clip(np.rint(noise), 0, 255), np.uint8), mask)
