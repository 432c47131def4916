"""What an answer costs: time, tokens, memory, money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from fakevlm_bench.result import Figure, absent, plain

if TYPE_CHECKING:
    import pandas as pd

Resources: TypeAlias = Mapping[str, float | None]
"""What is known of a whole run, each key optional: ``wall_seconds`` (of asking) and ``images``
(asked in that time, without cached and failed ones), ``peak_memory_bytes``, ``parameters``,
``price_per_hour``, ``price_per_million_tokens_in`` and ``…_out``."""


def efficiency(
    responses: pd.DataFrame | None = None, run: Resources | None = None
) -> dict[str, Figure]:
    """Compute what a run cost.

    Responses from the cache, and failed ones, cost nothing now and are left out.

    Args:
        responses: Columns of `fakevlm_bench.engine.schema.RESPONSES`, at least ``latency``,
            ``tokens_in``, ``tokens_out``, ``cached`` and ``error``.
        run: What is known of the whole; more ``images`` than responses are not believed.

    Returns:
        Figures without intervals, since they describe this run and this machine.
    """
    run = run or {}
    result: dict[str, Figure] = {}
    for name in ("latency_p50", "latency_p95", "latency_p99", "tokens_in", "tokens_out"):
        result[name] = absent("no response was timed or counted")
    wall, images = run.get("wall_seconds"), run.get("images")
    if responses is not None:
        fresh = ~responses["cached"].fillna(False).astype(bool)
        answered = responses[fresh & responses["error"].isna()]
        result |= _of_responses(answered)
        images = None if images is None else min(images, len(answered))
    if wall and images:
        result["images_per_second"] = plain(images / wall, int(images))
    elif images == 0:
        reason = "no image was asked afresh: answers came from the cache, or failed"
        result["images_per_second"] = absent(reason)
    else:
        result["images_per_second"] = absent("the time of asking is not known")
    for name in ("peak_memory_bytes", "parameters"):
        amount = run.get(name)
        result[name] = absent(f"{name} is not known") if amount is None else plain(amount)
    result["cost_per_1000_images"] = _cost(result, run)
    return result


def _of_responses(answered: pd.DataFrame) -> dict[str, Figure]:
    result = {}
    latency = answered["latency"].dropna()
    for share in (50, 95, 99) if len(latency) else ():
        value = float(latency.quantile(share / 100))
        result[f"latency_p{share}"] = plain(value, len(latency))
    for name in ("tokens_in", "tokens_out"):
        counted = answered[name].dropna()
        if len(counted):
            result[name] = plain(float(counted.mean()), len(counted))
    return result


def _cost(result: Mapping[str, Figure], run: Resources) -> Figure:
    """Price 1,000 images by the hour, by the token, or both; a part alone is no cost."""
    total, priced = 0.0, False
    for price, name in (
        ("price_per_hour", "images_per_second"),
        ("price_per_million_tokens_in", "tokens_in"),
        ("price_per_million_tokens_out", "tokens_out"),
    ):
        rate, counted = run.get(price), result[name].value
        if rate is None:
            continue
        if counted is None:
            return absent(f"{price} is known, {name} is not: {result[name].absent}")
        priced = True
        total += rate * (1000 / counted / 3600 if "hour" in price else counted / 1000)
    return plain(float(total)) if priced else absent("no price is known")
