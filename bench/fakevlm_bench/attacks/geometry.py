"""Distances, projections and rounding; images and changes are in grey levels (0 to 255)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fakevlm_bench.attacks.levels import Norm
from fakevlm_bench.types import Image


def stack(images: list[Image]) -> Tensor:
    """Stack images of one size into float32 (N, 3, H, W), still in grey levels."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()


def unstack(images: Tensor) -> list[Image]:
    """Turn whole grey levels (N, 3, H, W) back into ``uint8`` images."""
    arrays = images.to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [np.ascontiguousarray(array) for array in arrays]


def distance(image: Image, original: Image, norm: Norm) -> float:
    """Measure how far apart two images are.

    Args:
        image: ``uint8`` (H, W, 3).
        original: Of the same shape.
        norm: ``linf``, the largest difference of a value, or ``l2``, the Euclidean distance.

    Returns:
        The distance, >= 0, pixels scaled to [0, 1].
    """
    change = image.astype(np.float64) - original.astype(np.float64)
    size = np.abs(change).max(initial=0.0) if norm == "linf" else np.linalg.norm(change)
    return float(size) / 255


def per_image(values: Tensor) -> Tensor:
    """Reshape (N,) so that it multiplies (N, 3, H, W)."""
    return values.view(-1, 1, 1, 1)


def l2(values: Tensor) -> Tensor:
    """Compute the L2 norm of each image, (N,)."""
    return values.flatten(1).square().sum(1).sqrt()


class Ball:
    """Every change of `origin` within `levels` that leaves all pixels in [0, 255]."""

    def __init__(self, origin: Tensor, levels: float, norm: Norm) -> None:
        """Set up the ball.

        Args:
            origin: Images (N, 3, H, W) in grey levels.
            levels: Radius in grey levels, > 0.
            norm: ``linf`` or ``l2``.
        """
        self.origin, self.levels, self.norm = origin, levels, norm
        reach = levels if norm == "linf" else 255.0
        self._low = (-origin).clamp(min=-reach)
        self._high = (255 - origin).clamp(max=reach)

    def select(self, keep: Tensor) -> Ball:
        """Return the ball around some of its images, `keep` (N,)."""
        return Ball(self.origin[keep], self.levels, self.norm)

    def project(self, change: Tensor) -> Tensor:
        """Move each change to the ball: exact for L∞, scaled and then clipped for L2."""
        if self.norm == "l2":
            change = change * per_image((self.levels / l2(change).clamp(min=1e-12)).clamp(max=1))
        return change.clamp(self._low, self._high)

    def quantise(self, change: Tensor) -> Tensor:
        """Round ``origin + change`` to whole grey levels without leaving the ball.

        Rounding an L2 change can make it longer, or, where it is spread over many
        pixels, erase it: each change is first scaled by the largest factor at which
        the rounded one still fits, and never by less than the ball forces.
        """
        if self.norm == "linf":
            return self.origin + change.clamp(self._low, self._high).round()
        low = torch.zeros(len(change), device=change.device)
        peak = change.flatten(1).abs().amax(1).clamp(min=1e-6)
        high = torch.maximum((self.levels + 1) / peak, torch.ones_like(peak))
        for _ in range(16):
            middle = (low + high) / 2
            fits = l2(self._rounded(change, middle)) <= self.levels
            low, high = torch.where(fits, middle, low), torch.where(fits, high, middle)
        return self.origin + self._rounded(change, low)

    def _rounded(self, change: Tensor, factor: Tensor) -> Tensor:
        return (change * per_image(factor)).clamp(self._low, self._high).round()

    def steepest(self, gradient: Tensor) -> Tensor:
        """Return the direction of steepest ascent: the sign for L∞, the unit vector for L2."""
        if self.norm == "linf":
            return gradient.sign()
        return gradient / per_image(l2(gradient).clamp(min=1e-12))

    def random(self, rngs: list[np.random.Generator]) -> Tensor:
        """Draw one change per image from its own generator: uniform for L∞, in the ball for L2."""
        shape = self.origin.shape[1:]
        draws = [self._draw(rng, tuple(shape)) for rng in rngs]
        return self.project(torch.from_numpy(np.stack(draws)).to(self.origin))

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
        if self.norm == "linf":
            return rng.uniform(-self.levels, self.levels, shape).astype(np.float32)
        draw = rng.standard_normal(shape)
        radius = self.levels * rng.uniform()
        return (draw * radius / np.linalg.norm(draw)).astype(np.float32)
