"""HopSkipJump: from an image with a wrong verdict back towards the original, on verdicts alone."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import count

import cv2
import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.attacks.levels import Norm, read_epsilon, read_queries
from fakevlm_bench.attacks.query_access import craft_by_queries
from fakevlm_bench.attacks.query_search import Answer, Search, ThreatModel
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Image, Target

Array = NDArray[np.float32]
Steps = Generator[list[Image], list[Answer], Array]


class HopSkipJump:
    """HopSkipJumpAttack (Chen et al., S&P 2020, arXiv 1904.02144, algorithm 2) on 8-bit images.

    The published radius of the probes is far below one grey level, which a file
    cannot carry: here it is at least `radius`.
    """

    kind = "query"
    requires = Capabilities()

    def __init__(
        self,
        level: str,
        *,
        epsilon: str = "8/255",
        norm: Norm = "linf",
        probes: int = 100,
        radius: float = 1.0,
        name: str = "hopskipjump",
    ) -> None:
        """Set up the attack.

        Args:
            level: Queries per image, such as ``1000``.
            epsilon: Distance at which a wrong verdict counts, and the attack stops.
            norm: Of `epsilon`, and the one that is made small: ``linf`` or ``l2``.
            probes: For the first estimate of the boundary's slope; grows with the
                root of the round.
            radius: Root mean square of a probe in grey levels.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no number of queries, or `epsilon` no distance.
        """
        self.name, self.budget = name, read_queries(level, name)
        self.norm, self.epsilon = norm, read_epsilon(epsilon, norm, name)
        self.probes, self.radius = probes, radius

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        return {
            "kind": self.kind,
            "version": 1,
            "name": self.name,
            "budget": self.budget,
            "norm": self.norm,
            "epsilon": self.epsilon,
            "probes": self.probes,
            "radius": self.radius,
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image through the detector's verdicts.

        Args:
            detector: The attacked one; only `predict` is called.
            targets: Any number, of any sizes; all are held in memory.

        Returns:
            One per target, in order; where an image could not be attacked, the original with
            the reason in `Attacked.error`.
        """
        threat = ThreatModel(self.budget, self.epsilon, self.norm, decision_based=True)
        return craft_by_queries(detector, targets, self.search, threat, self.name)

    def search(self, target: Target) -> Search:
        """Find any wrong verdict; then, in turns, go to the boundary and along it."""
        rng = np.random.default_rng(target.seed)
        origin = target.image.astype(np.float32)
        point: Array | None = None
        for start in _starts(target.image, rng):
            (answer,) = yield [start]
            if answer.wrong:
                point = start.astype(np.float32)
                break
        if point is None:
            return
        for turn in count(1):
            point = yield from self._to_boundary(origin, point)
            slope = yield from self._slope(rng, point, round(self.probes * turn**0.5))
            point = yield from self._jump(origin, point, slope, turn)

    def _to_boundary(self, origin: Array, wrong: Array) -> Steps:
        """Halve the way between right and wrong until less than half a grey level is left."""
        reach = float(np.abs(wrong - origin).max())
        low, high = 0.0, 1.0
        while (high - low) * reach > 0.5:
            middle = (low + high) / 2
            point = self._between(origin, wrong, middle, reach)
            (answer,) = yield [_rounded(point)]
            low, high = (low, middle) if answer.wrong else (middle, high)
        return self._between(origin, wrong, high, reach)

    def _between(self, origin: Array, wrong: Array, share: float, reach: float) -> Array:
        """Return a point on the way: along the line for L2, clipped to a smaller cube for L∞."""
        change = wrong - origin
        if self.norm == "linf":
            change = np.clip(change, -share * reach, share * reach)
        else:
            change = np.float32(share) * change
        point: Array = origin + change
        return point

    def _slope(self, rng: np.random.Generator, boundary: Array, probes: int) -> Steps:
        """Estimate the direction into the wrong side from verdicts around the boundary."""
        points = []
        for _ in range(probes):
            way = rng.standard_normal(boundary.shape, dtype=np.float32)
            points.append(_rounded(boundary + np.float32(self.radius) * way))
        answers = yield points
        signs = np.array([1.0 if answer.wrong else -1.0 for answer in answers], np.float32)
        weights = signs if abs(signs.sum()) == len(signs) else signs - signs.mean()
        total = np.zeros_like(boundary)
        for weight, point in zip(weights, points, strict=True):
            total += weight * (point - boundary)
        if self.norm == "linf":
            return np.sign(total, dtype=np.float32)
        return total / np.float32(max(float(np.linalg.norm(total)), 1e-12))

    def _jump(self, origin: Array, boundary: Array, slope: Array, turn: int) -> Steps:
        """Step into the wrong side, halving the step until the verdict there is wrong."""
        change = boundary - origin
        size = np.abs(change).max() if self.norm == "linf" else np.linalg.norm(change)
        step = float(size) / turn**0.5
        while step * float(np.abs(slope).max()) > 0.5:
            point = np.clip(boundary + np.float32(step) * slope, 0, 255)
            (answer,) = yield [_rounded(point)]
            if answer.wrong:
                return point
            step /= 2
        return boundary


def _rounded(image: Array) -> Image:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def _starts(image: Image, rng: np.random.Generator) -> list[Image]:
    """List images to look for a wrong verdict among, roughly from near to far.

    Noise alone, as published, seldom looks like a photograph: smooth versions are
    what a fake has to become to pass as real.
    """
    noise = rng.integers(0, 256, image.shape, dtype=np.uint8)
    smooth = [cv2.GaussianBlur(image, (0, 0), sigma) for sigma in (1, 2, 4, 8, 16)]
    mixed = [cv2.addWeighted(image, 1 - share, noise, share, 0) for share in (0.1, 0.3, 0.6)]
    flat = np.broadcast_to(image.mean((0, 1)).astype(np.uint8), image.shape)
    starts = [*smooth, *mixed, noise, np.ascontiguousarray(flat), 255 - image]
    return [np.asarray(start, dtype=np.uint8) for start in starts]
