"""What a joint attack on a detector that explains is after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fakevlm_bench.types import Label, Target

FALLEN = 0.1
"""IoU with the true region at which a heat map has fallen."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a goal sees in candidates, each (A,).

    Attributes:
        loss: To be lowered, differentiable.
        verdict: Whether the verdict is as the goal wants it.
        reached: Whether all of the goal is reached.
    """

    loss: Tensor
    verdict: Tensor
    reached: Tensor


class Goal(Protocol):
    """Looks at candidates of some of the targets."""

    def look(self, pixels: Tensor, rows: Sequence[int]) -> Sight:
        """Judge candidates (A, 3, H, W) in [0, 1], `rows` being their targets' places."""
        ...


def margins(detector: Any, pixels: Tensor, targets: Sequence[Target]) -> Tensor:
    """Log-odds in favour of the truth, (A,)."""
    signs = [1.0 if target.label is Label.FAKE else -1.0 for target in targets]
    logits: Tensor = detector.logits(pixels).float()
    return torch.tensor(signs, device=logits.device) * logits


class FalseArgument:
    """A wrong verdict, and words for it that the detector finds plausible.

    Plausible is as likely per token, given the attacked image, as the words for the truth
    were given the clean one.
    """

    def __init__(
        self,
        detector: Any,
        targets: Sequence[Target],
        pixels: Tensor,
        texts: Mapping[Label, str],
        weight: float,
    ) -> None:
        """Measure how plausible the true side's words are for the clean images."""
        self._detector, self._targets, self._weight = detector, targets, weight
        self._texts = [texts[Label(1 - target.label)] for target in targets]
        with torch.no_grad():
            honest = [texts[target.label] for target in targets]
            self._bar = detector.explanation_loss(pixels, honest).float()

    def look(self, pixels: Tensor, rows: Sequence[int]) -> Sight:
        """Add the verdict's cross-entropy and the words' negative log-likelihood."""
        margin = margins(self._detector, pixels, [self._targets[row] for row in rows])
        words = self._detector.explanation_loss(pixels, [self._texts[row] for row in rows]).float()
        loss = functional.softplus(margin) + self._weight * words
        wrong = margin < 0
        return Sight(loss, wrong, wrong & (words <= self._bar[list(rows)]))


class FalseMap:
    """A heat map that shows the wrong places, under a verdict that stays right."""

    def __init__(
        self, detector: Any, targets: Sequence[Target], pixels: Tensor, weight: float
    ) -> None:
        """Bring the true regions to the heat map's resolution."""
        self._detector, self._targets, self._weight = detector, targets, weight
        with torch.no_grad():
            shape = detector.patch_logits(pixels).shape[-2:]
        regions = [_region(target) for target in targets]
        stacked = torch.from_numpy(np.stack(regions)).float()[:, None]
        self._truth = functional.adaptive_avg_pool2d(stacked, shape)[:, 0] > 0.5

    def look(self, pixels: Tensor, rows: Sequence[int]) -> Sight:
        """Add the map's cross-entropy to the wrong places, and a push that keeps the verdict."""
        margin = margins(self._detector, pixels, [self._targets[row] for row in rows])
        heat = self._detector.patch_logits(pixels).float()
        truth = self._truth.to(heat.device)[list(rows)]
        wrong = _mean_over(functional.softplus(heat), truth) + _mean_over(
            functional.softplus(-heat), ~truth
        )
        loss = wrong + self._weight * functional.softplus(1 - margin)
        right = margin > 0
        return Sight(loss, right, right & (_agreement(heat > 0, truth) < FALLEN))


def _region(target: Target) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The true region; a real image has none, and so an empty one."""
    if target.mask is not None:
        return target.mask
    return np.zeros(target.image.shape[:2], np.bool_)


def _mean_over(values: Tensor, where: Tensor) -> Tensor:
    """Mean of (A, h, w) over the marked places of each, 0 where there are none."""
    return (values * where).sum((1, 2)) / where.sum((1, 2)).clamp(min=1)


def _agreement(hot: Tensor, truth: Tensor) -> Tensor:
    """IoU of map and region, (A,); where there is no region, the share that is not hot."""
    both, union = (hot & truth).sum((1, 2)), (hot | truth).sum((1, 2)).clamp(min=1)
    cold = 1 - hot.float().mean((1, 2))
    return torch.where(truth.any(2).any(1), both / union, cold)
