"""How many calls a plan takes, and about how long, measured on a few samples of its own."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.engine.ask import Asker
from bench.engine.attacking import Attacker
from bench.engine.prepare import prepare_all
from bench.engine.run import Options, Plan
from bench.types import Attack

PROBED = 3
PROBED_TOGETHER = 32
"""Where a detector answers many questions at once, three would not show how fast it is."""


@dataclass(frozen=True)
class Estimate:
    """What a plan will cost.

    Attributes:
        calls: Queries that are not answered yet.
        seconds: About how long they take.
        per_image: Seconds for one image, by condition.
        inside: Evaluations of the detector that attacks make on the way, about.
    """

    calls: int
    seconds: float
    per_image: Mapping[str, float]
    inside: int = 0


def estimate(plan: Plan, options: Options) -> Estimate:
    """Ask about a few samples under each condition, record nothing, and extrapolate.

    The first call, which loads weights, is not counted; a server that was started for it
    is stopped.
    """
    try:
        return _measure(plan, options)
    finally:
        close = getattr(plan.detector, "close", None)
        if close is not None:
            close()


def _measure(plan: Plan, options: Options) -> Estimate:
    run = plan.folder(options.runs)
    done = run.answered() if run.exists else {}
    missing = {one.id: len(plan.ids) - len(done.get(one.id, ())) for one in plan.conditions}
    if not any(missing.values()):
        return Estimate(0, 0.0, {})
    asker = Asker(plan.detector, cache=None)
    together = PROBED if asker.parallel == 1 else PROBED_TOGETHER
    probed = list(itertools.islice(plan.samples(), together))
    attacker = Attacker(plan.detector, options.seed, plan.task.prompt)
    asker.ask(prepare_all(probed[:1], plan.conditions[0], options.seed, plan.task.prompt))
    workers = os.cpu_count() or 1 if options.workers is None else options.workers
    seconds, inside = {}, 0.0
    for condition in plan.conditions:
        attacking = isinstance(condition.operation, Attack)
        samples = probed[:PROBED] if attacking else probed
        started = time.perf_counter()
        if attacking:
            batch, prepared = attacker.craft(condition, samples), 0.0
            spent = sum(json.loads(one.attack)["queries"] for one in batch if one.attack)
            inside += missing[condition.id] * spent / len(samples)
        else:
            batch = prepare_all(samples, condition, options.seed, plan.task.prompt)
            prepared = time.perf_counter() - started
        asker.ask(batch)
        asked = time.perf_counter() - started - prepared
        # Worker processes prepare while the detector answers; without any, one waits for the other.
        both = max(asked, prepared / workers) if workers else asked + prepared
        seconds[condition.id] = both / len(samples)
    total = sum(missing[name] * each for name, each in seconds.items())
    return Estimate(sum(missing.values()), total, seconds, round(inside))


def duration(seconds: float) -> str:
    """Write seconds as people say them, rounded up to what an estimate is worth."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def sentence(plan: Plan, found: Estimate) -> str:
    """Say an estimate in one line, the slowest conditions named."""
    text = (
        f"{plan.detector.name} on {plan.task.key}: {found.calls:,} detector calls to make "
        f"({len(plan.ids):,} samples × {len(plan.conditions)} conditions, "
        f"{plan.planned - found.calls:,} done)"
    )
    if found.inside:
        text += f", and about {found.inside:,} evaluations inside attacks"
    text += f", about {duration(found.seconds)}"
    slowest = sorted(found.per_image.items(), key=lambda item: -item[1])[:3]
    shown = ", ".join(f"{name} {each * 1000:.0f} ms" for name, each in slowest)
    return f"{text}; per image {shown}" if shown else text
