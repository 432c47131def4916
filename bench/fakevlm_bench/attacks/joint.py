"""Joint attacks on a detector that explains: verdict and explanation, or heat map alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from fakevlm_bench.attack_flags import NO_PROGRESS, RANDOMISED, ZERO_GRADIENT
from fakevlm_bench.attacks.batching import craft_in_batches, failed
from fakevlm_bench.attacks.geometry import Ball, distance, stack, unstack
from fakevlm_bench.attacks.joint_objectives import (
    FalseExplanation,
    FalseHeatMap,
    Objective,
    margins,
)
from fakevlm_bench.attacks.levels import Norm, read_epsilon, to_levels
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Label, Target

REPEATABLE = 1e-3
"""Two losses of one image further apart than this, absolute and relative, are not one answer."""


class Joint:
    """PGD in L∞ (Madry et al., arXiv 1706.06083) on a verdict and its explanation together.

    Aim ``explanation``: the verdict turns and the explanation argues plausibly for the false
    one. Aim ``heat_map``: the heat map moves off the region while the verdict stays. The detector
    has to be an `ExplainingGradientDetector`.
    """

    kind = "joint"
    norm: Norm = "linf"

    def __init__(
        self,
        level: str,
        *,
        aim: Literal["explanation", "heat_map"],
        real: str = "",
        fake: str = "",
        steps: int = 50,
        step: float | None = None,
        weight: float = 1.0,
        name: str = "joint",
    ) -> None:
        """Set up the attack.

        Args:
            level: Largest L∞ distance, such as ``8/255``.
            aim: What is to be broken.
            real: An answer that argues for "real"; what a fake image is to be given.
            fake: An answer that argues for "fake"; what a real image is to be given.
            steps: Gradient steps.
            step: Size of one as a share of the distance; 2.5 / steps by default.
            weight: Of the second term (explanation; verdict) against the first.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no distance that 8-bit images can carry.
        """
        self.name, self.epsilon = name, read_epsilon(level, "linf", name)
        self.aim, self.real, self.fake = aim, real, fake
        self.steps, self.step = steps, 2.5 / steps if step is None else step
        self.weight = weight

    @property
    def requires(self) -> Capabilities:
        """Gradients, and what the aim is to break."""
        explains = self.aim == "explanation"
        return Capabilities(gradients=True, explanation=explains, mask=not explains)

    @property
    def methods(self) -> tuple[str, ...]:
        """What is differentiated beside ``logits``."""
        return ("explanation_loss",) if self.aim == "explanation" else ("patch_logits",)

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "norm": self.norm,
            "version": 1,
            "name": self.name,
            "epsilon": self.epsilon,
            "aim": self.aim,
            "real": self.real,
            "fake": self.fake,
            "steps": self.steps,
            "step": self.step,
            "weight": self.weight,
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image; those that are wrong when clean are left as they are.

        A fake image whose true region is not known fails where the heat map is attacked.

        Args:
            detector: An `ExplainingGradientDetector`.
            targets: Any number, of any sizes.

        Returns:
            One per target, in order.
        """
        unmasked = {i for i, target in enumerate(targets) if self._lacks_region(target)}
        rest = [target for i, target in enumerate(targets) if i not in unmasked]
        crafted = iter(
            craft_in_batches(rest, detector.batch_size, lambda b: self._run(detector, b))
        )
        return [
            failed(target, f"{self.name} needs the true region of a fake image, and sample "
                   f"'{target.sample_id}' has none: use joint_explanation or pgd_linf")
            if i in unmasked else next(crafted)
            for i, target in enumerate(targets)
        ]  # fmt: skip

    def _lacks_region(self, target: Target) -> bool:
        return self.aim == "heat_map" and target.label is Label.FAKE and target.mask is None

    def _objective(self, detector: Any, targets: Sequence[Target], pixels: Tensor) -> Objective:
        if self.aim == "heat_map":
            return FalseHeatMap(detector, targets, pixels, self.weight)
        texts = {Label.REAL: self.real, Label.FAKE: self.fake}
        return FalseExplanation(detector, targets, pixels, texts, self.weight)

    def _run(self, detector: Any, targets: Sequence[Target]) -> list[Attacked]:
        origin = stack([target.image for target in targets])
        with torch.no_grad():
            right = margins(detector, origin / 255, targets) > 0
        origin = origin.to(right.device)
        objective = self._objective(detector, targets, origin / 255)
        ball = Ball(origin, to_levels(self.epsilon, self.norm), "linf")
        search = _JointSearch(objective, targets, ball)
        search.narrow(right)
        search.run(self.steps, self.step * ball.levels)
        return search.finish()


