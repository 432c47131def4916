"""What an answer costs: time, tokens, memory, money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakevlm_bench.metrics.stats import absent

if TYPE_CHECKING:
    import pandas as pd


def efficiency(
    responses: pd.DataFrame | None = None, run: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Compute what a run cost.

    Responses from the cache, and failed ones, cost nothing now and are left out.

    Args:
        responses: Columns of `fakevlm_bench.engine.schema.RESPONSES`, at least ``latency``,
            ``tokens_in``, ``tokens_out``, ``cached`` and ``error``.
        run: What is known of the whole, each key optional: ``wall_seconds`` (of asking) and
            ``images`` (asked in that time, without cached and failed ones; what the responses
            do not bear out is not believed), ``peak_memory_bytes``, ``parameters``,
            ``price_per_hour``, ``price_per_million_tokens_in`` and ``…_out``.

    Returns:
        Figures without intervals, since they describe this run and this machine.
    """
    run = run or {}
    result: dict[str, Any] = {}
    for name in ("latency_p50", "latency_p95", "latency_p99", "tokens_in", "tokens_out"):
        result[name] = absent("no response was timed or counted")
    wall, images = run.get("wall_seconds"), run.get("images")
    if responses is not None:
        fresh = ~responses["cached"].fillna(False).astype(bool)
        asked = responses[fresh & responses["error"].isna()]
        result |= _of_responses(asked)
        images = None if images is None else min(images, len(asked))
    if wall and images:
        result["images_per_second"] = {"value": images / wall, "n": int(images)}
    elif images == 0:
        reason = "no image was asked afresh: answers came from the cache, or failed"
        result["images_per_second"] = absent(reason)
    else:
        result["images_per_second"] = absent("the time of asking is not known")
    for name in ("peak_memory_bytes", "parameters"):
        known = run.get(name)
        result[name] = {"value": known} if known is not None else absent(f"{name} is not known")
    result["cost_per_1000_images"] = _cost(result, run)
    return result


def _of_responses(asked: pd.DataFrame) -> dict[str, Any]:
    result = {}
    latency = asked["latency"].dropna()
    for share in (50, 95, 99) if len(latency) else ():
        value = float(latency.quantile(share / 100))
        result[f"latency_p{share}"] = {"value": value, "n": len(latency)}
    for name in ("tokens_in", "tokens_out"):
        counted = asked[name].dropna()
        if len(counted):
            result[name] = {"value": float(counted.mean()), "n": len(counted)}
    return result


def _cost(result: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Price 1,000 images by the hour, by the token, or both; a part alone is no cost."""
    total, priced = 0.0, False
    for price, name in (
        ("price_per_hour", "images_per_second"),
        ("price_per_million_tokens_in", "tokens_in"),
        ("price_per_million_tokens_out", "tokens_out"),
    ):
        if run.get(price) is None:
            continue
        if "value" not in result[name]:
            return absent(f"{price} is known, {name} is not: {result[name]['absent']}")
        counted, priced = result[name]["value"], True
        total += run[price] * (1000 / counted / 3600 if "hour" in price else counted / 1000)
    return {"value": float(total)} if priced else absent("no price is known")
