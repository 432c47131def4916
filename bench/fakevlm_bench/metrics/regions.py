"""Regions as run-length code, measured without drawing their pixels.

`fakevlm_bench.rle` defines the code. An intersection of two regions costs as much as
they have runs, which is a hundredth of their pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics.kernels import around, run_edges, shared
from fakevlm_bench.rle import MAX_PIXELS
from fakevlm_bench.types import Box, Mask


@dataclass(frozen=True)
class Region:
    """A set of pixels of an image, as the half-open intervals that it fills row by row.

    Attributes:
        width: Of the image, in pixels.
        height: Of the image, in pixels.
        edges: ``int64`` (2k,), rising: start and end of each interval.
    """

    width: int
    height: int
    edges: NDArray[np.int64]

    @cached_property
    def _around(self) -> list[int]:
        bounds: list[int] = around(self.edges, self.width).tolist()
        return bounds

    @property
    def area(self) -> int:
        """Pixels in the region."""
        return self._around[0]

    def box(self) -> Box | None:
        """Tightest box around the region, half-open; None for an empty one."""
        area, *box = self._around
        return (box[0], box[1], box[2], box[3]) if area else None

    def pixels(self) -> Mask:
        """Draw the region: ``bool`` (height, width)."""
        runs = np.diff(self.edges, prepend=0, append=self.width * self.height)
        return np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(self.height, self.width)


def parse(code: str) -> Region:
    """Read a run-length code.

    Raises:
        DataError: The code is malformed, or its runs do not add up to its size.
    """
    size, _, body = code.partition(":")
    width, _, height = size.partition("x")
    edges = run_edges(np.frombuffer(bytearray(body, "ascii", "replace"), dtype=np.uint8))
    if edges[0] < 0 or not (size.isascii() and width.isdigit() and height.isdigit()):
        raise DataError(f"malformed run-length code '{code[:40]}'")
    return _filled(int(width), int(height), edges)


def _filled(width: int, height: int, edges: NDArray[np.int64]) -> Region:
    if width * height > MAX_PIXELS:
        raise DataError(f"run-length code of an impossible size {width}x{height}")
    if edges[-1] != width * height:
        raise DataError(f"run-length code does not fill its {width}x{height} pixels")
    return Region(width, height, edges if len(edges) % 2 == 0 else edges[:-1])


def from_boxes(boxes: list[Box], width: int, height: int) -> Region:
    """Return the union of boxes, each clipped to the image and rounded to whole pixels.

    Args:
        boxes: In pixels of the image.
        width: Of the image, in pixels.
        height: Of the image, in pixels.
    """
    mask = np.zeros((height, width), dtype=np.bool_)
    for box in boxes:
        x0, y0, x1, y1 = np.maximum(np.rint(box).astype(int), 0)
        mask[y0:y1, x0:x1] = True
    flat = np.pad(mask.ravel(), 1)
    return Region(width, height, np.flatnonzero(flat[1:] != flat[:-1]))


def overlap(a: Region, b: Region) -> int:
    """Count the pixels in both regions.

    Raises:
        DataError: They lie in images of different sizes.
    """
    if (a.width, a.height) != (b.width, b.height):
        sizes = f"{a.width}x{a.height} and {b.width}x{b.height}"
        raise DataError(f"regions in frames of different sizes: {sizes}")
    both: int = shared(a.edges, b.edges)
    return both


def box_iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, in [0, 1]."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    both = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return both / (sum(areas) - both) if both else 0.0
