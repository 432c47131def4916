"""FGSM and PGD: steps of a fixed size along the gradient, projected onto the ball."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakevlm_bench.attacks.batching import craft_in_batches
from fakevlm_bench.attacks.gradient_search import GradientSearch, cross_entropy
from fakevlm_bench.attacks.levels import Norm, read_epsilon, to_levels
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Target


class PGD:
    """Projected gradient descent (Madry et al., ICLR 2018, arXiv 1706.06083) on cross-entropy.

    One step of the whole distance from the image itself is FGSM (Goodfellow et
    al., ICLR 2015, arXiv 1412.6572), and is configured as such.
    """

    kind = "gradient"
    requires = Capabilities(gradients=True)

    def __init__(
        self,
        level: str,
        *,
        norm: Norm = "linf",
        steps: int = 10,
        step: float | None = None,
        random_start: bool = True,
        restarts: int = 1,
        name: str = "pgd",
    ) -> None:
        """Set up the attack.

        Args:
            level: Largest distance, such as ``8/255`` (L∞) or ``0.5`` (L2).
            norm: ``linf`` or ``l2``, pixels scaled to [0, 1].
            steps: Gradient steps per start.
            step: Size of one as a share of the distance; Madry's 2.5 / steps by default.
            random_start: Whether to begin at a random point of the ball.
            restarts: How often to begin anew with images that are not broken yet.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no distance that 8-bit images can carry.
        """
        self.name, self.norm, self.epsilon = name, norm, read_epsilon(level, norm, name)
        self.steps, self.step = steps, 2.5 / steps if step is None else step
        self.random_start, self.restarts = random_start, restarts

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "version": 1,
            "name": self.name,
            "norm": self.norm,
            "epsilon": self.epsilon,
            "steps": self.steps,
            "step": self.step,
            "random_start": self.random_start,
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
            self._descend(search)
        return search.finish()

    def _descend(self, search: GradientSearch) -> None:
        if not len(search.alive):
            return
        step = self.step * to_levels(self.epsilon, self.norm)
        change = search.ball.origin * 0
        if self.random_start:
            change = search.ball.random(search.generators())
        for _ in range(self.steps):
            _, gradient, keep = search.differentiate(change, cross_entropy)
            if not len(search.alive):
                return
            change = change if bool(keep.all()) else change[keep]
            change = search.ball.project(change + step * search.ball.steepest(gradient))
        search.evaluate(change)
