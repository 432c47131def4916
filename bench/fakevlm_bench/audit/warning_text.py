"""Warnings in words: the numbers of a probe that differ most between the classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.audit.probes import MODELS
from fakevlm_bench.result import Figure

NAMED = 2
"""Numbers that a warning names."""
STRENGTHS = ((0.6, "tells a little of the label"), (0.85, "tells much of the label"))
"""AUROC below which a probe that gets through is described so."""


def leaks(figures: Mapping[str, Figure]) -> bool:
    """Whether a probe gets through: the interval of one of its models lies above 0.5."""
    return any(one.low is not None and one.low > 0.5 for one in figures.values())


def below(figures: Mapping[str, Figure]) -> bool:
    """Whether a probe is worse than chance: the interval of a model lies below 0.5."""
    return any(one.high is not None and one.high < 0.5 for one in figures.values())


def twins_apart(probes: Mapping[str, Mapping[str, Figure]]) -> str:
    """Return what probes below chance mean and what to do; empty where there are none."""
    worst = {
        name: min(figures.values(), key=_value)
        for name, figures in probes.items()
        if below(figures)
    }
    if not worst:
        return ""
    name, figure = min(worst.items(), key=lambda item: _value(item[1]))
    return (
        f"below chance: {', '.join(worst)} (AUROC {figure.text} for {name}): images that belong "
        "together, a photograph and what was made of it, fall into different folds, so that these "
        "probes cannot be judged: set the data's group (of folders: task.group=stem)"
    )


def _value(figure: Figure) -> float:
    return 1.0 if figure.value is None else figure.value


def warning(
    probe: str,
    figures: Mapping[str, Figure],
    values: NDArray[np.float32],
    fake: NDArray[np.bool_],
    names: Sequence[str],
) -> str:
    """Describe how well a probe separates fakes, and by what.

    Args:
        probe: Its name.
        figures: By model.
        values: (n, k) numbers.
        fake: (n,) truth.
        names: Of the k numbers.
    """
    best = max((figures[model] for model in MODELS), key=_value)
    strength = next((t for top, t in STRENGTHS if _value(best) < top), "gives the label away")
    details = "; ".join(differences(values, fake, names))
    return f"{probe}: {strength} (AUROC {best.text})" + (f"; {details}" if details else "")


def differences(
    values: NDArray[np.float32], fake: NDArray[np.bool_], names: Sequence[str]
) -> list[str]:
    """Describe the numbers whose distributions differ most (Kolmogorov-Smirnov distance).

    Args:
        values: (n, k) numbers.
        fake: (n,) truth.
        names: Of the k numbers.
    """
    distances = np.array([_distance(column[fake], column[~fake]) for column in values.T])
    order = np.argsort(-distances, kind="stable")[:NAMED]
    return [
        f"{names[i]}: {_describe(values[fake, i])} of fake, {_describe(values[~fake, i])} of real"
        if _is_yes_or_no(values[:, i])
        else f"{names[i]}: fake {_describe(values[fake, i])}, real {_describe(values[~fake, i])}"
        for i in order
        if distances[i] > 0
    ]


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Compute the greatest difference of two distribution functions, in [0, 1]."""
    places = np.unique(np.concatenate([one, other]))
    shares = [np.searchsorted(np.sort(x), places, side="right") / len(x) for x in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def _is_yes_or_no(column: NDArray[np.float32]) -> bool:
    return bool(np.isin(column, (0, 1)).all())


def _describe(column: NDArray[np.float32]) -> str:
    if _is_yes_or_no(column):
        return f"{column.mean():.0%}"
    low, middle, high = np.quantile(column, (0.05, 0.5, 0.95))
    return f"{middle:.4g} ({low:.4g} to {high:.4g})"
