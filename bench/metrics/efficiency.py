"""What an answer costs: time, tokens, memory, money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.metrics.stats import absent

if TYPE_CHECKING:
    import pandas as pd


def efficiency(
    responses: pd.DataFrame | None = None, run: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Compute what a run cost.

    Responses from the cache, and failed ones, cost nothing now and are left out.

    Args:
        responses: Columns of `bench.engine.schema.RESPONSES`, at least ``latency``,
            ``tokens_in``, ``tokens_out``, ``cached`` and ``error``.
        run: What is known of the whole, each key optional: ``wall_seconds`` (of asking) and
            ``images`` (asked in that time), ``peak_memory_bytes``, ``parameters``,
            ``price_per_hour``, ``price_per_million_tokens_in`` and ``…_out``.

    Returns:
        Figures without intervals, since they describe this run and this machine.
    """
    run = run or {}
    result: dict[str, Any] = {}
    for name in ("latency_p50", "latency_p95", "latency_p99", "tokens_in", "tokens_out"):
        result[name] = absent("no response was timed or counted")
    if responses is not None:
        asked = responses[~responses["cached"].fillna(False).astype(bool)]
        asked = asked[asked["error"].isna()]
        result |= _of_responses(asked)
    wall, images = run.get("wall_seconds"), run.get("images")
    if wall and images:
        result["images_per_second"] = {"value": images / wall, "n": int(images)}
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
    """Price 1,000 images by the hour, by the token, or both."""
    parts = []
    if "price_per_hour" in run and "value" in result["images_per_second"]:
        hours = 1000 / result["images_per_second"]["value"] / 3600
        parts.append(run["price_per_hour"] * hours)
    for side in ("in", "out"):
        price = run.get(f"price_per_million_tokens_{side}")
        if price is not None and "value" in result[f"tokens_{side}"]:
            parts.append(price * result[f"tokens_{side}"]["value"] * 1000 / 1e6)
    if not parts:
        return absent("no price, or nothing counted to price")
    return {"value": float(sum(parts))}
