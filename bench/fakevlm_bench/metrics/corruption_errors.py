"""Mean corruption error: a detector's errors under corruptions over those of a baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from fakevlm_bench.metrics.stats import Floats
from fakevlm_bench.result import CLEAN, Result

Corruptions: TypeAlias = Mapping[str, list[str]]
"""Condition ids of each corruption, severities 1 to 5."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The detector that corruption errors are measured against.

    Attributes:
        name: Of the detector.
        balanced_accuracy: In [0, 1], by condition id; conditions without one are missing.
    """

    name: str
    balanced_accuracy: Mapping[str, float]

    @classmethod
    def of(cls, name: str, result: Result) -> Baseline:
        """Take the baseline's accuracies from its result.

        Args:
            name: Of the detector.
            result: Of a scored run.
        """
        values = {
            condition: section.figure("detection", "balanced_accuracy").value
            for condition, section in result.conditions.items()
        }
        return cls(name, {key: value for key, value in values.items() if value is not None})

    @property
    def errors(self) -> dict[str, float]:
        """1 − balanced accuracy, by condition id."""
        return {condition: 1 - value for condition, value in self.balanced_accuracy.items()}

    def shared(self, corruptions: Corruptions) -> dict[str, list[str]]:
        """Return the corruptions under all of whose levels the baseline was measured."""
        return {name: ids for name, ids in corruptions.items() if set(ids) <= set(self.errors)}

    def refusal(self, corruptions: Corruptions) -> str:
        """Say why errors over these corruptions cannot be set against it; empty if they can."""
        errors = self.errors
        if not corruptions or CLEAN not in errors:
            return f"baseline '{self.name}' shares no corruption with this run"
        perfect = [name for name, ids in corruptions.items() if not sum(errors[c] for c in ids)]
        if perfect:
            return f"baseline '{self.name}' makes no error under {', '.join(sorted(perfect))}"
        return ""

    def no_worse(self, corruptions: Corruptions) -> list[str]:
        """Return the corruptions that cost the baseline nothing: no ratio to it has sense."""
        errors = self.errors
        return sorted(
            name
            for name, ids in corruptions.items()
            if sum(errors[c] for c in ids) - len(ids) * errors[CLEAN] <= 1e-12
        )


def mean_errors(
    errors: Mapping[str, Floats], corruptions: Corruptions, baseline: Baseline
) -> dict[str, Floats]:
    """Compute ``mce`` and ``relative_mce`` on the sample and on each resample.

    Args:
        errors: (1 + count,) 1 − balanced accuracy, by condition id.
        corruptions: Those that take part.
        baseline: Measured under all of their levels and clean.
    """
    plain, relative, theirs = [], [], baseline.errors
    with np.errstate(invalid="ignore", divide="ignore"):
        for ids in corruptions.values():
            mine = np.sum([errors[c] for c in ids], axis=0)
            base = np.sum([theirs[c] for c in ids])
            plain.append(mine / base)
            gain = base - len(ids) * theirs[CLEAN]
            relative.append((mine - len(ids) * errors[CLEAN]) / gain)
        return {"mce": np.mean(plain, axis=0), "relative_mce": np.mean(relative, axis=0)}
