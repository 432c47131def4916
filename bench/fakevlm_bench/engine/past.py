"""What a served detector will cost: from finished runs, or from a sample on demand."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fakevlm_bench.contract import described
from fakevlm_bench.engine.cache import fingerprint_digest
from fakevlm_bench.engine.prepare import prepare_all
from fakevlm_bench.engine.querying import Answered, Asker
from fakevlm_bench.engine.run import Options, Plan, open_cache
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.errors import RunError
from fakevlm_bench.protocols import Attack
from fakevlm_bench.types import Condition

UNKNOWN = (
    "time and cost are unknown: no run of this detector has finished, and a dry run sends "
    "nothing to a server; sample=20 asks about 20 images"
)


@dataclass(frozen=True)
class Estimate:
    """What a plan will cost.

    Attributes:
        calls: Queries that are not answered yet.
        seconds: About how long they take.
        per_image: Seconds for one image, by condition.
        inside: Evaluations of the detector that attacks make on the way, about.
        source: Where seconds and cost come from, where nothing was measured for them.
        cost: About what they cost, in the prices' currency; None where that is not known.
    """

    calls: int
    seconds: float | None
    per_image: Mapping[str, float]
    inside: int = 0
    source: str = ""
    cost: float | None = None


@dataclass(frozen=True)
class _Rate:
    """Seconds and tokens for an image; None where not known."""

    seconds: float
    tokens_in: float | None = None
    tokens_out: float | None = None


def estimate(plan: Plan, options: Options, sample: int) -> Estimate:
    """Extrapolate from this detector's finished runs below `Options.runs`, or from a sample.

    Raises:
        DetectorError: A sample was asked for, and the detector cannot answer.
    """
    missing = plan.missing(options.runs)
    calls = sum(missing.values())
    if not calls:
        return Estimate(0, 0.0, {})
    attacks = [one.id for one in plan.conditions if isinstance(one.operation, Attack)]
    if sample:
        rate, source = _sampled(plan, options, sample)
    else:
        rate, source = _recorded(plan, Path(options.runs))
    if rate is None or attacks:
        why = f"how many queries {attacks[0]} needs is not known beforehand" if attacks else source
        return Estimate(calls, None, {}, source=why)
    return Estimate(calls, calls * rate.seconds, {}, source=source, cost=_cost(plan, rate, calls))


def _cost(plan: Plan, rate: _Rate, calls: int) -> float | None:
    """Price the tokens of so many calls; None where a price or a count is missing."""
    telemetry = described(plan.detector).telemetry()
    prices = [telemetry.get(f"price_per_million_tokens_{way}") for way in ("in", "out")]
    total = 0.0
    for price, tokens in zip(prices, (rate.tokens_in, rate.tokens_out), strict=True):
        if price is None or tokens is None:
            return None
        total += price * tokens * calls / 1e6
    return total


def _recorded(plan: Plan, runs: Path) -> tuple[_Rate | None, str]:
    """Look for the latest finished run of the same detector that timed its images."""
    digest = fingerprint_digest(plan.identity.detector)
    rates: list[tuple[str, _Rate]] = []
    for path in runs.glob(f"*/{plan.detector.name}-*"):
        try:
            manifest = RunFolder(path).manifest()
        except RunError:
            continue
        resources = manifest.resources or {}
        wall, images = resources.get("wall_seconds"), resources.get("images")
        same = fingerprint_digest(manifest.detector.fingerprint) == digest
        if same and manifest.finished and wall and images:
            counts = _tokens(RunFolder(path))
            rates.append((manifest.times.finished or "", _Rate(wall / images, *counts)))
    if not rates:
        return None, UNKNOWN
    return max(rates, key=lambda one: one[0])[1], "as in the last finished run; nothing was sent"


def _tokens(run: RunFolder) -> tuple[float | None, float | None]:
    rows = [
        row
        for table in run.read("responses", ["tokens_in", "tokens_out"])
        for row in table.to_pylist()
    ]
    return _mean([row["tokens_in"] for row in rows]), _mean([row["tokens_out"] for row in rows])


def _mean(values: Sequence[int | None]) -> float | None:
    numbers = [one for one in values if one is not None]
    return statistics.fmean(numbers) if numbers else None


def _sampled(plan: Plan, options: Options, sample: int) -> tuple[_Rate | None, str]:
    """Ask about some clean images, through the cache, so that no answer is paid for twice."""
    samples = list(itertools.islice(plan.samples(), sample))
    batch = prepare_all(samples, Condition("clean"), options.seed, plan.task.prompt)
    cache = open_cache(options)
    try:
        asker = Asker(plan.detector, cache)
        started = time.perf_counter()
        with ThreadPoolExecutor(asker.parallel) as pool:
            answers = [
                one for some in pool.map(lambda one: asker.ask([one]), batch) for one in some
            ]
        seconds = time.perf_counter() - started
    finally:
        if cache is not None:
            cache.close()
        described(plan.detector).close()
    return _rate(answers, seconds)


def _rate(answers: Sequence[Answered], seconds: float) -> tuple[_Rate | None, str]:
    fresh = [one.response for one in answers if not one.cached]
    failed = sum(one.error is not None for one in fresh)
    if not fresh:
        return None, f"all {len(answers)} images of the sample are in the cache: increase sample"
    counts = (_mean([one.tokens_in for one in fresh]), _mean([one.tokens_out for one in fresh]))
    source = f"from a sample of {len(fresh)} images" + (
        f", {failed} of which failed" if failed else ""
    )
    return _Rate(seconds / len(fresh), *counts), source
