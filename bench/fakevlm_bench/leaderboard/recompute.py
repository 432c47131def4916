"""The one way from predictions and truth to figures: the suite's own metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fakevlm_bench.result import Section

if TYPE_CHECKING:
    import pandas as pd


def metrics_version() -> str:
    """Version of the metrics; figures of different versions are not compared."""
    from fakevlm_bench import metrics

    return str(metrics.VERSION)


def recompute(
    predictions: pd.DataFrame,
    truth: pd.DataFrame,
    responses: pd.DataFrame | None,
    document: Mapping[str, Any],
    metrics: Sequence[str],
    *,
    floors: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Compute every figure of a submission.

    Args:
        predictions: Columns of `fakevlm_bench.engine.schema.PREDICTIONS`.
        truth: Columns of `fakevlm_bench.engine.schema.TRUTH`, the same rows.
        responses: With latency and token counts, where there are any.
        document: The submission's; its ``resources`` are the submitter's word, and go
            into figures of efficiency only.
        metrics: Further metrics that the task asks for.
        floors: Of explanations, where they are known.
    """
    from fakevlm_bench.metrics import Settings, compute, join

    told = document["threshold"]
    settings = Settings(
        published=told["published"],
        threshold=told["calibrated"],
        temperature=told["temperature"],
        heat_threshold=told["heat_map"],
        metrics=tuple(metrics),
    )
    if responses is not None:
        failed = predictions["status"] == "failed"
        responses = responses.assign(error=failed.map({True: "failed", False: None}))
    resources = {name: value for name, value in document["resources"].items() if value is not None}
    frame = join.join(predictions, truth)
    result = compute(
        frame,
        settings,
        responses=responses,
        run={"parameters": document["detector"]["parameters"], **resources},
        floors=None if floors is None else Section.from_json(floors),
    )
    return result.to_json()
