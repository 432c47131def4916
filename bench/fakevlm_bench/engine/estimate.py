"""How many calls a plan takes, and about how long, measured on a few samples of its own."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Sequence

from fakevlm_bench.attack_record import AttackRecord
from fakevlm_bench.contract import described
from fakevlm_bench.engine import past
from fakevlm_bench.engine.attack_step import Attacker
from fakevlm_bench.engine.past import Estimate
from fakevlm_bench.engine.prepare import Prepared, prepare_all
from fakevlm_bench.engine.querying import Asker
from fakevlm_bench.engine.run import Options, Plan
from fakevlm_bench.protocols import Attack
from fakevlm_bench.types import Condition

PROBED = 3
PROBED_TOGETHER = 32
"""Where a detector answers many questions at once, three would not show how fast it is."""
GROWTH = 4
PATIENCE = 2.0
"""A probe that took fewer seconds is made again, `GROWTH` times as large, up to a whole batch."""


def estimate(plan: Plan, options: Options, sample: int = 0) -> Estimate:
    """Ask about a few samples under each condition, record nothing, and extrapolate.

    The first call, which loads weights, is not counted. A served detector costs money or a
    server's start: nothing is sent to it, unless the user asks for it, and the estimate comes
    from finished runs (`fakevlm_bench.engine.past`).

    Args:
        plan: What is to be done.
        options: How.
        sample: Clean images that a served detector is asked about; 0 sends nothing.
    """
    if described(plan.detector).served:
        return past.estimate(plan, options, sample)
    try:
        return _measure(plan, options)
    finally:
        described(plan.detector).close()


def _measure(plan: Plan, options: Options) -> Estimate:
    missing = plan.missing(options.runs)
    if not any(missing.values()):
        return Estimate(0, 0.0, {})
    probe = _Probe(plan, options)
    seconds, inside = {}, 0.0
    for condition in plan.conditions:
        if isinstance(condition.operation, Attack):
            seconds[condition.id], queries = probe.attack(condition)
            inside += missing[condition.id] * queries
        else:
            seconds[condition.id] = probe.perturb(condition)
    total = sum(missing[name] * each for name, each in seconds.items())
    return Estimate(sum(missing.values()), total, seconds, round(inside))


class _Probe:
    """Times one detector on a few samples.

    What a whole batch costs is timed once, on clean images: an accelerator, or a detector that
    fills batches up, takes for three images as long as for many. A condition then counts by
    what it adds to a few.
    """

    def __init__(self, plan: Plan, options: Options) -> None:
        """Load the detector, and time a batch of clean images."""
        self._asker = Asker(plan.detector, cache=None)
        self._attacker = Attacker(plan.detector, options.seed, plan.task.prompt)
        self._told = options.seed, plan.task.prompt
        self._workers = os.cpu_count() or 1 if options.workers is None else options.workers
        self._few = PROBED if self._asker.parallel == 1 else PROBED_TOGETHER
        most = max(self._few, plan.detector.batch_size)
        self._samples = list(itertools.islice(plan.samples(), most))
        clean = prepare_all(self._samples, Condition("clean"), *self._told)
        self._asker.ask(clean[:1])
        self._clean = self._ask(clean[: self._few])
        self._batch = self._clean
        if len(clean) > self._few and self._clean * self._few < PATIENCE:
            self._batch = _grown(
                lambda n: self._asker.ask(clean[:n]), self._few * GROWTH, len(clean)
            )

    def _ask(self, batch: Sequence[Prepared]) -> float:
        """Return the seconds for an image of this batch."""
        started = time.perf_counter()
        self._asker.ask(batch)
        return (time.perf_counter() - started) / len(batch)

    def perturb(self, condition: Condition) -> float:
        """Return the seconds for an image under a condition that is not an attack."""
        samples = self._samples[: self._few]
        started = time.perf_counter()
        prepared = prepare_all(samples, condition, *self._told)
        preparing = (time.perf_counter() - started) / len(samples)
        asking = self._clean if condition.operation is None else self._ask(prepared)
        asking *= self._batch / self._clean
        # Worker processes prepare while the detector answers; without any, one waits for the other.
        workers = self._workers
        return max(asking, preparing / workers) if workers else asking + preparing

    def attack(self, condition: Condition) -> tuple[float, float]:
        """Return the seconds for an image that is attacked, and the detector's evaluations."""
        prepared: list[Prepared] = []

        def craft(count: int) -> None:
            prepared[:] = self._attacker.craft(condition, self._samples[:count])

        most = min(len(self._samples), max(PROBED, self._asker.batch_size))
        crafting = _grown(craft, PROBED, most)
        spent = sum(AttackRecord.from_json(one.attack).queries for one in prepared if one.attack)
        return crafting + self._batch, spent / len(prepared)


def _grown(act: Callable[[int], object], count: int, most: int) -> float:
    """Return the seconds for an image, from the largest number of images that is soon done."""
    while True:
        count = min(count, most)
        started = time.perf_counter()
        act(count)
        seconds = time.perf_counter() - started
        if count == most or seconds > PATIENCE:
            return seconds / count
        count *= GROWTH


def duration(seconds: float) -> str:
    """Write seconds as people say them, rounded up to what an estimate is worth."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def sentence(plan: Plan, cost: Estimate) -> str:
    """Say an estimate in one line, the slowest conditions named."""
    text = (
        f"{plan.detector.name} on {plan.task.key}: {cost.calls:,} detector calls to make "
        f"({len(plan.ids):,} samples × {len(plan.conditions)} conditions, "
        f"{plan.planned - cost.calls:,} done)"
    )
    if cost.inside:
        text += f", and about {cost.inside:,} evaluations inside attacks"
    if cost.seconds is None:
        return f"{text}; {cost.source}"
    text += f", about {duration(cost.seconds)}"
    if cost.cost is not None:
        text += f", about {cost.cost:,.2f} in the currency of detector.prices"
    if cost.source:
        text += f" ({cost.source})"
    slowest = sorted(cost.per_image.items(), key=lambda item: -item[1])[:3]
    listed = ", ".join(f"{name} {each * 1000:.0f} ms" for name, each in slowest)
    return f"{text}; per image {listed}" if listed else text
