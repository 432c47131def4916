"""What every gradient attack shares: one batch of images of one size, until each is broken.

The model only ever sees whole grey levels: a candidate is rounded, the verdict and
the gradient are taken at the rounded image, and the step is made from the unrounded
change (a straight-through estimate). One forward and one backward pass therefore
give both the next step and the verdict on the very image that would be stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bench.attacks.budget import Norm, to_levels
from bench.attacks.flags import NO_PROGRESS, RANDOMISED, ZERO_GRADIENT
from bench.attacks.geometry import Ball, distance, stack, unstack
from bench.types import Attacked, Label, Target

Model = Callable[[Tensor], Tensor]
"""Pixels (N, 3, H, W) in [0, 1] to log-odds of fake (N,), > 0 where the verdict is FAKE."""

Loss = Callable[[Tensor], Tensor]
"""Margins (N,), > 0 where the verdict is right, to what the attack raises, (N,)."""


REPEATABLE = 1e-3
"""Two logits of one image further apart than this, absolute and relative, are not one answer."""


def cross_entropy(margin: Tensor) -> Tensor:
    """Cross-entropy of the true class with two classes: log(1 + exp(-margin))."""
    return functional.softplus(-margin)


def negative_margin(margin: Tensor) -> Tensor:
    """The margin itself, which does not saturate where cross-entropy does."""
    return -margin


class Descent:
    """A batch under attack; images leave it as soon as they are broken or fail.

    Attributes:
        ball: Of the images still under attack, in the order of `alive`.
        alive: Indices of these images in the batch, (A,).
    """

    def __init__(self, model: Model, targets: Sequence[Target], epsilon: float, norm: Norm) -> None:
        """Look at the clean images; those that are wrong already are not attacked."""
        self._model, self._targets, self._norm = model, targets, norm
        self._rngs = [np.random.default_rng(target.seed) for target in targets]
        count = len(targets)
        self._flags: list[set[str]] = [set() for _ in targets]
        self._errors: list[str | None] = [None] * count
        self._trace: list[list[float]] = [[] for _ in targets]
        self._passes = np.zeros(count, dtype=int)
        origin = stack([target.image for target in targets])
        side = torch.tensor([1.0 if target.label is Label.FAKE else -1.0 for target in targets])
        with torch.no_grad():
            logits = model(origin / 255).float()
        origin, self._side = origin.to(logits.device), side.to(logits.device)
        self.ball = Ball(origin, to_levels(epsilon, norm), norm)
        self.alive = torch.arange(count, device=logits.device)
        self._best = origin.clone()
        self._clean = self._side * logits
        self._best_margin = self._clean.clone()
        self._retire(logits, torch.ones_like(logits, dtype=torch.bool), "the clean image's logit")

    def generators(self) -> list[np.random.Generator]:
        """Give the generators of the images still under attack."""
        return [self._rngs[index] for index in self.alive.tolist()]

    def climb(self, change: Tensor, loss: Loss) -> tuple[Tensor, Tensor, Tensor]:
        """Look at the rounded candidates, and differentiate the loss there.

        Args:
            change: (A, 3, H, W) in grey levels, within the ball.
            loss: What to raise.

        Returns:
            The losses (K,) and gradients (K, 3, H, W) of the images that are still
            under attack afterwards, and `keep` (A,), true for these.
        """
        images = self.ball.quantise(change)
        pixels = (images / 255).requires_grad_()
        with torch.enable_grad():
            logits = self._model(pixels).float()
            losses = loss(self._side[self.alive] * logits)
            (gradient,) = torch.autograd.grad(losses.sum(), pixels)
        size = gradient.flatten(1).abs().sum(1)
        for index in self.alive[size == 0].tolist():
            self._flags[index].add(ZERO_GRADIENT)
        self._record(images, logits.detach())
        keep = self._retire(logits.detach(), size.isfinite(), "the gradient")
        if bool(keep.all()):
            return losses.detach(), gradient, keep
        return losses.detach()[keep], gradient[keep], keep

    def look(self, change: Tensor) -> Tensor:
        """Look at the rounded candidates without differentiating; gives `keep` (A,)."""
        images = self.ball.quantise(change)
        with torch.no_grad():
            logits = self._model(images / 255).float()
        self._record(images, logits)
        return self._retire(logits, torch.ones_like(logits, dtype=torch.bool), "the logit")

    def _record(self, images: Tensor, logits: Tensor) -> None:
        """Keep each image's best candidate and the margins along the way."""
        margins = self._side[self.alive] * logits
        better = margins < self._best_margin[self.alive]
        self._best[self.alive[better]] = images[better]
        self._best_margin[self.alive[better]] = margins[better]
        for index, margin in zip(self.alive.tolist(), margins.tolist(), strict=True):
            self._trace[index].append(margin)

    def _retire(self, logits: Tensor, sound: Tensor, what: str) -> Tensor:
        """Take broken and failed images out of the attack; gives `keep` (A,)."""
        self._passes[self.alive.cpu().numpy()] += 1
        broken = (logits > 0) != (self._side[self.alive] > 0)
        failed = ~logits.isfinite() | (~sound & ~broken)
        for index in self.alive[failed].tolist():
            self._errors[index] = (
                f"{what} is not a finite number (after {self._passes[index]} forward passes)"
            )
        keep = ~(broken | failed)
        if not bool(keep.all()):
            self.alive, self.ball = self.alive[keep], self.ball.select(keep)
        return keep

    def finish(self) -> list[Attacked]:
        """Flag what was not broken, and give every image of the batch."""
        if len(self.alive):
            self._flag_survivors()
        return [self._attacked(index, image) for index, image in enumerate(unstack(self._best))]

    def _flag_survivors(self) -> None:
        with torch.no_grad():
            again = self._side[self.alive] * self._model(self.ball.origin / 255).float()
        self._passes[self.alive.cpu().numpy()] += 1
        clean = self._clean[self.alive]
        tolerance = REPEATABLE * (1 + clean.abs())
        stuck = self._best_margin[self.alive] >= clean
        for index, moved, still in zip(
            self.alive.tolist(), ((again - clean).abs() > tolerance).tolist(), stuck, strict=True
        ):
            self._flags[index] |= {RANDOMISED} if moved else set()
            self._flags[index] |= {NO_PROGRESS} if still else set()

    def _attacked(self, index: int, image: np.ndarray) -> Attacked:
        target, error = self._targets[index], self._errors[index]
        image = target.image if error else image
        return Attacked(
            image=image,
            norm=distance(image, target.image, self._norm),
            queries=int(self._passes[index]),
            flags=tuple(sorted(self._flags[index])),
            error=error,
            trace=tuple(self._trace[index]),
        )
