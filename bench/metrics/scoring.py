"""From predictions beside the truth to a result: every figure of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import DataError
from bench.metrics import calibration, cells, detection, explanation, localization
from bench.metrics.settings import Settings
from bench.metrics.stats import Resamples

if TYPE_CHECKING:
    import pandas as pd

METRICS_VERSION = "1"
"""Changes whenever any figure of an unchanged run would change."""

CLEAN = "clean"


def compute(frame: pd.DataFrame, settings: Settings | None = None) -> dict[str, Any]:
    """Compute a result's body: plain JSON values, without NaN.

    Args:
        frame: Joined rows (`bench.metrics.table.join`) of every condition.
        settings: How figures are computed.
    """
    settings = settings or Settings()
    parts = {name: part.reset_index(drop=True) for name, part in frame.groupby("condition_id")}
    order = sorted(parts, key=lambda name: (name != CLEAN, name))
    return {
        "metrics_version": METRICS_VERSION,
        "conditions": {
            name: condition(parts[name], settings, resamples_of(parts[name], settings))
            for name in order
        },
    }


def answers(frame: pd.DataFrame) -> detection.Answers:
    """Take verdicts and scores out of the rows of one condition.

    Raises:
        DataError: A score is no probability.
    """
    fake = frame["label"].to_numpy() == 1
    verdict = frame["verdict"].to_numpy(dtype=np.float64, na_value=np.nan)
    understood = (frame["status"] == "ok").to_numpy() & ~np.isnan(verdict)
    score = frame["score"].to_numpy(dtype=np.float64, na_value=np.nan)
    odd = np.flatnonzero((score < 0) | (score > 1))
    if len(odd):
        sample = frame["sample_id"].iloc[odd[0]]
        raise DataError(f"score {score[odd[0]]} of sample '{sample}' is not within [0, 1]")
    place = {name: k for k, name in enumerate(frame["sample_id"])}
    twin = np.array([place.get(name, -1) for name in frame["pair"]], dtype=np.int64)
    twin[~fake] = -1
    return detection.Answers(fake, understood & (verdict == fake), understood, score, twin)


def resamples_of(frame: pd.DataFrame, settings: Settings) -> Resamples:
    """Draw the resamples of the rows of one condition."""
    groups = frame["group"].fillna("").to_numpy(dtype=object)
    groups = np.where(groups == "", frame["sample_id"].to_numpy(dtype=object), groups)
    strata = frame["label"].to_numpy() + 2 * primary(frame)
    return Resamples(strata, list(groups), settings.resamples, settings.seed)


def primary(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the samples of the primary figures: the paired ones, or all where none is."""
    paired = frame["paired"].to_numpy(dtype=np.bool_)
    return paired if paired.any() else ~paired


def condition(frame: pd.DataFrame, settings: Settings, resamples: Resamples) -> dict[str, Any]:
    """Compute every figure of one condition."""
    chosen = primary(frame)
    every = answers(frame)
    measured = localization.measure(frame, settings.heat_threshold)
    parts, macro = cells.by_part(frame, every, measured.iou(), resamples, settings, chosen)
    main, resamples = frame[chosen].reset_index(drop=True), resamples.subset(chosen)
    given = answers(main)
    return {
        "coverage": coverage(main),
        "detection": detection.verdict_figures(given, resamples, settings)
        | detection.score_figures(given, resamples, settings)
        | macro,
        "reliability": reliability(given),
        "localization": localization.figures(measured.subset(chosen), resamples, settings),
        "explanation": explanation.figures(main, resamples, settings),
        "by": parts,
    }


def reliability(given: detection.Answers) -> list[dict[str, float]]:
    """Give the reliability diagram's points, none where no sample has a score."""
    if np.isnan(given.score).all():
        return []
    return calibration.reliability(given.probabilities(), given.fake)


def coverage(frame: pd.DataFrame) -> dict[str, Any]:
    """Count what became of the rows; ``share`` is that of understood answers, in [0, 1]."""
    counts = {name: int((frame["status"] == name).sum()) for name in ("ok", "unparsed", "failed")}
    share = counts["ok"] / len(frame) if len(frame) else 0.0
    return {"planned": len(frame), **counts, "share": share}
