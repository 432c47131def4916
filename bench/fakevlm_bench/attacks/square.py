"""Square attack: random search with squares on the score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count

import numpy as np

from fakevlm_bench.attacks.levels import read_epsilon, read_queries, to_levels
from fakevlm_bench.attacks.query_access import craft_by_queries
from fakevlm_bench.attacks.query_search import Search, ThreatModel
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Target

HALVINGS = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)
"""Of 10,000 iterations: where the squares' area is halved."""


class Square:
    """Square attack in L∞ (Andriushchenko et al., ECCV 2020, arXiv 1912.00049, algorithms 1, 2)."""

    kind = "query"
    norm = "linf"
    requires = Capabilities(score=True)

    def __init__(
        self, level: str, *, epsilon: str = "8/255", share: float = 0.8, name: str = "square"
    ) -> None:
        """Set up the attack.

        Args:
            level: Queries per image, such as ``1000``.
            epsilon: Largest L∞ distance, such as ``8/255``.
            share: Of the image's area that the first square covers.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no number of queries, or `epsilon` no distance.
        """
        self.name, self.budget = name, read_queries(level, name)
        self.epsilon = read_epsilon(epsilon, "linf", name)
        self.share = share

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "norm": self.norm,
            "version": 1,
            "name": self.name,
            "budget": self.budget,
            "epsilon": self.epsilon,
            "share": self.share,
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image through the detector's answers.

        Args:
            detector: The attacked one; only `predict` is called.
            targets: Any number, of any sizes; all are held in memory.

        Returns:
            One per target, in order; where an image could not be attacked, the original with
            the reason in `Attacked.error`.
        """
        threat = ThreatModel(self.budget, self.epsilon, "linf")
        return craft_by_queries(detector, targets, self.search, threat, self.name)

    def search(self, target: Target) -> Search:
        """Keep each square that lowers the margin, beginning with vertical stripes."""
        rng = np.random.default_rng(target.seed)
        levels = int(to_levels(self.epsilon, "linf"))
        origin = target.image.astype(np.int16)
        height, width = origin.shape[:2]
        stripes = levels * rng.choice((-1, 1), (1, width, 3))
        current = np.clip(origin + stripes, 0, 255).astype(np.uint8)
        (answer,) = yield [current]
        margin = answer.margin
        for iteration in count():
            side = self._side(iteration, height, width)
            y, x = rng.integers(0, (height - side + 1, width - side + 1))
            window = np.s_[y : y + side, x : x + side]
            colour = levels * rng.choice((-1, 1), (1, 1, 3))
            candidate = current.copy()
            candidate[window] = np.clip(origin[window] + colour, 0, 255)
            if (candidate == current).all():
                continue
            (answer,) = yield [candidate]
            if answer.margin < margin:
                current, margin = candidate, answer.margin

    def _side(self, iteration: int, height: int, width: int) -> int:
        """Return the side of the square in pixels at one iteration."""
        halved = sum(iteration / self.budget > halving / 10_000 for halving in HALVINGS)
        side = round(math.sqrt(self.share / 2**halved * height * width))
        return min(max(side, 1), height, width)
