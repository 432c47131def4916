"""APGD: PGD with momentum that halves its own step, on two losses that are sound for two classes.

A binary detector's two losses rise in the same direction; they part where
cross-entropy saturates: its gradient is lost to rounding when the detector is very
sure, and that of the margin is not. AutoAttack's own second loss (DLR) needs three
classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from fakevlm_bench.attacks.batching import craft_in_batches
from fakevlm_bench.attacks.geometry import per_image
from fakevlm_bench.attacks.gradient_search import (
    GradientSearch,
    Loss,
    cross_entropy,
    negative_margin,
)
from fakevlm_bench.attacks.levels import Norm, read_epsilon
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Target

LOSSES: dict[str, Loss] = {"ce": cross_entropy, "margin": negative_margin}


def checkpoints(steps: int) -> list[int]:
    """List the steps after which the step size is reconsidered (Croce & Hein 2020, section 3.1)."""
    shares, last = [0.0, 0.22], 0.22
    while last < 1:
        last += max(last - shares[-2] - 0.03, 0.06)
        shares.append(last)
    return sorted({max(int(share * steps), 1) for share in shares[1:] if share <= 1})


class APGD:
    """Auto-PGD (Croce & Hein, ICML 2020, arXiv 2003.01690, algorithm 1)."""

    kind = "gradient"
    requires = Capabilities(gradients=True)

    def __init__(
        self,
        level: str,
        *,
        loss: Literal["ce", "margin"] = "ce",
        norm: Norm = "linf",
        steps: int = 100,
        restarts: int = 1,
        name: str = "apgd",
    ) -> None:
        """Set up the attack.

        Args:
            level: Largest distance, such as ``8/255`` (L∞) or ``0.5`` (L2).
            loss: Cross-entropy or the logit margin.
            norm: ``linf`` or ``l2``, pixels scaled to [0, 1].
            steps: Gradient steps per start.
            restarts: Random starts, each with the images that are not broken yet.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no distance that 8-bit images can carry.
        """
        self.name, self.norm, self.epsilon = name, norm, read_epsilon(level, norm, name)
        self.loss, self.steps, self.restarts = loss, steps, restarts

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "version": 1,
            "name": self.name,
            "norm": self.norm,
            "epsilon": self.epsilon,
            "loss": self.loss,
            "steps": self.steps,
            "restarts": self.restarts,
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image through the detector's gradient.

        Args:
            detector: The attacked one; its `logits` are differentiated.
            targets: Any number, of any sizes; all are held in memory.

        Returns:
            One per target, in order; where an image could not be attacked, the original with
            the reason in `Attacked.error`.
        """
        return craft_in_batches(
            targets, detector.batch_size, lambda batch: self._run(detector, batch)
        )

    def _run(self, detector: Any, targets: Sequence[Target]) -> list[Attacked]:
        search = GradientSearch(detector.logits, targets, self.epsilon, self.norm)
        for _ in range(self.restarts):
            if len(search.alive):
                _Ascent(search, LOSSES[self.loss]).run(self.steps)
        return search.finish()


class _Ascent:
    """One start of APGD on the images of a batch that are still under attack."""

    def __init__(self, search: GradientSearch, loss: Loss) -> None:
        self._search, self._loss = search, loss
        self.change = search.ball.random(search.generators())
        self.before = self.change
        count, device = len(self.change), self.change.device
        self.step = torch.full((count,), 2 * search.ball.levels, device=device)
        self.rises = torch.zeros(count, device=device)
        self.halved = torch.zeros(count, dtype=torch.bool, device=device)

    def run(self, steps: int) -> None:
        """Climb until the steps are spent or no image remains."""
        self.value, self.gradient, keep = self._search.differentiate(self.change, self._loss)
        self._select(keep, skip=("value", "gradient"))
        self.best_change, self.best_gradient = self.change, self.gradient
        self.best, self.best_at_check = self.value, self.value
        last_check, checks = 0, checkpoints(steps)
        for step in range(1, steps + 1):
            if not len(self._search.alive):
                return
            self._advance(momentum=0.0 if step == 1 else 0.25)
            if step in checks:
                self._reconsider(step - last_check)
                last_check = step

    def _select(self, keep: Tensor, skip: tuple[str, ...]) -> None:
        """Drop the state of images that have left the attack."""
        if not bool(keep.all()):
            for key, value in vars(self).items():
                if isinstance(value, Tensor) and key not in skip:
                    setattr(self, key, value[keep])

    def _advance(self, momentum: float) -> None:
        ball = self._search.ball
        plain = ball.project(self.change + per_image(self.step) * ball.steepest(self.gradient))
        drift = self.change - self.before
        self.before = self.change
        self.change = ball.project(
            self.change + (1 - momentum) * (plain - self.change) + momentum * drift
        )
        value, gradient, keep = self._search.differentiate(self.change, self._loss)
        self._select(keep, skip=())
        self.rises += value > self.value
        self.value, self.gradient = value, gradient
        better = value > self.best
        self.best = torch.where(better, value, self.best)
        choose = per_image(better)
        self.best_change = torch.where(choose, self.change, self.best_change)
        self.best_gradient = torch.where(choose, gradient, self.best_gradient)

    def _reconsider(self, steps: int) -> None:
        """Halve the step, and go back to the best point, where climbing has stalled."""
        seldom = self.rises < 0.75 * steps
        halve = seldom | (~self.halved & (self.best <= self.best_at_check))
        self.halved, self.best_at_check = halve, self.best
        self.rises = torch.zeros_like(self.rises)
        self.step = torch.where(halve, self.step / 2, self.step)
        choose = per_image(halve)
        self.change = torch.where(choose, self.best_change, self.change)
        self.gradient = torch.where(choose, self.best_gradient, self.gradient)
