"""High-pass residuals that published networks look at instead of the image."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def neighbouring_pixels(x: Tensor) -> Tensor:
    """Compute x minus its nearest-neighbour half-and-back (NPR; Tan et al. 2024, eq. 3).

    An odd last row or column is cut off: it has no neighbour in its 2×2 cell.
    """
    x = x[..., : x.shape[-2] // 2 * 2, : x.shape[-1] // 2 * 2]
    corner = x[..., ::2, ::2]
    return x - corner.repeat_interleave(2, dim=-2).repeat_interleave(2, dim=-1)


def median_dependency(x: Tensor) -> Tensor:
    """Compute x minus the median of its 3×3 neighbourhood with the centre replaced by 0.

    This is FerretNet's local pixel dependency: nine values per channel, zero padding
    of 1. The median is taken with Paeth's exchange network of nine inputs, which gives the same
    value as sorting and is several times faster than `torch.median` over patches.
    """
    padded = functional.pad(x, (1, 1, 1, 1))
    height, width = x.shape[-2:]
    p = [
        padded[..., row : row + height, column : column + width]
        for row in range(3)
        for column in range(3)
    ]
    p[4] = torch.zeros_like(x)
    for low, high in _MEDIAN_OF_NINE:
        p[low], p[high] = torch.minimum(p[low], p[high]), torch.maximum(p[low], p[high])
    return x - p[4]


_MEDIAN_OF_NINE = (
    (1, 2), (4, 5), (7, 8), (0, 1), (3, 4), (6, 7), (1, 2), (4, 5), (7, 8), (0, 3),
    (5, 8), (4, 7), (3, 6), (1, 4), (2, 5), (4, 7), (4, 2), (6, 4), (4, 2),
)  # fmt: skip
"""Nineteen exchanges that leave the median at place 4 (Paeth, Graphics Gems, 1990)."""
