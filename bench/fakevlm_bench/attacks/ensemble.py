"""The worst case over several attacks: each one gets only what the ones before it did not break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from fakevlm_bench.attack_flags import QUERY_BEATS_GRADIENT
from fakevlm_bench.attacks.apgd import APGD
from fakevlm_bench.attacks.batching import craft_in_batches
from fakevlm_bench.attacks.geometry import stack
from fakevlm_bench.attacks.levels import read_epsilon
from fakevlm_bench.attacks.query_search import Answer, ThreatModel, run_searches
from fakevlm_bench.attacks.square import Square
from fakevlm_bench.protocols import Detector
from fakevlm_bench.seeding import derive_seed
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Image, Label, Target


class Ensemble:
    """APGD-CE, APGD-margin and Square in L∞: AutoAttack's scheme, sound for two classes.

    AutoAttack (Croce & Hein, ICML 2020, arXiv 2003.01690) itself raises an error on two
    logits, or passes silently where its first part has already broken every image.
    """

    kind = "gradient"
    norm = "linf"
    requires = Capabilities(gradients=True)

    def __init__(
        self, level: str, *, steps: int = 100, queries: int = 1000, name: str = "ensemble"
    ) -> None:
        """Set up the three attacks.

        Args:
            level: Largest L∞ distance, such as ``8/255``.
            steps: Of each APGD.
            queries: Of Square, per image.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no distance that 8-bit images can carry.
        """
        self.name, self.epsilon = name, read_epsilon(level, "linf", name)
        self.steps, self.queries = steps, queries
        self._parts = (
            APGD(level, loss="ce", steps=steps, name="apgd_ce"),
            APGD(level, loss="margin", steps=steps, name="apgd_margin"),
            _WhiteSquare(str(queries), epsilon=level),
        )

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images."""
        parts = [dict(part.fingerprint()) for part in self._parts]
        return {
            "kind": self.kind,
            "version": 1,
            "name": self.name,
            "norm": self.norm,
            "epsilon": self.epsilon,
            "parts": parts,
        }

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Attack each image with one part after the other until it is broken.

        Queries, flags and traces of the parts are joined; the image is that of the
        part that broke it, or else of the first. Where Square broke what the gradients
        did not, the image is flagged.

        Args:
            detector: The attacked one; its `logits` are differentiated.
            targets: Any number, of any sizes.

        Returns:
            One per target, in order.
        """
        return craft_in_batches(
            targets, detector.batch_size, lambda batch: self._run(detector, batch)
        )

    def _run(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        results: list[Attacked | None] = [None] * len(targets)
        unbroken = list(range(len(targets)))
        for part in self._parts:
            if not unbroken:
                break
            salted = [_salted(targets[index], part.name) for index in unbroken]
            crafted = part.craft(detector, salted)
            answers = ask_logits(
                detector, list(zip(salted, (a.image for a in crafted), strict=True))
            )
            still = []
            for index, attacked, answer in zip(unbroken, crafted, answers, strict=True):
                broken = answer.wrong and attacked.error is None
                results[index] = _joined(results[index], attacked, part.kind, broken=broken)
                if not broken and attacked.error is None:
                    still.append(index)
            unbroken = still
        return [result for result in results if result is not None]


class _WhiteSquare(Square):
    """Square on the logits themselves: no candidate is encoded as a file."""

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        threat = ThreatModel(self.budget, self.epsilon, "linf")
        return run_searches(
            lambda images: ask_logits(detector, images), targets, self.search, threat, len(targets)
        )


def ask_logits(detector: Any, candidates: Sequence[tuple[Target, Image]]) -> list[Answer]:
    """Compute the answers for images of one size from the detector's logits.

    Args:
        detector: Anything with `logits` and `batch_size`.
        candidates: Images, each with its target.

    Returns:
        One answer per candidate, in order; its margin is in log-odds.
    """
    answers: list[Answer] = []
    for first in range(0, len(candidates), detector.batch_size):
        batch = candidates[first : first + detector.batch_size]
        with torch.no_grad():
            logits = detector.logits(stack([image for _, image in batch]) / 255)
        for (target, _), logit in zip(batch, logits.tolist(), strict=True):
            fake = target.label is Label.FAKE
            answers.append(Answer(logit if fake else -logit, wrong=(logit > 0) != fake))
    return answers


def _salted(target: Target, part: str) -> Target:
    """Derive a seed for each part: two parts with one seed would share their random start."""
    return replace(target, seed=derive_seed(target.seed, target.sample_id, part))


def _joined(before: Attacked | None, now: Attacked, kind: str, *, broken: bool) -> Attacked:
    """Add what one more part did to the record of the parts before it."""
    if before is None:
        return replace(now, broken=broken)
    surprise = {QUERY_BEATS_GRADIENT} if broken and kind == "query" else set()
    return replace(
        now if broken else before,
        queries=before.queries + now.queries,
        flags=tuple(sorted({*before.flags, *now.flags, *surprise})),
        error=now.error,
        trace=before.trace + now.trace,
        broken=broken,
    )
