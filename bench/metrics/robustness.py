"""How long the figures last: one condition against the clean one, and all together.

A condition's id is ``name:severity``; severities that are plain numbers span an
area. Rows are matched by sample, so a condition on part of the samples is compared
on that part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics import detection
from bench.metrics.regions import overlap, parse
from bench.metrics.settings import Settings
from bench.metrics.stats import Figure, Floats, Resamples, absent, figure, mean_figure

if TYPE_CHECKING:
    import pandas as pd

CLEAN = "clean"


def severities(conditions: list[str]) -> dict[str, dict[float, str]]:
    """Group condition ids by name: severity to id, for those whose severity is a number."""
    families: dict[str, dict[float, str]] = {}
    for condition in conditions:
        name, _, severity = condition.rpartition(":")
        try:
            number = float(severity)
        except ValueError:
            continue
        families.setdefault(name, {})[number] = condition
    return {name: dict(sorted(by.items())) for name, by in families.items() if name}


class Grid:
    """Verdicts of one detector on the samples that every condition holds.

    Attributes:
        frames: Rows of each condition, in the same order of samples.
        answers: Of each condition.
        resamples: Of these samples.
    """

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame],
        answers: Mapping[str, detection.Answers],
        resamples: Resamples,
        settings: Settings,
    ) -> None:
        """Hold the rows; all frames and the resamples are of the same samples."""
        self.frames, self.answers = frames, answers
        self.resamples, self.settings = resamples, settings

    def against_clean(self, condition: str) -> dict[str, Figure]:
        """Compare one condition with the clean one."""
        clean, now = self.answers[CLEAN], self.answers[condition]
        sums = [self._balanced(CLEAN), self._balanced(condition)]
        n = len(clean.fake)
        level = self.settings.level
        said, says = _said(clean), _said(now)
        result = {
            "balanced_accuracy_drop": figure(sums[0] - sums[1], n, level),
            "flip_rate": self._mean((said != says).astype(np.float64), np.ones(n, dtype=np.bool_)),
        }
        for name, label in (("fake_to_real", clean.fake), ("real_to_fake", ~clean.fake)):
            rows = clean.hit & label
            result[f"success_{name}"] = self._mean((~now.hit).astype(np.float64), rows)
        mask, text = self._drift(condition)
        result["mask_drift"] = self._mean(mask, ~np.isnan(mask))
        result["explanation_drift"] = self._mean(text, ~np.isnan(text))
        return result

    def areas(self) -> dict[str, Figure]:
        """Area under balanced accuracy over severity, from clean (0) on, divided by its width.

        By trapezoids, for every name with at least two severities.
        """
        result = {}
        for name, by in severities(list(self.frames)).items():
            if len(by) > 1 and min(by) > 0:
                axis = np.array([0.0, *by])
                curve = np.stack([self._balanced(CLEAN), *map(self._balanced, by.values())])
                values = np.trapezoid(curve, axis, axis=0) / axis[-1]
                result[name] = figure(values, self._n(), self.settings.level)
        return result

    def worst_case(self) -> dict[str, Figure]:
        """Count a sample as right only if it is right under every condition."""
        hit = np.all([given.hit for given in self.answers.values()], axis=0)
        understood = np.all([given.understood for given in self.answers.values()], axis=0)
        clean = self.answers[CLEAN]
        worst = detection.Answers(clean.fake, hit, understood, clean.score, clean.twin)
        every = detection.verdict_figures(worst, self.resamples, self.settings)
        names = ("balanced_accuracy", "accuracy", "recall_fake", "recall_real")
        return {name: every[name] for name in names}

    def corruption_errors(self, name: str, baseline: Mapping[str, Any] | None) -> dict[str, Any]:
        """Mean corruption error and its relative form (Hendrycks & Dietterich 2019).

        The error is 1 − balanced accuracy; every name whose severities are whole numbers
        and which the baseline was measured on takes part. 1 is as good as the baseline.

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
        families = [
            list(by.values())
            for by in severities(list(self.frames)).values()
            if all(s.is_integer() for s in by) and all(c in theirs for c in by.values())
        ]
        if not families or CLEAN not in theirs:
            none = absent(f"baseline '{name}' shares no corruption with this run")
            return {"mce": none, "relative_mce": none}
        errors = {c: 1 - self._balanced(c) for c in self.frames}
        plain, relative = [], []
        with np.errstate(invalid="ignore", divide="ignore"):
            for family in families:
                mine = np.sum([errors[c] for c in family], axis=0)
                base = np.sum([theirs[c] for c in family])
                plain.append(mine / base)
                gain = base - len(family) * theirs[CLEAN]
                relative.append((mine - len(family) * errors[CLEAN]) / gain)
            figures = {"mce": np.mean(plain, axis=0), "relative_mce": np.mean(relative, axis=0)}
        level, n = self.settings.level, self._n()
        return {key: figure(v, n, level) | {"baseline": name} for key, v in figures.items()}

    def _n(self) -> int:
        return len(self.answers[CLEAN].fake)

    def _balanced(self, condition: str) -> Floats:
        """Balanced accuracy on every resample."""
        sums = self.resamples.sums(detection.verdict_columns(self.answers[condition]))
        return detection.verdict_values(sums)["balanced_accuracy"]

    def _mean(self, values: Floats, rows: NDArray[np.bool_]) -> Figure:
        n = int(rows.sum())
        if n < self.settings.minimum:
            return absent(f"{n} images, fewer than {self.settings.minimum}", n)
        return mean_figure(values[rows], self.resamples.subset(rows), self.settings.level)

    def _drift(self, condition: str) -> tuple[Floats, Floats]:
        """Measure how far each sample's mask and explanation moved, NaN where both are not given.

        Mask: 1 − IoU of the two masks, where the images have the same size. Explanation:
        1 − ROUGE-L of the second by the first.
        """
        from bench.metrics.explanation import rouge

        clean, now = self.frames[CLEAN], self.frames[condition]
        mask, text = np.full(self._n(), np.nan), np.full(self._n(), np.nan)
        for k, (a, b) in enumerate(zip(clean["mask"], now["mask"], strict=True)):
            if isinstance(a, str) and isinstance(b, str) and a.split(":")[0] == b.split(":")[0]:
                mask[k] = 0.0 if a == b else _moved(a, b)
        both = (clean["explanation"].notna() & now["explanation"].notna()).to_numpy()
        if both.any():
            answers = now["explanation"][both].tolist()
            references = [[first] for first in clean["explanation"][both]]
            text[both] = 1 - rouge(answers, references)["rouge_l"]
        return mask, text


def _moved(a: str, b: str) -> float:
    first, second = parse(a), parse(b)
    both = overlap(first, second)
    union = first.area + second.area - both
    return 1 - both / union if union else 0.0


def _said(answers: detection.Answers) -> NDArray[np.int64]:
    """Give what each answer said: 1 fake, 0 real, −1 not understood."""
    said = np.where(answers.hit, answers.fake, ~answers.fake).astype(np.int64)
    said[~answers.understood] = -1
    return said