class _JointSearch:
    """One batch under attack; an image leaves it when its objective is reached.

    Of an image that does not get there, the candidate of lowest loss is kept among those
    with the verdict that the objective asks for, or else among all.
    """

    def __init__(self, objective: Objective, targets: Sequence[Target], ball: Ball) -> None:
        self._objective, self._targets, self.ball = objective, targets, ball
        self._clean = ball.origin
        self._images = ball.origin.clone()
        self.alive = torch.arange(len(targets), device=ball.origin.device)
        self._rank = torch.full((len(targets),), torch.inf, device=ball.origin.device)
        self._reached = torch.zeros_like(self._rank, dtype=torch.bool)
        self._passes = np.ones(len(targets), dtype=int)
        self._trace: list[list[float]] = [[] for _ in targets]
        self._flags: list[set[str]] = [set() for _ in targets]

    def narrow(self, keep: Tensor) -> None:
        """Go on with some of the images, `keep` (A,)."""
        self.alive, self.ball = self.alive[keep], self.ball.select(keep)

    def run(self, steps: int, step: float) -> None:
        """Descend from the clean images.

        Args:
            steps: How many, >= 0.
            step: Size of one in grey levels, > 0.
        """
        change = torch.zeros_like(self.ball.origin)
        for _ in range(steps + 1):
            if not len(self.alive):
                return
            gradient, keep = self._evaluate(change)
            change = self.ball.project(change[keep] - step * gradient[keep].sign())

    def _evaluate(self, change: Tensor) -> tuple[Tensor, Tensor]:
        """Evaluate the rounded candidates; return gradients (A, …) and which images to `keep`.

        Raises:
            ValueError: A loss or a gradient is not finite.
        """
        images = self.ball.quantise(change)
        pixels = (images / 255).requires_grad_()
        rows = self.alive.tolist()
        with torch.enable_grad():
            result = self._objective.evaluate(pixels, rows)
            (gradient,) = torch.autograd.grad(result.loss.sum(), pixels)
        loss = result.loss.detach()
        if not bool(gradient.isfinite().all() and loss.isfinite().all()):
            raise ValueError("the loss or its gradient is not a finite number")
        rank = loss + torch.where(result.verdict, 0.0, 1e6)
        better = rank < self._rank[self.alive]
        self._images[self.alive[better]] = images[better]
        self._rank[self.alive[better]] = rank[better]
        self._images[self.alive[result.reached]] = images[result.reached]
        self._reached[self.alive[result.reached]] = True
        self._passes[rows] += 1
        flat = (gradient == 0).flatten(1).all(1).tolist()
        for row, value, none in zip(rows, loss.tolist(), flat, strict=True):
            self._trace[row].append(value)
            self._flags[row] |= {ZERO_GRADIENT} if none else set()
        keep = ~result.reached
        self.narrow(keep)
        return gradient, keep

    def finish(self) -> list[Attacked]:
        """Flag the images whose objective was not reached, and return all."""
        rows = self.alive.tolist()
        if rows:
            with torch.no_grad():
                again = self._objective.evaluate(self._clean[self.alive] / 255, rows).loss.tolist()
            for row, value in zip(rows, again, strict=True):
                first = self._trace[row][0]
                if abs(value - first) > REPEATABLE * (1 + abs(first)):
                    self._flags[row].add(RANDOMISED)
                if min(self._trace[row]) >= first:
                    self._flags[row].add(NO_PROGRESS)
                self._passes[row] += 1
        return [self._attacked(row, image) for row, image in enumerate(unstack(self._images))]

    def _attacked(self, row: int, image: np.ndarray[Any, np.dtype[np.uint8]]) -> Attacked:
        return Attacked(
            image=image,
            norm=distance(image, self._targets[row].image, "linf"),
            queries=int(self._passes[row]),
            flags=() if self._reached[row] else tuple(sorted(self._flags[row])),
            trace=tuple(self._trace[row]),
            broken=bool(self._reached[row]),
        )
