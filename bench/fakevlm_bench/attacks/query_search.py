"""What every query attack shares: asking a detector, image by image, until its budget is spent.

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
    """What the detector said of one candidate.

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
Start = Callable[[Target], Search]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as success, and what it may cost.

    Attributes:
        budget: Queries per image, the two on the clean image included.
        epsilon: Largest distance at which a wrong verdict counts.
        norm: Of `epsilon`.
        by_verdict: Whether progress is the distance of the nearest image with a wrong
            verdict, as a share of `epsilon`, rather than the margin.
    """

    budget: int
    epsilon: float
    norm: Norm
    by_verdict: bool = False


def run_searches(
    ask: Ask, targets: Sequence[Target], start: Start, rules: Rules, width: int
) -> list[Attacked]:
    """Run one search per image, `width` of them side by side.

    Returns:
        For each image the first candidate with a wrong verdict within the distance,
        or else the one within it of lowest margin. `Attacked.trace` holds the best
        figure so far (lowest margin, or see `Rules.by_verdict`) after each fiftieth of
        the budget, as far as it was spent.
    """
    hunts = [_Hunt(target, start, rules) for target in targets]
    while asking := list(islice((hunt for hunt in hunts if hunt.wanted), width)):
        wanted = [(hunt.target, image) for hunt in asking for image in hunt.wanted]
        answers = iter(ask(wanted))
        for hunt in asking:
            hunt.receive([next(answers) for _ in hunt.wanted])
    return [hunt.result() for hunt in hunts]


class _Hunt:
    """One image, its search, and what has come of it so far."""

    def __init__(self, target: Target, start: Start, rules: Rules) -> None:
        self.target, self._rules = target, rules
        self._steps = self._clean_first(start)
        self.wanted = next(self._steps)
        self._best, self._best_margin = target.image, math.inf
        self._clean_margin = math.inf
        self._figure = _farthest(target.image, rules) if rules.by_verdict else math.inf
        self._broken = False
        self._error: str | None = None
        self._queries = 0
        self._flags: set[str] = set()
        self._trace: list[float] = []

    def _clean_first(self, start: Start) -> Search:
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
        """Take the answers to `wanted`, and set what is wanted next: nothing when done."""
        asked, self.wanted = self.wanted, []
        for image, answer in zip(asked, answers, strict=True):
            self._note(image, answer)
        left = self._rules.budget - self._queries
        if self._broken or left <= 0:
            return
        with contextlib.suppress(StopIteration):
            self.wanted = self._steps.send(answers)[:left]

    def _note(self, image: Image, answer: Answer) -> None:
        """Count one query; once broken, the rest of its block is counted and not looked at."""
        self._queries += 1
        if not self._broken:
            away = distance(image, self.target.image, self._rules.norm)
            within = away <= self._rules.epsilon + 1e-9
            if within and (answer.margin < self._best_margin or answer.wrong):
                self._best, self._best_margin = image, answer.margin
            self._broken = within and answer.wrong
            if self._rules.by_verdict:
                figure = away / self._rules.epsilon if answer.wrong else math.inf
            else:
                figure = answer.margin if within else math.inf
            self._figure = min(self._figure, figure)
        block = math.ceil(self._rules.budget / TRACE_BLOCKS)
        if self._queries % block == 0:
            self._trace.append(self._figure)

    def result(self) -> Attacked:
        """Give what came of it."""
        stuck = self._best_margin >= self._clean_margin
        if stuck and not (self._broken or self._error or self._rules.by_verdict):
            self._flags.add(NO_PROGRESS)
        return Attacked(
            image=self._best,
            norm=distance(self._best, self.target.image, self._rules.norm),
            queries=self._queries,
            flags=tuple(sorted(self._flags)),
            error=self._error,
            trace=tuple(self._trace),
            broken=self._broken,
        )


def _farthest(image: Image, rules: Rules) -> float:
    """Largest possible distance as a share of the allowed one."""
    return (1.0 if rules.norm == "linf" else math.sqrt(image.size)) / rules.epsilon
