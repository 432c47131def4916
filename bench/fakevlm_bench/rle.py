"""Run-length code of masks, as records and submissions carry them.

A mask of shape (H, W) is read row by row; its code is
``"<W>x<H>:<n0>,<n1>,…"``, the lengths of alternating runs, the first of false
pixels (possibly 0). The lengths add up to W·H.
"""

from __future__ import annotations

import numpy as np

from fakevlm_bench.errors import DataError
from fakevlm_bench.types import Mask

MAX_PIXELS = 64_000_000


def encode(mask: Mask) -> str:
    """Encode a ``bool`` (H, W) mask."""
    height, width = mask.shape
    flat = mask.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size])) if flat.size else np.zeros(1, int)
    runs = np.diff(edges)
    if flat.size and flat[0]:
        runs = np.concatenate(([0], runs))
    return f"{width}x{height}:" + ",".join(map(str, runs))


def share(code: str) -> float:
    """Return the share of true pixels, in [0, 1], of a code that `encode` wrote; 0 of no pixels."""
    runs = [int(run) for run in code.partition(":")[2].split(",") if run]
    return sum(runs[1::2]) / (sum(runs) or 1)


def decode(code: str) -> Mask:
    """Decode a mask.

    Raises:
        DataError: The code is malformed, or its runs do not add up to its size.
    """
    try:
        size, _, body = code.partition(":")
        width, height = (int(part) for part in size.split("x"))
        runs = np.array([int(run) for run in body.split(",")] if body else [], dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise DataError(f"malformed run-length code '{code[:40]}'") from error
    if width < 0 or height < 0 or width * height > MAX_PIXELS:
        raise DataError(f"run-length code of an impossible size {width}x{height}")
    impossible = (runs < 0) | (runs > width * height)
    if impossible.any() or runs.sum() != width * height:
        raise DataError(f"run-length code does not fill its {width}x{height} pixels")
    values = np.arange(runs.size) % 2 == 1
    return np.repeat(values, runs).reshape(height, width)
