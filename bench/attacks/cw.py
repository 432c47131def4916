"""Carlini & Wagner's L2 attack: the smallest change that turns the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.attacks.batching import craft_in_batches
from bench.attacks.budget import read_epsilon
from bench.types import Attacked, Capabilities, Detector, Target


class CarliniWagner:
    """C&W L2 (Carlini & Wagner 2017, section VI-A), with rounding inside the search.

    Tanh space, Adam, and a binary search over the weight of the margin. What is
    minimised is the published objective at the rounded image, so that the image found is the
    image that is sent.
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

    def fingerprint(self) -> Mapping[str, Any]:
        """Everything that can change the images."""
        return {"kind": self.kind, "norm": self.norm, "version": 1, **vars(self)}

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image; where none is wrong within the distance, give the original."""
        return craft_in_batches(
            targets, detector.batch_size, lambda batch: self._run(detector, batch)
        )
