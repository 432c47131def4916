"""What part of an image a network sees, at which size, and on which scale.

A frame maps pixel values in [0, 255] of shape (N, 3, H, W) to those of another
size; it accepts ``uint8`` (then it gives what the published Pillow
preprocessing gives) as well as floats, with respect to which it is differentiable.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional


def native(values: Tensor, size: int) -> Tensor:
    """Leave the image at its own size.

    Args:
        values: (N, 3, H, W).
        size: Not used.
    """
    return values


def centre_crop(values: Tensor, size: int) -> Tensor:
    """Cut the middle out, padding smaller images with zeros, as torchvision's CenterCrop does.

    Args:
        values: (N, 3, H, W).
        size: Side of the square in pixels.
    """
    height, width = values.shape[-2:]
    down, across = max(0, size - height), max(0, size - width)
    if down or across:
        left, top = across // 2, down // 2
        values = functional.pad(values, (left, across - left, top, down - top))
        height, width = values.shape[-2:]
    top, left = round((height - size) / 2), round((width - size) / 2)
    return values[..., top : top + size, left : left + size]


def squash(values: Tensor, size: int) -> Tensor:
    """Resize to a square as Pillow 13's BILINEAR does on 8-bit images, bit by bit.

    Pillow resamples one dimension, rounds to 8 bits, resamples the other, and rounds
    again; rows come first unless the height shrinks by more than twice as many pixels as
    the width. Earlier versions always begin with rows, so Pillow itself would make
    answers depend on its version. Rounding passes gradients through unchanged.

    Args:
        values: (N, 3, H, W) in [0, 255].
        size: Side of the square in pixels.
    """
    height, width = values.shape[-2:]
    exact = values.to(torch.float64)
    if height - size > max(0, 2 * (width - size)):
        exact = _resample(_resample(exact, size, -2), size, -1)
    else:
        exact = _resample(_resample(exact, size, -1), size, -2)
    return exact.to(values.dtype) if values.dtype == torch.uint8 else exact.float()


def _resample(values: Tensor, target: int, dim: int) -> Tensor:
    """Resample one of the last two dimensions with an antialiased triangle filter, and round."""
    places, weights = _taps(values.shape[dim], target)
    shape = (target, 1) if dim == -2 else (target,)
    summed = torch.zeros((), dtype=values.dtype, device=values.device)
    for place, weight in zip(places.to(values.device), weights.to(values.device), strict=True):
        summed = summed + values.index_select(dim, place) * weight.view(shape)
    rounded = torch.floor(summed.detach() + 0.5).clamp(0, 255)
    return summed + (rounded - summed).detach()


@lru_cache(maxsize=256)
def _taps(source: int, target: int) -> tuple[Tensor, Tensor]:
    """Compute places and weights, each (taps, target), as Pillow keeps them for 8-bit images."""
    scale = source / target
    support = max(scale, 1.0)
    centres = (torch.arange(target, dtype=torch.float64) + 0.5) * scale
    first = torch.floor(centres - support + 0.5).clamp(min=0)
    last = torch.floor(centres + support + 0.5).clamp(max=source)
    places = first + torch.arange(int((last - first).max()), dtype=torch.float64)[:, None]
    weights = (1 - (places - centres + 0.5).abs() / support).clamp(min=0)
    weights = torch.where(places < last, weights, 0.0)
    weights = weights / weights.sum(dim=0)
    fixed = torch.floor(weights * 2.0**22 + 0.5) / 2.0**22
    return places.clamp(max=source - 1).long(), fixed


FRAMES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "native": native,
    "centre_crop": centre_crop,
    "squash": squash,
}
"""Frames by their names in configs."""


def normalise(values: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """Scale pixel values to [0, 1] and standardise each channel.

    Args:
        values: (N, 3, H, W) in [0, 255].
        mean: Of each channel.
        std: Of each channel.
    """
    scaled = values.float() / 255
    shape = (3, 1, 1)
    centre = torch.tensor(mean, device=scaled.device).view(shape)
    spread = torch.tensor(std, device=scaled.device).view(shape)
    return (scaled - centre) / spread
