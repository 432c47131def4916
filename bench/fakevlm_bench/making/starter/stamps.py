"""Cut-outs for splices: photographs of single objects with an alpha channel.

``stamps.csv`` lists those that were found, by eye, to be photographs, each with a
name and with the split that it is used in.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from fakevlm_bench.types import Image

_LIST = Path(__file__).parent / "stamps.csv"
LICENCE = "GPL-2.0-or-later"
CLEAR = 24
"""Alpha (0 to 255) up to which a pixel of a cut-out counts as empty."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One cut-out: its path below the folder of stamps, its name, and its split."""

    path: str
    name: str
    split: str


@lru_cache(maxsize=1)
def stamps() -> tuple[Stamp, ...]:
    """Read the list of cut-outs."""
    with _LIST.open(encoding="utf-8", newline="") as handle:
        return tuple(Stamp(**row) for row in csv.DictReader(handle))


def load(stamp: Stamp, folder: Path, side: int) -> tuple[Image, NDArray[np.float64]]:
    """Load a cut-out, trimmed to its object and scaled.

    Args:
        stamp: Which one.
        folder: Of all stamps.
        side: Of its longer side in pixels.

    Returns:
        ``uint8`` (h, w, 3) colours and (h, w) opacity in [0, 1].
    """
    with PillowImage.open(folder / stamp.path) as picture:
        cutout = picture.convert("RGBA")
    cutout = cutout.crop(cutout.getchannel("A").point(lambda alpha: alpha > CLEAR).getbbox())
    factor = side / max(cutout.size)
    size = tuple(max(1, round(length * factor)) for length in cutout.size)
    pixels = np.asarray(cutout.resize(size, PillowImage.Resampling.LANCZOS))  # type: ignore[arg-type]
    opacity = np.where(pixels[..., 3] > CLEAR, pixels[..., 3], 0) / 255
    return pixels[..., :3], opacity
