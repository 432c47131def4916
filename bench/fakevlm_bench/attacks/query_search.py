"""What every query attack shares: querying a detector, image by image, within a budget.

An attack is a generator for one image (`Search`): it yields candidates and is sent
their answers. Many run side by side, so that a detector gets full batches while each
image's path depends on its own seed and its own answers only. Candidates are
``uint8`` images: exactly what would be stored.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import islice

from fakevlm_bench.attack_flags import NO_PROGRESS, RANDOMISED
from fakevlm_bench.attacks.geometry import distance
from fakevlm_bench.attacks.levels import Norm
from fakevlm_bench.types import Attacked, Image, Target

TRACE_BLOCKS = 50
"""A trace has one figure for each fiftieth of the budget."""

REPEATABLE = 0.05
"""Log-odds of one image further apart than this are two answers; a server's batching moves less."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The detector's answer about one candidate.

    Attributes:
        margin: Log-odds in favour of the truth; ±1 where only a verdict was given,
            infinite where there was neither.
        wrong: Whether the verdict is the wrong label.
        error: Why there is no answer.
    """

    margin: float
    wrong: bool
    error: str | None = None


Ask = Callable[[Sequence[tuple[Target, Image]]], list[Answer]]
Search = Generator[list[Image], list[Answer], None]
StartSearch = Callable[[Target], Search]


@dataclass(frozen=True, slots=True)
class ThreatModel:
    """What counts as success, and what it may cost.

    Attributes:
        budget: Queries per image, at least 2; the two about the clean image count.
        epsilon: Largest distance at which a wrong verdict counts, pixels in [0, 1].
        norm: Of `epsilon`.
        decision_based: Whether progress is the distance of the nearest image with a wrong
            verdict, as a share of `epsilon`, rather than the margin.
    """

    budget: int
    epsilon: float
    norm: Norm
    decision_based: bool = False


def run_searches(
    ask: Ask, targets: Sequence[Target], start: StartSearch, threat: ThreatModel, width: int
) -> list[Attacked]:
    """Run one search per image, several of them side by side.

    Args:
        ask: Answers candidates, each with its target, in order.
        targets: The images.
        start: Starts the search for one image.
        threat: The distance and the budget.
        width: Searches that run side by side, at least 1; changes no result.

    Returns:
        For each image the first candidate with a wrong verdict within the distance,
        or else the one within it of lowest margin. `Attacked.trace` holds the best
        figure so far (lowest margin, or see `ThreatModel.decision_based`) after each fiftieth of
        the budget, as far as it was spent.
    """
    searches = [_ImageSearch(target, start, threat) for target in targets]
    while active := list(islice((one for one in searches if one.candidates), width)):
        candidates = [(one.target, image) for one in active for image in one.candidates]
        answers = iter(ask(candidates))
        for one in active:
            one.receive([next(answers) for _ in one.candidates])
    return [one.result() for one in searches]


class _ImageSearch:
    """One image, its search, and the best candidate so far."""

    def __init__(self, target: Target, start: StartSearch, threat: ThreatModel) -> None:
        self.target, self._threat = target, threat
        self._steps = self._clean_first(start)
        self.candidates = next(self._steps)
        self._best, self._best_margin = target.image, math.inf
        self._clean_margin = math.inf
        self._figure = _farthest(target.image, threat) if threat.decision_based else math.inf
        self._broken = False
        self._error: str | None = None
        self._queries = 0
        self._flags: set[str] = set()
        self._trace: list[float] = []

    def _clean_first(self, start: StartSearch) -> Search:
        """Ask about the clean image twice, and then let the attack search."""
        clean, again = yield [self.target.image, self.target.image]
        self._clean_margin = clean.margin
        if clean.error or math.isinf(clean.margin):
            self._error = clean.error or "the clean image's answer has neither score nor verdict"
            return
        if abs(clean.margin - again.margin) > REPEATABLE:
            self._flags.add(RANDOMISED)
        yield from start(self.target)

    def receive(self, answers: list[Answer]) -> None:
        """Take the answers about `candidates` and set the next ones; none ends the search."""
        answered, self.candidates = self.candidates, []
        for image, answer in zip(answered, answers, strict=True):
            self._note(image, answer)
        remaining = self._threat.budget - self._queries
        if self._broken or remaining <= 0:
            return
        with contextlib.suppress(StopIteration):
            self.candidates = self._steps.send(answers)[:remaining]

    def _note(self, image: Image, answer: Answer) -> None:
        """Count one query; once broken, the other candidates of its block are counted only."""
        self._queries += 1
        if not self._broken:
            away = distance(image, self.target.image, self._threat.norm)
            within = away <= self._threat.epsilon + 1e-9
            if within and (answer.margin < self._best_margin or answer.wrong):
                self._best, self._best_margin = image, answer.margin
            self._broken = within and answer.wrong
            if self._threat.decision_based:
                figure = away / self._threat.epsilon if answer.wrong else math.inf
            else:
                figure = answer.margin if within else math.inf
            self._figure = min(self._figure, figure)
        block = math.ceil(self._threat.budget / TRACE_BLOCKS)
        if self._queries % block == 0:
            self._trace.append(self._figure)

    def result(self) -> Attacked:
        """Return the best candidate, with what it cost."""
        stuck = self._best_margin >= self._clean_margin
        if stuck and not (self._broken or self._error or self._threat.decision_based):
            self._flags.add(NO_PROGRESS)
        return Attacked(
            image=self._best,
            norm=distance(self._best, self.target.image, self._threat.norm),
            queries=self._queries,
            flags=tuple(sorted(self._flags)),
            error=self._error,
            trace=tuple(self._trace),
            broken=self._broken,
        )


def _farthest(image: Image, threat: ThreatModel) -> float:
    """Return the largest possible distance as a share of the allowed one."""
    return (1.0 if threat.norm == "linf" else math.sqrt(image.size)) / threat.epsilon
