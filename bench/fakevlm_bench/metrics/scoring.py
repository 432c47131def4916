"""From predictions beside the truth to a result: every figure of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics import (
    calibration,
    detection,
    explanation,
    explanation_floors,
    localization,
    subgroups,
)
from fakevlm_bench.metrics.attack_records import Records, records
from fakevlm_bench.metrics.corruption_errors import Baseline
from fakevlm_bench.metrics.coverage import coverage, left_out
from fakevlm_bench.metrics.custom import added
from fakevlm_bench.metrics.efficiency import Resources, efficiency
from fakevlm_bench.metrics.robustness import Grid
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import Resamples, describe_intervals
from fakevlm_bench.result import CLEAN, Result, Section

if TYPE_CHECKING:
    import pandas as pd

VERSION = "3"
"""Changes whenever any figure of an unchanged run would change."""


def compute(
    frame: pd.DataFrame,
    settings: Settings | None = None,
    *,
    responses: pd.DataFrame | None = None,
    run: Resources | None = None,
    baseline: Baseline | None = None,
    floors: Section | None = None,
) -> Result:
    """Compute every figure of a run; none is NaN.

    Args:
        frame: Joined rows (`fakevlm_bench.metrics.join.join`) of every condition.
        settings: How figures are computed.
        responses: For efficiency, see `fakevlm_bench.metrics.efficiency`; with the records of
            attacks, see `fakevlm_bench.metrics.attack_records`.
        run: For efficiency, see `fakevlm_bench.metrics.efficiency`.
        baseline: The detector that mCE is measured against.
        floors: What `floors_of` returned for the same samples; computed by default.

    Raises:
        DataError: A score, a mask or a frame's size is not what it should be.
    """
    context = ScoringContext(settings or Settings(), floors)
    parts = {
        str(name): part.sort_values("sample_id", ignore_index=True)
        for name, part in frame.groupby("condition_id")
    }
    order = sorted(parts, key=lambda name: (name != CLEAN, name))
    conditions = {}
    for name in order:
        measures = localization.measure(parts[name], context.settings.heat_threshold)
        conditions[name] = condition_figures(parts[name], measures, context)
        parts[name]["iou"] = measures.iou()
    return Result(
        {
            "metrics_version": VERSION,
            "settings": Section(asdict(context.settings)).to_json(),
            "intervals": describe_intervals(context.settings),
            "conditions": conditions,
            "left_out": left_out(frame, primary(frame)),
            **forms(frame),
            "robustness": robustness(parts, context, baseline, records(responses)),
            "efficiency": efficiency(responses, run),
            "added": added(parts[order[0]], context.settings.metrics) if order else {},
        }
    )


def robustness(
    parts: Mapping[str, pd.DataFrame],
    context: ScoringContext,
    baseline: Baseline | None,
    attacks: Records,
) -> Section:
    """Compare every condition with the clean one, on the primary samples they share.

    Args:
        parts: Rows of each condition.
        context: Settings and what conditions share.
        baseline: The detector that mCE is measured against.
        attacks: Records of attacks.

    Returns:
        Nothing where there is no clean condition, or no other.
    """
    if CLEAN not in parts or len(parts) < 2:
        return Section()
    parts = {name: part[primary(part)] for name, part in parts.items()}
    grid = _grid(parts, context, attacks)
    whole = {len(grid.frames[CLEAN])} == {len(part) for part in parts.values()}
    pairs = {
        name: (
            grid if whole else _grid({CLEAN: parts[CLEAN], name: part}, context, attacks)
        ).against_clean(name)
        for name, part in parts.items()
        if name != CLEAN
    }
    result = {
        "clean": {"consistency": grid.consistency(CLEAN)},
        "conditions": pairs,
        "areas": grid.areas(),
        "worst_case": grid.worst_case(),
        "flags": grid.flags(),
        **grid.corruption_errors(baseline),
    }
    unattacked = [name for name in parts if name not in attacks]
    if 1 < len(unattacked) < len(parts):
        result["worst_case_without_attacks"] = grid.worst_case(unattacked)
    return Section(result)


def _grid(parts: Mapping[str, pd.DataFrame], context: ScoringContext, attacks: Records) -> Grid:
    """Cut conditions to the samples that all of them hold."""
    shared = set.intersection(*(set(part["sample_id"]) for part in parts.values()))
    frames = {
        name: part[part["sample_id"].isin(shared)].reset_index(drop=True)
        for name, part in parts.items()
    }
    answered = {name: answers(part) for name, part in frames.items()}
    return Grid(frames, answered, context.resamples(frames[CLEAN]), context.settings, attacks)


class ScoringContext:
    """What conditions on the same samples share: resamples, floors, loaded scorers."""

    def __init__(self, settings: Settings, floors: Section | None = None) -> None:
        """Start empty.

        Args:
            settings: How figures are computed.
            floors: Of every condition; computed by default.
        """
        self.settings = settings
        self._fixed_floors = floors
        self._resamples: dict[tuple[str, ...], Resamples] = {}
        self._floors: dict[tuple[str, ...], Section] = {}

    @cached_property
    def scorer(self) -> explanation.Scorer:
        """The scorer of explanations, loaded where a detector explains."""
        return explanation.Scorer(self.settings)

    def resamples(self, frame: pd.DataFrame) -> Resamples:
        """Draw the resamples of a condition's samples, once for the same samples."""
        samples = tuple(frame["sample_id"])
        if samples not in self._resamples:
            self._resamples[samples] = resamples_of(frame, self.settings)
        return self._resamples[samples]

    def floors(self, frame: pd.DataFrame, resamples: Resamples) -> Section:
        """Compute the floors of a condition's samples, once for the same samples.

        Args:
            frame: Joined rows of the condition.
            resamples: Of these rows.
        """
        if self._fixed_floors is not None:
            return self._fixed_floors
        samples = tuple(frame["sample_id"])
        if samples not in self._floors:
            self._floors[samples] = explanation_floors.floors(frame, resamples, self.scorer)
        return self._floors[samples]


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
    """Draw the resamples of the rows of one condition.

    Args:
        frame: Joined rows.
        settings: Number of resamples and seed.
    """
    groups = frame["group"].fillna("").to_numpy(dtype=object)
    groups = np.where(groups == "", frame["sample_id"].to_numpy(dtype=object), groups)
    strata = frame["label"].to_numpy() + 2 * primary(frame)
    return Resamples(strata, list(groups), settings.resamples, settings.seed)


