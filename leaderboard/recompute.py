"""The one way from predictions and truth to figures: the suite's own metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def metrics_version() -> str:
    """Version of the metrics; figures of different versions are not compared."""
    from bench import metrics

    return str(metrics.METRICS_VERSION)


def recompute(
    predictions: pd.DataFrame,
    truth: pd.DataFrame,
    responses: pd.DataFrame | None,
    heat_threshold: int | None,
    metrics: tuple[str, ...],
) -> dict[str, Any]:
    """Compute every figure of a submission.

    Args:
        predictions: Columns of `bench.engine.schema.PREDICTIONS`.
        truth: Columns of `bench.engine.schema.TRUTH`, the same rows.
        responses: With latency and token counts, where there are any.
        heat_threshold: Heat-map value from which on a pixel counts as fake.
        metrics: Further metrics that the task asks for.
    """
    from bench.metrics import Settings, compute, table

    frame = table.join(predictions, truth)
    result: dict[str, Any] = compute(
        frame, Settings(heat_threshold=heat_threshold, metrics=metrics)
    )
    return result
