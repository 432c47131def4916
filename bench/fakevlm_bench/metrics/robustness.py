"""How well the figures hold up: one condition against the clean one, and all together.

A condition's id is ``name:level``; levels that are numbers span an axis. Rows are
matched by sample, so a condition on part of the samples is compared on that part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.attack_flags import from_records, review
from fakevlm_bench.metrics import detection, drift, explanation
from fakevlm_bench.metrics.attack_records import Records, success_curve
from fakevlm_bench.metrics.corruption_errors import Baseline, mean_errors
from fakevlm_bench.metrics.localization import HALF
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import (
    Figure,
    Floats,
    Resamples,
    absent,
    bound_unanimous,
    mean_figure,
)
from fakevlm_bench.result import CLEAN, Section

if TYPE_CHECKING:
    import pandas as pd

MILDER_UPWARDS = ("_quality", "_scale", "_short")
"""Ends of names whose level says how much is left, so that 0 is not the clean image."""
QUANTITIES = (*MILDER_UPWARDS, "_sigma", "_kernel", "_variance")
"""Ends of names whose level is a quantity of its own, not one of five severities."""
SEVERITIES = frozenset({1.0, 2.0, 3.0, 4.0, 5.0})
SIDES = ("fake_to_real", "real_to_fake")


def level_of(condition: str) -> float | None:
    """Read the number after the colon of a condition's id, ``8/255`` too; None for a word."""
    try:
        return float(Fraction(condition.rpartition(":")[2]))
    except (ValueError, ZeroDivisionError):
        return None


def severities(conditions: Sequence[str]) -> dict[str, dict[float, str]]:
    """Group condition ids by name: level to id, rising, for those whose level is a number."""
    families: dict[str, dict[float, str]] = {}
    for condition in conditions:
        name, level = condition.rpartition(":")[0], level_of(condition)
        if name and level is not None:
            families.setdefault(name, {})[level] = condition
    return {name: dict(sorted(by.items())) for name, by in families.items()}


