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

from fakevlm_bench.attack_flags import NO_PROGRESS, RANDOMISED, ZERO_GRADIENT
from fakevlm_bench.attacks.geometry import Ball, distance, l2, stack, unstack
from fakevlm_bench.attacks.levels import Norm, to_levels
from fakevlm_bench.types import Attacked, Label, Target

Model = Callable[[Tensor], Tensor]
"""Pixels (N, 3, H, W) in [0, 1] to log-odds of fake (N,), > 0 where the verdict is FAKE."""

Loss = Callable[[Tensor], Tensor]
"""Margins (N,), > 0 where the verdict is right, to what the attack raises, (N,)."""


REPEATABLE = 1e-3
"""Two logits of one image further apart than this, absolute and relative, are not one answer."""


def cross_entropy(margin: Tensor) -> Tensor:
    """Compute the cross-entropy of the true one of two classes: log(1 + exp(-margin))."""
    return functional.softplus(-margin)


def negative_margin(margin: Tensor) -> Tensor:
    """Return the negated margin, which does not saturate where cross-entropy does."""
    return -margin


class GradientSearch:
    """A batch under attack; images leave it as soon as they are broken or fail.

    Attributes:
        ball: Of the images still under attack, in the order of `alive`.
        alive: Indices of these images in the batch, (A,).
    """

    leaves_when_broken = True

    def __init__(self, model: Model, targets: Sequence[Target], epsilon: float, norm: Norm) -> None:
        """Evaluate the clean images; those that are wrong already are not attacked.

        Args:
            model: The attacked detector's `logits`.
            targets: Images of one size.
            epsilon: Largest distance, pixels scaled to [0, 1].
            norm: The norm it is measured in.
        """
        self._model, self._targets, self._norm = model, targets, norm
        self._rngs = [np.random.default_rng(target.seed) for target in targets]
        count = len(targets)
        self._flags: list[set[str]] = [set() for _ in targets]
        self._errors: list[str | None] = [None] * count
        self._broken = np.zeros(count, dtype=bool)
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
        """Return the random generators of the images still under attack."""
        return [self._rngs[index] for index in self.alive.tolist()]

    def differentiate(self, change: Tensor, loss: Loss) -> tuple[Tensor, Tensor, Tensor]:
        """Evaluate the rounded candidates, and differentiate the loss there.

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
        keep = self._retire(
            logits.detach(), size.isfinite(), "the gradient", leave=self.leaves_when_broken
        )
        if bool(keep.all()):
            return losses.detach(), gradient, keep
        return losses.detach()[keep], gradient[keep], keep

    def evaluate(self, change: Tensor) -> Tensor:
        """Evaluate the rounded candidates without differentiating; return `keep` (A,)."""
        images = self.ball.quantise(change)
        with torch.no_grad():
            logits = self._model(images / 255).float()
        self._record(images, logits)
        return self._retire(logits, torch.ones_like(logits, dtype=torch.bool), "the logit")

    def _record(self, images: Tensor, logits: Tensor) -> None:
        """Keep each image's best candidate and the margins along the way."""
        margins = self._side[self.alive] * logits
        better = self._better(images, margins, self._is_broken(logits))
        self._best[self.alive[better]] = images[better]
        self._best_margin[self.alive] = torch.fmin(self._best_margin[self.alive], margins)
        for index, margin in zip(self.alive.tolist(), margins.tolist(), strict=True):
            self._trace[index].append(margin)

    def _better(self, _images: Tensor, margins: Tensor, _broken: Tensor) -> Tensor:
        """Mark the candidates that replace the best so far, (A,)."""
        return margins < self._best_margin[self.alive]

    def _is_broken(self, logits: Tensor) -> Tensor:
        return (logits > 0) != (self._side[self.alive] > 0)

    def _retire(self, logits: Tensor, sound: Tensor, what: str, *, leave: bool = True) -> Tensor:
        """Drop failed images, and broken ones where they are to `leave`; return `keep` (A,)."""
        self._passes[self.alive.cpu().numpy()] += 1
        broken = self._is_broken(logits) & logits.isfinite()
        self._broken[self.alive[broken].cpu().numpy()] = True
        failed = ~logits.isfinite() | (~sound & ~broken)
        for index in self.alive[failed].tolist():
            self._errors[index] = (
                f"{what} is not a finite number (after {self._passes[index]} forward passes)"
            )
        keep = ~(broken | failed) if leave else sound & logits.isfinite()
        self.narrow(keep)
        return keep

    def narrow(self, keep: Tensor) -> None:
        """Go on with some of the images under attack, `keep` (A,)."""
        if not bool(keep.all()):
            self.alive, self.ball = self.alive[keep], self.ball.select(keep)

    def finish(self) -> list[Attacked]:
        """Flag what was not broken, and return every image of the batch."""
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
            broken=bool(self._broken[index]) and error is None,
        )


class NearestSearch(GradientSearch):
    """Search for the nearest wrong verdict in L2, which goes on after the first one."""

    leaves_when_broken = False

    def __init__(self, model: Model, targets: Sequence[Target], epsilon: float) -> None:
        """Allow any change while searching.

        Args:
            model: The attacked detector's `logits`.
            targets: Images of one size.
            epsilon: L2 distance, pixels in [0, 1], beyond which a wrong verdict does not count.
        """
        self._nearest = torch.full((len(targets),), torch.inf)
        super().__init__(model, targets, 1.0, "linf")
        self._norm, self._reach = "l2", to_levels(epsilon, "l2")
        self._nearest = self._nearest.to(self.alive.device)
        self._all, self._whole = self.alive, self.ball

    def resume(self) -> None:
        """Go on with all images again, failed ones excepted."""
        sound = [self._errors[index] is None for index in self._all.tolist()]
        keep = torch.tensor(sound, dtype=torch.bool, device=self._all.device)
        self.alive, self.ball = self._all[keep], self._whole.select(keep)

    def _better(self, images: Tensor, _margins: Tensor, broken: Tensor) -> Tensor:
        away = l2(images - self.ball.origin)
        nearer = broken & (away < self._nearest[self.alive])
        self._nearest[self.alive[nearer]] = away[nearer]
        return nearer

    def finish(self) -> list[Attacked]:
        """Return each image's nearest wrong verdict, or the original where that is too far."""
        self.resume()
        far = self._nearest[self.alive] > self._reach
        self._broken[self.alive.cpu().numpy()] = (~far).cpu().numpy()
        self.narrow(far)
        self._best[self.alive] = self.ball.origin
        return super().finish()
