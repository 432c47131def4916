"""FGSM and PGD: steps of a fixed size along the gradient, projected onto the ball."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fakevlm_bench.attacks.batching import craft_in_batches
from fakevlm_bench.attacks.gradient_search import Descent, cross_entropy
from fakevlm_bench.attacks.levels import Norm, read_epsilon, to_levels
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Target


class PGD:
    """Projected gradient descent (Madry et al. 2018) on cross-entropy.

    One step of the whole distance from the image itself is FGSM (Goodfellow et
    al. 2015), and is configured as such.
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

    def fingerprint(self) -> Mapping[str, Any]:
        """Everything that can change the images."""
        return {"kind": self.kind, "version": 1, **vars(self)}

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image through the detector's gradient."""
        return craft_in_batches(
            targets, detector.batch_size, lambda batch: self._run(detector, batch)
        )

    def _run(self, detector: Any, targets: Sequence[Target]) -> list[Attacked]:
        descent = Descent(detector.logits, targets, self.epsilon, self.norm)
        for _ in range(self.restarts):
            self._descend(descent)
        return descent.finish()

    def _descend(self, descent: Descent) -> None:
        if not len(descent.alive):
            return
        step = self.step * to_levels(self.epsilon, self.norm)
        change = descent.ball.origin * 0
        if self.random_start:
            change = descent.ball.random(descent.generators())
        for _ in range(self.steps):
            _, gradient, keep = descent.climb(change, cross_entropy)
            if not len(descent.alive):
                return
            change = change if bool(keep.all()) else change[keep]
            change = descent.ball.project(change + step * descent.ball.steepest(gradient))
        descent.look(change)
