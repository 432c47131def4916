"""Carlini & Wagner's L2 attack: the smallest change that turns the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from fakevlm_bench.attacks.batching import craft_in_batches
from fakevlm_bench.attacks.geometry import l2, per_image
from fakevlm_bench.attacks.gradient_search import NearestSearch, negative_margin
from fakevlm_bench.attacks.levels import read_epsilon
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Target


class CarliniWagner:
    """C&W L2 with rounding inside the search.

    Carlini & Wagner, S&P 2017, arXiv 1608.04644, section VI-A: tanh space, Adam, and a binary
    search over the weight of the margin. The published objective is minimised at the rounded
    image, so that the result of the search is the image that is sent.
    """

    kind = "gradient"
    norm = "l2"
    requires = Capabilities(gradients=True)

    def __init__(
        self,
        level: str,
        *,
        searches: int = 5,
        steps: int = 100,
        rate: float = 0.01,
        weight: float = 1.0,
        name: str = "cw_l2",
    ) -> None:
        """Set up the attack.

        Args:
            level: L2 distance, pixels in [0, 1], at which a wrong verdict counts.
            searches: Weights of the margin that are tried.
            steps: Of Adam per weight.
            rate: Adam's learning rate in tanh space.
            weight: The first weight.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no distance that 8-bit images can carry.
        """
        self.name, self.epsilon = name, read_epsilon(level, "l2", name)
        self.searches, self.steps, self.rate, self.weight = searches, steps, rate, weight

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "norm": self.norm,
            "version": 1,
            "name": self.name,
            "epsilon": self.epsilon,
            "searches": self.searches,
            "steps": self.steps,
            "rate": self.rate,
            "weight": self.weight,
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image; where no change within the distance succeeds, return the original.

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
        search = NearestSearch(detector.logits, targets, self.epsilon)
        weight = torch.full((len(targets),), self.weight, device=search.alive.device)
        low, high = torch.zeros_like(weight), torch.full_like(weight, torch.inf)
        for _ in range(self.searches):
            search.resume()
            if not len(search.alive):
                break
            success = _WeightTrial(search, weight, self.rate).run(self.steps)
            high = torch.where(success, torch.minimum(high, weight), high)
            low = torch.where(success, low, torch.maximum(low, weight))
            weight = torch.where(high.isfinite(), (low + high) / 2, weight * 10)
        return search.finish()


class _WeightTrial:
    """Adam (Kingma & Ba 2015) on squared distance plus weighted margin, for one weight per image.

    An image stops where a tenth of the steps has not lowered its objective.
    """

    def __init__(self, batch: NearestSearch, weight: Tensor, rate: float) -> None:
        self._batch, self._rate = batch, rate
        self._success = torch.zeros_like(weight, dtype=torch.bool)
        self.weight = weight[batch.alive]
        self.place = torch.atanh((batch.ball.origin / 127.5 - 1) * 0.999999)
        self.first, self.second = torch.zeros_like(self.place), torch.zeros_like(self.place)
        self.before = torch.full_like(self.weight, torch.inf)

    def run(self, steps: int) -> Tensor:
        """Descend; return for each image of the batch whether a wrong verdict was met, (N,)."""
        for step in range(1, steps + 1):
            objective = self._advance(step)
            if not len(self._batch.alive):
                break
            if step % max(steps // 10, 1) == 0:
                keep = objective <= 0.9999 * self.before
                self.before = objective
                self._batch.narrow(keep)
                self._select(keep)
        return self._success

    def _select(self, keep: Tensor) -> None:
        """Drop the state of images that have left the search."""
        if not bool(keep.all()):
            for key in ("weight", "place", "first", "second", "before"):
                setattr(self, key, getattr(self, key)[keep])

    def _advance(self, step: int) -> Tensor:
        """Take one step from the rounded image's gradient; return the objectives (A,)."""
        batch = self._batch
        change = (self.place.tanh() + 1) * 127.5 - batch.ball.origin
        value, gradient, keep = batch.differentiate(change, negative_margin)
        self._select(keep)
        margin = -value
        self._success[batch.alive[margin < 0]] = True
        moved = (batch.ball.quantise(change[keep]) - batch.ball.origin) / 255
        pull = per_image(self.weight * (margin > 0)) * gradient
        slope = (2 * moved - pull) * (1 - self.place.tanh().square()) / 2
        self.first = 0.9 * self.first + 0.1 * slope
        self.second = 0.999 * self.second + 0.001 * slope.square()
        rate = self._rate * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
        self.place = self.place - rate * self.first / (self.second.sqrt() + 1e-8)
        return l2(moved).square() + self.weight * margin.clamp(min=0)