class Grid:
    """Answers of one detector on the samples that every condition holds.

    Attributes:
        frames: Rows of each condition, in the same order of samples.
        answers: Of each condition.
        resamples: Of these samples.
        records: Of attacks, by condition and sample (`attack_records.records`).
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        answers: Mapping[str, detection.Answers],
        resamples: Resamples,
        settings: Settings,
        records: Records | None = None,
    ) -> None:
        """Hold the rows; all frames and the resamples are of the same samples.

        Args:
            frames: Rows of each condition.
            answers: Verdicts and scores of each condition.
            resamples: Of the samples.
            settings: Level, minimum and heat threshold.
            records: Of attacks, none by default.
        """
        self.frames, self.answers = frames, answers
        self.resamples, self.settings = resamples, settings
        self.records = records or {}

    def against_clean(self, condition: str) -> Section:
        """Compare one condition with the clean one."""
        clean, now = self.answers[CLEAN], self.answers[condition]
        frames = self.frames[CLEAN], self.frames[condition]
        threshold = self.settings.heat_threshold
        cut = HALF if threshold is None else threshold
        drop = self._balanced(CLEAN) - self._balanced(condition)
        every = np.ones(len(clean.fake), dtype=np.bool_)
        result: dict[str, object] = {
            "balanced_accuracy_drop": self._of_both(drop),
            "flip_rate": self._share(_verdicts(clean) != _verdicts(now), every),
        }
        right = dict(zip(SIDES, (clean.hit & clean.fake, clean.hit & ~clean.fake), strict=True))
        for name, rows in right.items():
            result[f"success_{name}"] = self._share(~now.hit, rows)
        for name, moved, what in (
            ("mask_drift", drift.mask_drift(*frames, cut), "a region"),
            ("explanation_drift", drift.explanation_drift(*frames), "an explanation"),
        ):
            result[name] = self._mean(
                moved, ~np.isnan(moved), f"understood both times, with {what}"
            )
        result |= self._fallen(condition)
        result["consistency"] = self.consistency(condition)
        if condition in self.records:
            result["attack"] = self._attack(condition, right, ~now.hit)
        return Section(result)

    def consistency(self, condition: str) -> Figure:
        """Share of explanations, of real and fake images, that argue for their verdict."""
        frame = self.frames[condition]
        words = frame["explanation"].fillna("").tolist()
        every = np.ones(len(frame), dtype=np.bool_)
        return explanation.consistency(frame, words, every, self.resamples, self.settings)

    def areas(self) -> dict[str, Figure]:
        """Area under balanced accuracy over level, from clean (0) on, divided by its width.

        By trapezoids, for every name with at least two levels at which more is harsher. Absent
        where either class has fewer samples than the minimum, as the curve's points are.
        """
        result = {}
        for name, by in severities(list(self.frames)).items():
            if len(by) > 1 and min(by) > 0 and not name.endswith(MILDER_UPWARDS):
                axis = np.array([0.0, *by])
                curve = np.stack([self._balanced(CLEAN), *map(self._balanced, by.values())])
                values = np.trapezoid(curve, axis, axis=0) / axis[-1]
                result[name] = self._of_both(values)
        return result

    def worst_case(self, conditions: Sequence[str] | None = None) -> dict[str, Figure]:
        """Count a sample as right only if it is right under each of the conditions (all)."""
        answers = [self.answers[name] for name in conditions or self.answers]
        hit = np.all([one.hit for one in answers], axis=0)
        understood = np.all([one.understood for one in answers], axis=0)
        clean = self.answers[CLEAN]
        worst = detection.Answers(clean.fake, hit, understood, clean.score, clean.twin)
        every = detection.verdict_figures(worst, self.resamples, self.settings)
        names = ("balanced_accuracy", "accuracy", "recall_fake", "recall_real")
        return {name: every[name] for name in names}

    def corruption_errors(self, baseline: Baseline | None) -> dict[str, Figure]:
        """Mean corruption error and its relative form (Hendrycks & Dietterich 2019).

        The error is 1 − balanced accuracy; every name with severities 1 to 5 on which the
        baseline was measured takes part, attacks do not. 1 is as good as the baseline.
        """
        names = ("mce", "relative_mce")
        if baseline is None:
            return dict.fromkeys(names, absent("no baseline result was given"))
        shared = baseline.shared(self._corruptions())
        if reason := baseline.refusal(shared):
            return dict.fromkeys(names, absent(reason))
        errors = {condition: 1 - self._balanced(condition) for condition in self.frames}
        values = mean_errors(errors, shared, baseline)
        figures = {name: self._of_both(values[name]) for name in names}
        if better := baseline.no_worse(shared):
            reason = f"baseline '{baseline.name}' gets no worse under {', '.join(better)}"
            figures["relative_mce"] = absent(reason)
        return {
            name: figure.with_further(baseline=baseline.name, corruptions=sorted(shared))
            for name, figure in figures.items()
        }

    def _corruptions(self) -> dict[str, list[str]]:
        """Return the ids of each corruption: levels are severities, and nothing was attacked."""
        return {
            name: list(by.values())
            for name, by in severities(list(self.frames)).items()
            if set(by) <= SEVERITIES
            and not name.endswith(QUANTITIES)
            and not set(by.values()) & set(self.records)
        }

    def _fallen(self, condition: str) -> dict[str, Figure]:
        """Share of samples of which a part that stood when clean stands no longer."""
        before, after = (
            drift.standing(frame, self.answers[name].hit, frame["iou"].to_numpy(dtype=np.float64))
            for name, frame in ((CLEAN, self.frames[CLEAN]), (condition, self.frames[condition]))
        )
        result = {
            f"{part}_fell": self._share(~after[part], stood, "that stood")
            for part, stood in before.items()
        }
        stood = np.all(list(before.values()), axis=0)
        fell = ~np.any(list(after.values()), axis=0)
        result["all_fell"] = self._share(fell, stood, "of which all stood")
        return result

    def _attack(
        self, condition: str, right: Mapping[str, NDArray[np.bool_]], broken: NDArray[np.bool_]
    ) -> dict[str, object]:
        """Sum up the records of an attack: distance, queries, success over queries."""
        records = self.records[condition]
        rows = [records.get(name) or {} for name in self.frames[condition]["sample_id"]]
        norm, queries = (
            np.array([row.get(key, np.nan) for row in rows], dtype=np.float64)
            for key in ("norm", "queries")
        )
        curves = {}
        for side, samples in right.items():
            counted = samples & ~np.isnan(queries)
            enough = counted.sum() >= self.settings.minimum
            curves[side] = success_curve(queries[counted], broken[counted]) if enough else []
        return {
            "distance": self._mean(norm, ~np.isnan(norm), "with a record"),
            "queries": self._mean(queries, ~np.isnan(queries), "with a record"),
            "success_over_queries": curves,
        }

    def flags(self) -> list[dict[str, object]]:
        """List the signs of false robustness (`fakevlm_bench.attack_flags.review`)."""
        right = self.answers[CLEAN].hit
        samples = self.frames[CLEAN]["sample_id"].to_numpy()[right]
        results = []
        for condition in self.frames:
            records = self.records.get(condition, {})
            attack = next((one["attack"] for one in records.values() if one.get("attack")), None)
            if attack is not None and {"kind", "norm", "epsilon"} <= set(attack):
                broken = dict(zip(samples, ~self.answers[condition].hit[right], strict=True))
                mine = {name: records[name] for name in samples if name in records}
                results.append(from_records(condition, attack, mine, broken))
        return [asdict(flag) for flag in review(results)]

    def _of_both(self, values: Floats) -> Figure:
        """Build a figure that needs enough samples of both classes."""
        counts = self.answers[CLEAN].counts(self.resamples)
        return detection.checked(values, counts, "both", self.settings)

    def _balanced(self, condition: str) -> Floats:
        """Balanced accuracy on every resample."""
        sums = self.resamples.sums(detection.verdict_columns(self.answers[condition]))
        return detection.verdict_values(sums)["balanced_accuracy"]

    def _mean(
        self, values: Floats, rows: NDArray[np.bool_], what: str = "right when clean"
    ) -> Figure:
        n = int(rows.sum())
        if n < self.settings.minimum:
            return absent(f"{n} images {what}, fewer than {self.settings.minimum}", n)
        return mean_figure(values[rows], self.resamples.subset(rows), self.settings.level)

    def _share(
        self, happened: NDArray[np.bool_], rows: NDArray[np.bool_], what: str = "right when clean"
    ) -> Figure:
        """Build the figure of a proportion; where all or none happened it states a bound."""
        result = self._mean(happened.astype(np.float64), rows, what)
        return bound_unanimous(result, self.resamples.subset(rows).groups(), self.settings.level)


def _verdicts(answers: detection.Answers) -> NDArray[np.int64]:
    """Return each answer's verdict: 1 fake, 0 real, −1 not understood."""
    verdicts = np.where(answers.hit, answers.fake, ~answers.fake).astype(np.int64)
    verdicts[~answers.understood] = -1
    return verdicts
