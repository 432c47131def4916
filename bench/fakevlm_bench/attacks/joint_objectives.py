"""Objectives of joint attacks on a detector that explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fakevlm_bench.types import Label, Target

BROKEN_IOU = 0.1
"""IoU with the true region below which a heat map counts as broken."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An objective at A candidates; each field has the shape (A,).

    Attributes:
        loss: To be minimised, >= 0, differentiable.
        verdict: Whether the verdict is the one that the objective asks for.
        reached: Whether all of the objective is reached.
    """

    loss: Tensor
    verdict: Tensor
    reached: Tensor


class Objective(Protocol):
    """What a joint attack minimises."""

    def evaluate(self, pixels: Tensor, rows: Sequence[int]) -> Evaluation:
        """Evaluate candidates of some of the targets.

        Args:
            pixels: (A, 3, H, W) in [0, 1].
            rows: Index of each candidate's target.
        """
        ...


def margins(detector: Any, pixels: Tensor, targets: Sequence[Target]) -> Tensor:
    """Compute the log-odds in favour of the truth.

    Args:
        detector: Anything with `logits`.
        pixels: (A, 3, H, W) in [0, 1].
        targets: Whose labels are the truth, A of them.

    Returns:
        (A,), > 0 where the verdict is right, differentiable.
    """
    signs = [1.0 if target.label is Label.FAKE else -1.0 for target in targets]
    logits: Tensor = detector.logits(pixels).float()
    return torch.tensor(signs, device=logits.device) * logits


class FalseExplanation:
    """A wrong verdict, and an explanation of it that the detector finds plausible.

    Plausible means as likely per token, given the attacked image, as the explanation of the
    truth was, given the clean one.
    """

    def __init__(
        self,
        detector: Any,
        targets: Sequence[Target],
        pixels: Tensor,
        texts: Mapping[Label, str],
        weight: float,
    ) -> None:
        """Measure how plausible the true explanations are for the clean images.

        Args:
            detector: An `ExplainingGradientDetector`.
            targets: The images' samples, N of them.
            pixels: The clean images, (N, 3, H, W) in [0, 1].
            texts: An answer that argues for each label.
            weight: Of the explanation's loss against the verdict's, >= 0.
        """
        self._detector, self._targets, self._weight = detector, targets, weight
        self._texts = [texts[Label(1 - target.label)] for target in targets]
        with torch.no_grad():
            true_texts = [texts[target.label] for target in targets]
            self._plausible = detector.explanation_loss(pixels, true_texts).float()

    def evaluate(self, pixels: Tensor, rows: Sequence[int]) -> Evaluation:
        """Add the verdict's cross-entropy and the explanation's negative log-likelihood.

        Args:
            pixels: (A, 3, H, W) in [0, 1].
            rows: Index of each candidate's target.
        """
        margin = margins(self._detector, pixels, [self._targets[row] for row in rows])
        surprisal = self._detector.explanation_loss(
            pixels, [self._texts[row] for row in rows]
        ).float()
        loss = functional.softplus(margin) + self._weight * surprisal
        wrong = margin < 0
        return Evaluation(loss, wrong, wrong & (surprisal <= self._plausible[list(rows)]))


class FalseHeatMap:
    """A heat map on the wrong places, while the verdict stays right."""

    def __init__(
        self, detector: Any, targets: Sequence[Target], pixels: Tensor, weight: float
    ) -> None:
        """Resample the true regions to the heat map's resolution.

        Args:
            detector: An `ExplainingGradientDetector`.
            targets: The images' samples, N of them.
            pixels: The clean images, (N, 3, H, W) in [0, 1].
            weight: Of the verdict's loss against the heat map's, >= 0.
        """
        self._detector, self._targets, self._weight = detector, targets, weight
        with torch.no_grad():
            shape = detector.patch_logits(pixels).shape[-2:]
        regions = [_region(target) for target in targets]
        stacked = torch.from_numpy(np.stack(regions)).float()[:, None]
        self._truth = functional.adaptive_avg_pool2d(stacked, shape)[:, 0] > 0.5

    def evaluate(self, pixels: Tensor, rows: Sequence[int]) -> Evaluation:
        """Add the heat map's cross-entropy to the wrong places and a term that keeps the verdict.

        Args:
            pixels: (A, 3, H, W) in [0, 1].
            rows: Index of each candidate's target.
        """
        margin = margins(self._detector, pixels, [self._targets[row] for row in rows])
        heat = self._detector.patch_logits(pixels).float()
        truth = self._truth.to(heat.device)[list(rows)]
        wrong = _mean_over(functional.softplus(heat), truth) + _mean_over(
            functional.softplus(-heat), ~truth
        )
        loss = wrong + self._weight * functional.softplus(1 - margin)
        right = margin > 0
        return Evaluation(loss, right, right & (_overlap(heat > 0, truth) < BROKEN_IOU))


def _region(target: Target) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return the true region; that of a real image is empty."""
    if target.mask is not None:
        return target.mask
    return np.zeros(target.image.shape[:2], np.bool_)


def _mean_over(values: Tensor, where: Tensor) -> Tensor:
    """Average (A, h, w) over the marked places of each image; 0 where there are none."""
    return (values * where).sum((1, 2)) / where.sum((1, 2)).clamp(min=1)


def _overlap(hot: Tensor, truth: Tensor) -> Tensor:
    """Compute IoU of map and region, (A,); without a region, the share that is not hot."""
    both, union = (hot & truth).sum((1, 2)), (hot | truth).sum((1, 2)).clamp(min=1)
    cold = 1 - hot.float().mean((1, 2))
    return torch.where(truth.any(2).any(1), both / union, cold)
