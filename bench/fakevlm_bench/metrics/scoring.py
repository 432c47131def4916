"""From predictions beside the truth to a result: every figure of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics import calibration, detection, explanation, localization, subgroups
from fakevlm_bench.metrics.attack_records import records
from fakevlm_bench.metrics.custom import added
from fakevlm_bench.metrics.efficiency import efficiency
from fakevlm_bench.metrics.robustness import CLEAN, Grid
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import Resamples, describe_intervals

if TYPE_CHECKING:
    import pandas as pd

VERSION = "3"
"""Changes whenever any figure of an unchanged run would change."""


def compute(
    frame: pd.DataFrame,
    settings: Settings | None = None,
    *,
    responses: pd.DataFrame | None = None,
    run: Mapping[str, Any] | None = None,
    baseline: tuple[str, Mapping[str, Any]] | None = None,
    floors: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Compute a result's body: plain JSON values, without NaN.

    Args:
        frame: Joined rows (`fakevlm_bench.metrics.join.join`) of every condition.
        settings: How figures are computed.
        responses: For efficiency, see `fakevlm_bench.metrics.efficiency`; with the records of
            attacks, see `fakevlm_bench.metrics.attack_records`.
        run: For efficiency, see `fakevlm_bench.metrics.efficiency`.
        baseline: Name and result of the detector that mCE is measured against.
        floors: What `explanation_floors` made of the same samples; computed where not given.

    Raises:
        DataError: A score, a mask or a frame's size is not what it should be.
    """
    drawn = Drawn(settings or Settings(), floors)
    parts = {
        str(name): part.sort_values("sample_id", ignore_index=True)
        for name, part in frame.groupby("condition_id")
    }
    order = sorted(parts, key=lambda name: (name != CLEAN, name))
    conditions = {}
    for name in order:
        measured = localization.measure(parts[name], drawn.settings.heat_threshold)
        conditions[name] = condition(parts[name], measured, drawn)
        parts[name]["iou"] = measured.iou()
    return {
        "metrics_version": VERSION,
        "settings": asdict(drawn.settings),
        "intervals": describe_intervals(asdict(drawn.settings)),
        "conditions": conditions,
        "left_out": left_out(frame),
        **forms(frame),
        "robustness": robust(parts, drawn, baseline, records(responses)),
        "efficiency": efficiency(responses, run),
        "added": added(parts[order[0]], drawn.settings.metrics) if order else {},
    }


