"""Ice on a window, drawn: the photographs that ImageNet-C lays over images cannot be shipped.

ImageNet-C's six frost photographs come from the web without a licence. The textures here
are drawn from fixed seeds instead: fern-shaped crystals over cloudy ice. Colour and contrast
of each are those measured on one of the photographs, and the power spectrum falls as theirs
does (about the square of the frequency).
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.types import Image

HEIGHT, WIDTH = 660, 990

TEXTURES = (
    ((78, 149, 166), 18.0),
    ((201, 205, 214), 22.0),
    ((201, 205, 214), 22.0),
    ((138, 153, 165), 29.0),
    ((112, 123, 135), 43.0),
    ((71, 95, 105), 41.0),
)
"""Mean RGB and standard deviation of the grey values of ImageNet-C's photographs, in order."""


def _clouds(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw smooth ice of unit variance: octaves of noise, each half as strong as the one before."""
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for octave in range(2, 9):
        cells = rng.standard_normal((2**octave, 2**octave), dtype=np.float32)
        layer = cv2.resize(cells, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        total += layer * np.float32(0.5 ** (octave - 2))
    return np.asarray(total / total.std(), np.float32)


def _fern(canvas: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Draw one crystal: a stem with two rows of needles that grow shorter towards its tip."""
    root = rng.uniform((0, 0), (WIDTH, HEIGHT))
    angle, length = rng.uniform(0, 2 * math.pi), rng.uniform(20, 130)
    spread, reach = rng.uniform(0.4, 1.0), rng.uniform(0.15, 0.45)
    along = np.arange(0, length, rng.uniform(3, 6))
    stem = root + along[:, None] * (math.cos(angle), math.sin(angle))
    lines = [np.stack([stem[:1], stem[-1:]], 1)]
    needle = (length - along)[:, None] * reach * rng.uniform(0.5, 1, (along.size, 1))
    for side in (-spread, spread):
        tips = stem + needle * (math.cos(angle + side), math.sin(angle + side))
        lines.append(np.stack([stem, tips], 1))
    points = np.rint(np.concatenate(lines) * 16).astype(np.int32)
    brightness = int(rng.integers(70, 256))
    cv2.polylines(canvas, [*points], False, brightness, 1, cv2.LINE_AA, 4)


def _roughen(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """Lift fine detail: amplitudes grow with the .3rd power of their frequency."""
    down, across = np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)
    gain = np.hypot(down, across) ** 0.3
    rough: NDArray[np.float64] = np.fft.irfft2(np.fft.rfft2(grey) * gain, grey.shape)
    return rough


@lru_cache(maxsize=len(TEXTURES))
def texture(index: int) -> Image:
    """Draw one of six textures, 0 to 5: ``uint8`` (660, 990, 3) RGB, the same in every process."""
    colour, contrast = TEXTURES[index]
    rng = np.random.default_rng(index)
    crystals = np.full((HEIGHT, WIDTH), 110, np.uint8)
    for _ in range(900):
        _fern(crystals, rng)
    ferns = cv2.GaussianBlur(crystals.astype(np.float32), (0, 0), 0.6)
    ferns = (ferns - ferns.mean()) / ferns.std()
    grey = _roughen(_clouds(rng) + ferns)
    grey = (grey - grey.mean()) / grey.std() * contrast
    icy = np.clip(grey[..., None] + np.array(colour, np.float32), 0, 255)
    return np.asarray(icy, np.uint8)
