"""How long the figures last: one condition against the clean one, and all together.

A condition's id is ``name:level``; levels that are numbers span an axis. Rows are
matched by sample, so a condition on part of the samples is compared on that part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.attack_flags import from_records, review
from fakevlm_bench.metrics import detection, drift, explanation
from fakevlm_bench.metrics.attack_records import success_curve
from fakevlm_bench.metrics.localization import HALF
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import Figure, Floats, Resamples, absent, mean_figure, unanimous

if TYPE_CHECKING:
    import pandas as pd

CLEAN = "clean"
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
        records: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Hold the rows; all frames and the resamples are of the same samples."""
        self.frames, self.answers = frames, answers
        self.resamples, self.settings = resamples, settings
        self.records = records or {}

    def against_clean(self, condition: str) -> dict[str, Any]:
        """Compare one condition with the clean one."""
        clean, now = self.answers[CLEAN], self.answers[condition]
        frames = self.frames[CLEAN], self.frames[condition]
        chosen = self.settings.heat_threshold
        cut = HALF if chosen is None else chosen
        drop = self._balanced(CLEAN) - self._balanced(condition)
        every = np.ones(len(clean.fake), dtype=np.bool_)
        result: dict[str, Any] = {
            "balanced_accuracy_drop": self._of_both(drop),
            "flip_rate": self._share(_said(clean) != _said(now), every),
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
        return result

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
        given = [self.answers[name] for name in conditions or self.answers]
        hit = np.all([one.hit for one in given], axis=0)
        understood = np.all([one.understood for one in given], axis=0)
        clean = self.answers[CLEAN]
        worst = detection.Answers(clean.fake, hit, understood, clean.score, clean.twin)
        every = detection.verdict_figures(worst, self.resamples, self.settings)
        names = ("balanced_accuracy", "accuracy", "recall_fake", "recall_real")
        return {name: every[name] for name in names}

    def corruption_errors(self, name: str, baseline: Mapping[str, Any] | None) -> dict[str, Any]:
        """Mean corruption error and its relative form (Hendrycks & Dietterich 2019).

        The error is 1 − balanced accuracy; every name with severities 1 to 5 on which the
        baseline was measured takes part, attacks do not. 1 is as good as the baseline.

        Args:
            name: The baseline's.
            baseline: Its result's body.
        """
        if baseline is None:
            none = absent("no baseline result was given")
            return {"mce": none, "relative_mce": none}
        theirs = {
            condition: 1 - found["detection"]["balanced_accuracy"]["value"]
            for condition, found in baseline["conditions"].items()
            if "value" in found["detection"]["balanced_accuracy"]
        }
        families = {name: by for name, by in self._corruptions().items() if set(by) <= set(theirs)}
        if not families or CLEAN not in theirs:
            none = absent(f"baseline '{name}' shares no corruption with this run")
            return {"mce": none, "relative_mce": none}
        if spared := [name for name, by in families.items() if not sum(theirs[c] for c in by)]:
            none = absent(f"baseline '{name}' makes no error under {', '.join(sorted(spared))}")
            return {"mce": none, "relative_mce": none}
        errors = {c: 1 - self._balanced(c) for c in self.frames}
        plain, relative = [], []
        with np.errstate(invalid="ignore", divide="ignore"):
            for family in families.values():
                mine = np.sum([errors[c] for c in family], axis=0)
                base = np.sum([theirs[c] for c in family])
                plain.append(mine / base)
                gain = base - len(family) * theirs[CLEAN]
                relative.append((mine - len(family) * errors[CLEAN]) / gain)
            figures = {"mce": np.mean(plain, axis=0), "relative_mce": np.mean(relative, axis=0)}
        also = {"baseline": name, "corruptions": sorted(families)}
        result = {key: self._of_both(values) | also for key, values in figures.items()}
        if better := self._no_worse(families, theirs):
            reason = f"baseline '{name}' gets no worse under {', '.join(better)}"
            result["relative_mce"] = absent(reason) | also
        return result

    @staticmethod
    def _no_worse(families: Mapping[str, list[str]], theirs: Mapping[str, float]) -> list[str]:
        """Give the corruptions that cost the baseline nothing, so that no ratio to it has sense."""
        return sorted(
            name
            for name, by in families.items()
            if sum(theirs[c] for c in by) - len(by) * theirs[CLEAN] <= 1e-12
        )

    def _corruptions(self) -> dict[str, list[str]]:
        """Give the ids of each corruption: levels are severities, and nothing was attacked."""
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
    ) -> dict[str, Any]:
        """Sum up the records of an attack: distance, queries, success over queries."""
        records = self.records[condition]
        rows = [records.get(name) or {} for name in self.frames[condition]["sample_id"]]
        taken = {
            key: np.array([row.get(key, np.nan) for row in rows], dtype=np.float64)
            for key in ("norm", "queries")
        }
        result: dict[str, Any] = {
            name: self._mean(values, ~np.isnan(values), "with a record")
            for name, values in (("distance", taken["norm"]), ("queries", taken["queries"]))
        }
        result["success_over_queries"] = {
            side: success_curve(taken["queries"][known], broken[known])
            if known.sum() >= self.settings.minimum
            else []
            for side, chosen in right.items()
            for known in [chosen & ~np.isnan(taken["queries"])]
        }
        return result

    def flags(self) -> list[dict[str, Any]]:
        """Give the reasons not to believe an attack's figures (`fakevlm_bench.attacks.review`)."""
        right = self.answers[CLEAN].hit
        samples = self.frames[CLEAN]["sample_id"].to_numpy()[right]
        results = []
        for condition in self.frames:
            records = self.records.get(condition, {})
            told = next((one["attack"] for one in records.values() if one.get("attack")), None)
            if told is not None and {"kind", "norm", "epsilon"} <= set(told):
                broken = dict(zip(samples, ~self.answers[condition].hit[right], strict=True))
                mine = {name: records[name] for name in samples if name in records}
                results.append(from_records(condition, told, mine, broken))
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
        """Build the figure of a proportion; where all or none happened it says what is open."""
        result = self._mean(happened.astype(np.float64), rows, what)
        return unanimous(result, self.resamples.subset(rows).groups(), self.settings.level)


def _said(answers: detection.Answers) -> NDArray[np.int64]:
    """Give what each answer said: 1 fake, 0 real, −1 not understood."""
    said = np.where(answers.hit, answers.fake, ~answers.fake).astype(np.int64)
    said[~answers.understood] = -1
    return said