def robust(
    parts: dict[str, pd.DataFrame],
    drawn: Drawn,
    baseline: tuple[str, Mapping[str, Any]] | None,
    attacks: dict[str, dict[str, dict[str, Any]]],
) -> dict[str, Any]:
    """Compare every condition with the clean one, on the primary samples they share."""
    if CLEAN not in parts or len(parts) < 2:
        return {}
    parts = {name: part[primary(part)] for name, part in parts.items()}
    grid = _grid(parts, drawn, attacks)
    whole = {len(grid.frames[CLEAN])} == {len(part) for part in parts.values()}
    pairs = {
        name: (
            grid if whole else _grid({CLEAN: parts[CLEAN], name: part}, drawn, attacks)
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
        **grid.corruption_errors(*(baseline or ("", None))),
    }
    gentle = [name for name in parts if name not in attacks]
    if 1 < len(gentle) < len(parts):
        result["worst_case_without_attacks"] = grid.worst_case(gentle)
    return result


def _grid(
    parts: dict[str, pd.DataFrame], drawn: Drawn, attacks: dict[str, dict[str, dict[str, Any]]]
) -> Grid:
    """Cut conditions to the samples that all of them hold."""
    shared = set.intersection(*(set(part["sample_id"]) for part in parts.values()))
    frames = {
        name: part[part["sample_id"].isin(shared)].reset_index(drop=True)
        for name, part in parts.items()
    }
    given = {name: answers(part) for name, part in frames.items()}
    return Grid(frames, given, drawn.resamples(frames[CLEAN]), drawn.settings, attacks)


class Drawn:
    """What conditions on the same samples share: resamples, floors, loaded scorers."""

    def __init__(self, settings: Settings, floors: dict[str, Any] | None = None) -> None:
        """Start with nothing drawn; `floors` are those of every condition, where given."""
        self.settings = settings
        self._known = floors
        self._resamples: dict[tuple[str, ...], Resamples] = {}
        self._floors: dict[tuple[str, ...], dict[str, Any]] = {}

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

    def floors(self, frame: pd.DataFrame, resamples: Resamples) -> dict[str, Any]:
        """Compute the floors of a condition's samples, once for the same samples."""
        if self._known is not None:
            return self._known
        samples = tuple(frame["sample_id"])
        if samples not in self._floors:
            self._floors[samples] = explanation.floors(frame, resamples, self.scorer)
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
    """Draw the resamples of the rows of one condition."""
    groups = frame["group"].fillna("").to_numpy(dtype=object)
    groups = np.where(groups == "", frame["sample_id"].to_numpy(dtype=object), groups)
    strata = frame["label"].to_numpy() + 2 * primary(frame)
    return Resamples(strata, list(groups), settings.resamples, settings.seed)


def primary(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Mark the samples of the primary figures: the paired ones, or all where none is."""
    paired = frame["paired"].to_numpy(dtype=np.bool_)
    return paired if paired.any() else ~paired


def left_out(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the samples outside the primary figures: ``unpaired``, by family."""
    aside = frame[~primary(frame)].drop_duplicates("sample_id")
    counts = aside["family"].value_counts().sort_index()
    return {"unpaired": {str(name): int(count) for name, count in counts.items()}}


def condition(frame: pd.DataFrame, measured: localization.Measured, drawn: Drawn) -> dict[str, Any]:
    """Compute every figure of one condition."""
    settings, resamples = drawn.settings, drawn.resamples(frame)
    chosen = primary(frame)
    every = answers(frame)
    parts, macro = subgroups.by_part(
        frame, every, measured.iou(), resamples, settings, primary=chosen
    )
    main, given = frame, every
    if not chosen.all():
        main, resamples = frame[chosen].reset_index(drop=True), resamples.subset(chosen)
        given = answers(main)
    if main["explanation"].notna().any():
        explained = explanation.figures(main, resamples, drawn.scorer)
        explained["floors"] = drawn.floors(main, resamples)
    else:
        explained = explanation.nothing()
    return {
        "coverage": coverage(main),
        "detection": detection.verdict_figures(given, resamples, settings)
        | detection.score_figures(given, resamples, settings)
        | macro,
        "reliability": reliability(given),
        "localization": localization.figures(measured.subset(chosen), resamples, settings),
        "explanation": explained,
        "by": parts,
    }


def explanation_floors(truth: pd.DataFrame, settings: Settings | None = None) -> dict[str, Any]:
    """Compute the floors of explanations of a task, which no detector has a part in.

    Args:
        truth: Rows of one condition, columns of `fakevlm_bench.engine.schema.TRUTH`.
        settings: How figures are computed.
    """
    drawn = Drawn(settings or Settings())
    frame = truth.sort_values("sample_id", ignore_index=True)
    chosen = primary(frame)
    main = frame[chosen].reset_index(drop=True)
    return drawn.floors(main, drawn.resamples(frame).subset(chosen))


def reliability(given: detection.Answers) -> list[dict[str, float]]:
    """Give the reliability diagram's points, none where no sample has a score."""
    if np.isnan(given.score).all():
        return []
    return calibration.reliability(given.probabilities(), given.fake)


def forms(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the answers in words by the form that they were read by; empty without words."""
    if "form" not in frame or frame["form"].isna().all():
        return {}
    counts = frame["form"].value_counts()
    return {"forms": {str(name): int(counts[name]) for name in sorted(counts.index)}}


def coverage(frame: pd.DataFrame) -> dict[str, Any]:
    """Count what became of the rows; ``share`` is that of understood answers, in [0, 1]."""
    counts = {name: int((frame["status"] == name).sum()) for name in ("ok", "unparsed", "failed")}
    share = counts["ok"] / len(frame) if len(frame) else 0.0
    return {"planned": len(frame), **counts, "share": share}
