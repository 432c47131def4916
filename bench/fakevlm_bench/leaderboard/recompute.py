"""The one way from predictions and truth to figures: the suite's own metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fakevlm_bench.leaderboard.submission import Submission, Threshold
from fakevlm_bench.result import Document, Section

if TYPE_CHECKING:
    import pandas as pd

    from fakevlm_bench.metrics import Settings


def metrics_version() -> str:
    """Version of the metrics; figures of different versions are not compared."""
    from fakevlm_bench import metrics

    return str(metrics.VERSION)


def recompute(
    predictions: pd.DataFrame,
    truth: pd.DataFrame,
    responses: pd.DataFrame | None,
    submission: Submission,
    metrics: Sequence[str],
    *,
    floors: Document | None = None,
) -> Document:
    """Compute every figure of a submission, as JSON.

    Args:
        predictions: Columns of `fakevlm_bench.engine.schema.PREDICTIONS`.
        truth: Columns of `fakevlm_bench.engine.schema.TRUTH`, the same rows.
        responses: With latency and token counts, where there are any.
        submission: Its ``resources`` are the submitter's word, and go into figures of
            efficiency only.
        metrics: Further metrics that the task asks for.
        floors: Of explanations, where they have been computed.
    """
    from fakevlm_bench.metrics import compute, join

    if responses is not None:
        failed = predictions["status"] == "failed"
        responses = responses.assign(error=failed.map({True: "failed", False: None}))
    resources = submission.resources.to_json()
    spent = {name: value for name, value in resources.items() if value is not None}
    result = compute(
        join.join(predictions, truth),
        _settings(submission.threshold, metrics),
        responses=responses,
        run={"parameters": submission.detector.parameters, **spent},
        floors=None if floors is None else Section.from_json(floors),
    )
    return result.to_json()


def _settings(threshold: Threshold, metrics: Sequence[str]) -> Settings:
    from fakevlm_bench.metrics import Settings

    return Settings(
        published=threshold.published,
        threshold=threshold.calibrated,
        temperature=threshold.temperature,
        heat_threshold=threshold.heat_map,
        metrics=tuple(metrics),
    )
