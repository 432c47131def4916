"""NES and SPSA: gradient steps on a gradient that is estimated from scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.attacks.levels import read_epsilon, read_queries, to_levels
from fakevlm_bench.attacks.query_access import craft_by_queries
from fakevlm_bench.attacks.query_search import Answer, Search, ThreatModel
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Image, Target

Array = NDArray[np.float32]


class EstimatedGradient:
    """Descent in L∞ along differences of scores at pairs of opposite points.

    With Gaussian directions this is NES (Ilyas et al., ICML 2018, arXiv 1804.08598,
    algorithm 1), with random signs SPSA (Uesato et al., ICML 2018, arXiv 1802.05666).
    """

    kind = "query"
    norm = "linf"
    requires = Capabilities(score=True)

    def __init__(
        self,
        level: str,
        *,
        directions: Literal["gaussian", "signs"],
        epsilon: str = "8/255",
        pairs: int = 25,
        radius: float = 2.0,
        step: float = 0.25,
        momentum: float = 0.9,
        cell: int = 1,
        name: str = "nes",
    ) -> None:
        """Set up the attack.

        Args:
            level: Queries per image, such as ``1000``.
            directions: How directions are drawn.
            epsilon: Largest L∞ distance, such as ``8/255``.
            pairs: Pairs of opposite points per step.
            radius: How far the points are from the current image, in grey levels;
                below 1, rounding to 8 bits would erase them.
            step: Size of a step as a share of `epsilon`.
            momentum: Weight of the previous estimates, 0 to 1.
            cell: Side in pixels of the squares on which a direction is constant.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no number of queries, or `epsilon` no distance.
        """
        self.name, self.budget = name, read_queries(level, name)
        self.epsilon = read_epsilon(epsilon, "linf", name)
        self.directions, self.pairs, self.radius = directions, pairs, radius
        self.step, self.momentum, self.cell = step, momentum, cell

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "norm": self.norm,
            "version": 1,
            "name": self.name,
            "budget": self.budget,
            "epsilon": self.epsilon,
            "directions": self.directions,
            "pairs": self.pairs,
            "radius": self.radius,
            "step": self.step,
            "momentum": self.momentum,
            "cell": self.cell,
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
        """Estimate, step, look, and so on."""
        rng = np.random.default_rng(target.seed)
        levels = to_levels(self.epsilon, "linf")
        origin = target.image.astype(np.float32)
        change, slope = np.zeros_like(origin), np.zeros_like(origin)
        while True:
            here = origin + change
            ways = [self._direction(rng, origin.shape) for _ in range(self.pairs)]
            points = [here + s * self.radius * way for way in ways for s in (1, -1)]
            answers = yield [_rounded(point) for point in points]
            slope = self.momentum * slope + _estimate(ways, answers)
            step = self.step * levels * np.sign(slope)
            change = np.clip(change - step, -levels, levels)
            change = np.clip(origin + change, 0, 255) - origin
            yield [_rounded(origin + change)]

    def _direction(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        height, width = -(-shape[0] // self.cell), -(-shape[1] // self.cell)
        if self.directions == "gaussian":
            coarse = rng.standard_normal((height, width, 3), dtype=np.float32)
        else:
            coarse = rng.choice(np.array((-1, 1), np.float32), (height, width, 3))
        return coarse.repeat(self.cell, 0).repeat(self.cell, 1)[: shape[0], : shape[1]]


def _rounded(image: Array) -> Image:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _estimate(ways: list[Array], answers: list[Answer]) -> Array:
    """Mean of the directions, weighted by the difference of margin along each."""
    total = np.zeros_like(ways[0])
    for index, way in enumerate(ways):
        difference = answers[2 * index].margin - answers[2 * index + 1].margin
        if np.isfinite(difference):
            total += np.float32(difference) * way
    return total / np.float32(len(ways))