def primary(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the samples of the primary figures: the paired ones, or all where none is."""
    paired = frame["paired"].to_numpy(dtype=np.bool_)
    return paired if paired.any() else ~paired


def condition_figures(
    frame: pd.DataFrame, measures: localization.RegionMeasures, context: ScoringContext
) -> Section:
    """Compute every figure of one condition.

    Args:
        frame: Its joined rows.
        measures: Of the regions of these rows.
        context: Settings and what conditions share.
    """
    settings, resamples = context.settings, context.resamples(frame)
    is_primary, every = primary(frame), answers(frame)
    parts, macro = subgroups.by_part(
        frame, every, measures.iou(), resamples, settings, primary=is_primary
    )
    main, of_main = frame, every
    if not is_primary.all():
        main, resamples = frame[is_primary].reset_index(drop=True), resamples.subset(is_primary)
        of_main = answers(main)
    if main["explanation"].notna().any():
        explained = explanation.figures(main, resamples, context.scorer)
        explained["floors"] = context.floors(main, resamples)
    else:
        explained = explanation.absent_figures()
    return Section(
        {
            "coverage": coverage(main),
            "detection": detection.verdict_figures(of_main, resamples, settings)
            | detection.score_figures(of_main, resamples, settings)
            | macro,
            "reliability": reliability(of_main),
            "localization": localization.figures(measures.subset(is_primary), resamples, settings),
            "explanation": explained,
            "by": parts,
        }
    )


def floors_of(truth: pd.DataFrame, settings: Settings | None = None) -> Section:
    """Compute the floors of explanations of a task, which no detector has a part in.

    Args:
        truth: Rows of one condition, columns of `fakevlm_bench.engine.schema.TRUTH`.
        settings: How figures are computed.
    """
    context = ScoringContext(settings or Settings())
    frame = truth.sort_values("sample_id", ignore_index=True)
    is_primary = primary(frame)
    main = frame[is_primary].reset_index(drop=True)
    return context.floors(main, context.resamples(frame).subset(is_primary))


def reliability(answered: detection.Answers) -> list[dict[str, float]]:
    """Compute the reliability diagram's points, none where no sample has a score."""
    if np.isnan(answered.score).all():
        return []
    return calibration.reliability(answered.probabilities(), answered.fake)


def forms(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the answers in words by the form that they were read by; empty without words."""
    if "form" not in frame or frame["form"].isna().all():
        return {}
    counts = frame["form"].value_counts()
    return {"forms": {str(name): int(counts[name]) for name in sorted(counts.index)}}
