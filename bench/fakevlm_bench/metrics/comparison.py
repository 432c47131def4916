"""Telling detectors apart: paired differences, tests, tie groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import ConfigError, unknown_name
from fakevlm_bench.metrics import detection, scoring, significance
from fakevlm_bench.metrics.entrants import (
    COMPARED,
    Entrant,
    align,
    check_defined,
    groups_of,
    metric_values,
)
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import GROUPS, Floats, describe_intervals, figure
from fakevlm_bench.result import Document

if TYPE_CHECKING:
    import pandas as pd


def compare(
    entrants: Sequence[Entrant],
    metric: str = "balanced_accuracy",
    settings: Settings | None = None,
    *,
    intersection: bool = False,
) -> pd.DataFrame:
    """Compare every two detectors on the samples that they share.

    Args:
        entrants: At least two.
        metric: One of `COMPARED`.
        settings: Resamples, level (1 − level is the significance level), seed.
        intersection: Compare on the shared samples where sets or task versions differ.

    Returns:
        One row for each pair: ``a``, ``b``, ``value_a``, ``value_b``, ``difference``
        (a − b) with ``low`` and ``high`` by paired bootstrap, ``n``, ``test`` (McNemar's of
        accuracy and DeLong's of AUROC where no two images are of one source group, else the
        bootstrap's) and its ``p``, ``p_holm`` over all pairs, ``better`` (a name or ``tie``),
        and beside them ``mcnemar_p`` on verdicts and ``delong_p`` on AUROC (None without
        scores that vary). The frame's ``attrs`` hold ``metric``, ``samples`` (what was
        compared, in words), ``intervals`` (their method) and ``ranking``: name, value,
        low, high and tie group, best first.

    Raises:
        ConfigError: Fewer than two entrants, equal names, or an unknown metric.
        DataError: Task versions, sample sets or labels differ, or the metric is undefined
            on the samples.
    """
    import pandas as pd

    settings = settings or Settings()
    _check(entrants, metric)
    frames, samples = align(entrants, intersection)
    study = _Comparison.of(entrants, frames, metric, settings)
    rows = [_pair(study, a, b) for a, b in combinations(study.replicates, 2)]
    adjusted = significance.holm([row["p"] for row in rows])
    for row, p in zip(rows, adjusted, strict=True):
        row["p_holm"] = float(p)
        winner = row["a"] if row["difference"] > 0 else row["b"]
        row["better"] = winner if p < 1 - settings.level else "tie"
    result = pd.DataFrame(rows)
    result.attrs = {
        "metric": metric,
        "samples": samples,
        "intervals": describe_intervals(settings),
        "ranking": _ranking(study, rows),
    }
    return result


@dataclass(frozen=True)
class _Comparison:
    """What every pair of a comparison is tested on.

    Attributes:
        metric: That is compared.
        level: Confidence level.
        replicates: The metric of each detector on the samples and each resample, (1 + count,).
        answers: Of each detector on the samples.
        groups: Source groups that the metric comes from, of the class with fewer.
        independent: No two images are of one source group.
    """

    metric: str
    level: float
    replicates: dict[str, Floats]
    answers: dict[str, detection.Answers]
    groups: int
    independent: bool

    @classmethod
    def of(
        cls,
        entrants: Sequence[Entrant],
        frames: Sequence[pd.DataFrame],
        metric: str,
        settings: Settings,
    ) -> _Comparison:
        """Compute the metric of every entrant on the same resamples."""
        resamples = scoring.resamples_of(frames[0], settings)
        pairs = list(zip(entrants, frames, strict=True))
        replicates = {
            e.name: metric_values(frame, metric, resamples, e.heat_threshold) for e, frame in pairs
        }
        check_defined(replicates, metric)
        answers = {e.name: scoring.answers(frame) for e, frame in pairs}
        return cls(
            metric,
            settings.level,
            replicates,
            answers,
            groups_of(answers[entrants[0].name], metric, resamples),
            independent=resamples.groups() == len(frames[0]),
        )

    @property
    def n(self) -> int:
        """Samples that are compared on."""
        return len(next(iter(self.answers.values())).fake)


class _PairRow(TypedDict):
    """One row of a comparison."""

    a: str
    b: str
    value_a: float
    value_b: float
    difference: float
    low: float | None
    high: float | None
    n: int
    test: str
    p: float
    p_holm: float
    better: str
    mcnemar_p: float
    delong_p: float | None


def _ranking(study: _Comparison, rows: Sequence[_PairRow]) -> list[Document]:
    """Rank the detectors, best first, with their figures and tie groups."""
    beats = {
        (row["better"], row["b"] if row["better"] == row["a"] else row["a"])
        for row in rows
        if row["better"] != "tie"
    }
    ranked = sorted(study.replicates, key=lambda name: -float(study.replicates[name][0]))
    ties = significance.tie_groups(ranked, beats)
    return [
        {
            "name": name,
            "group": ties[name],
            **figure(study.replicates[name], study.n, study.level, groups=study.groups),
        }
        for name in ranked
    ]


def _check(entrants: Sequence[Entrant], metric: str) -> None:
    names = [entrant.name for entrant in entrants]
    if len(names) < 2 or len(set(names)) < len(names):
        raise ConfigError(f"a comparison needs two runs of different names, not {names}")
    if metric not in COMPARED:
        raise unknown_name("metric to compare", metric, COMPARED)


def _pair(study: _Comparison, a: str, b: str) -> _PairRow:
    """Test one pair."""
    first, second = study.answers[a], study.answers[b]
    differences = study.replicates[a] - study.replicates[b]
    difference = figure(differences, study.n, study.level, groups=study.groups)
    exact = significance.mcnemar(first.hit, second.hit)
    scored = not any(np.isnan(one.score).all() for one in (first, second))
    area = significance.delong_p(first.ranks(), second.ranks(), first.fake) if scored else None
    test, p = "bootstrap", significance.bootstrap_p(differences)
    if study.metric == "accuracy" and study.independent:
        test, p = "mcnemar", exact
    elif study.groups < GROUPS:
        test, p = f"none, fewer than {GROUPS} source groups", 1.0
    elif study.metric == "auroc" and area is not None and study.independent:
        test, p = "delong", area
    return {
        "a": a, "b": b,
        "value_a": float(study.replicates[a][0]), "value_b": float(study.replicates[b][0]),
        "difference": float(differences[0]), "low": difference.low, "high": difference.high,
        "n": study.n, "test": test, "p": p, "p_holm": p, "better": "tie",
        "mcnemar_p": exact, "delong_p": area,
    }  # fmt: skip


def matrix(comparison: pd.DataFrame) -> tuple[list[str], Floats, NDArray[np.bool_]]:
    """Return who beats whom: names best first, (k, k) differences row − column, significance."""
    names = [row["name"] for row in comparison.attrs["ranking"]]
    place = {name: k for k, name in enumerate(names)}
    differences = np.zeros((len(names), len(names)))
    sure = np.zeros((len(names), len(names)), dtype=np.bool_)
    for row in comparison.to_dict("records"):
        i, j = place[row["a"]], place[row["b"]]
        differences[i, j], differences[j, i] = row["difference"], -row["difference"]
        sure[i, j] = sure[j, i] = row["better"] != "tie"
    return names, differences, sure
