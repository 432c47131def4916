"""The one way from predictions and truth to figures: the suite's own metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def metrics_version() -> str:
    """Version of the metrics; figures of different versions are not compared."""
    from bench import metrics

    return str(metrics.VERSION)


def recompute(
    predictions: pd.DataFrame, truth: pd.DataFrame, responses: pd.DataFrame | None
) -> dict[str, Any]:
    """Compute every figure of a submission.

    Args:
        predictions: Columns of `bench.engine.schema.PREDICTIONS`.
        truth: Columns of `bench.engine.schema.TRUTH`, the same rows.
        responses: With latency and token counts, where there are any.
    """
    from bench import metrics
    from bench.metrics import table

    frame = table.join(predictions, truth)
    result: dict[str, Any] = metrics.compute(frame, {})
    return result
