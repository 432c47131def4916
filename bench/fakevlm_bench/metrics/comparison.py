"""Telling detectors apart: paired differences, tests, tie groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import ConfigError, DataError, unknown_name
from fakevlm_bench.metrics import detection, localization, scoring, significance
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import GROUPS, Floats, Resamples, describe_intervals, figure

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("balanced_accuracy", "accuracy", "recall_fake", "recall_real",
            "f1_fake", "f1_real", "f1_macro")  # fmt: skip
COMPARED = (*VERDICTS, "auroc", "average_precision", "foreground_iou")


@dataclass(frozen=True)
class Entrant:
    """One run that takes part in a comparison.

    Attributes:
        name: Of the detector, unlike any other's.
        task: ``name@version``.
        frame: Joined rows of one condition.
        heat_threshold: Least 8-bit value of its heat maps that counts as fake, calibrated
            on validation; None is one half.
    """

    name: str
    task: str
    frame: pd.DataFrame
    heat_threshold: int | None = None


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
    resamples = scoring.resamples_of(frames[0], settings)
    drawn = {
        e.name: values(frame, metric, resamples, e.heat_threshold)
        for e, frame in zip(entrants, frames, strict=True)
    }
    check_defined(drawn, metric)
    given = {e.name: scoring.answers(f) for e, f in zip(entrants, frames, strict=True)}
    names = [e.name for e in entrants]
    groups = groups_of(given[names[0]], metric, resamples)
    rows = [
        _pair(
            a,
            b,
            metric,
            drawn,
            given,
            level=settings.level,
            groups=groups,
            independent=resamples.groups() == len(frames[0]),
        )
        for a, b in combinations(names, 2)
    ]
    adjusted = significance.holm([row["p"] for row in rows])
    for row, p in zip(rows, adjusted, strict=True):
        row["p_holm"] = float(p)
        winner = row["a"] if row["difference"] > 0 else row["b"]
        row["better"] = winner if p < 1 - settings.level else "tie"
    beats = {
        (row["better"], row["b"] if row["better"] == row["a"] else row["a"])
        for row in rows
        if row["better"] != "tie"
    }
    ranked = sorted(names, key=lambda name: -float(drawn[name][0]))
    ties = significance.tie_groups(ranked, beats)
    n = len(frames[0])
    result = pd.DataFrame(rows)
    result.attrs = {
        "metric": metric,
        "samples": samples,
        "intervals": describe_intervals(asdict(settings)),
        "ranking": [
            {
                "name": name,
                "group": ties[name],
                **figure(drawn[name], n, settings.level, groups=groups),
            }
            for name in ranked
        ],
    }
    return result


def values(
    frame: pd.DataFrame, metric: str, resamples: Resamples, heat_threshold: int | None = None
) -> Floats:
    """Compute one metric on the rows and on each resample, (1 + count,).

    Raises:
        DataError: The detector does not give what the metric needs.
    """
    given = scoring.answers(frame)
    if metric in VERDICTS:
        return detection.verdict_values(resamples.sums(detection.verdict_columns(given)))[metric]
    if metric == "foreground_iou":
        iou = localization.measure(frame, heat_threshold).iou()
        rows = ~np.isnan(iou)
        if not rows.any():
            raise DataError("foreground_iou needs masks and true regions")
        part = resamples.subset(rows)
        return part.sums(iou[rows][:, None])[:, 0] / part.sizes()
    if np.isnan(given.score).all():
        raise DataError(f"{metric} needs scores, and a detector gives none")
    return detection.ranked(given, resamples)[metric]


def _check(entrants: Sequence[Entrant], metric: str) -> None:
    names = [entrant.name for entrant in entrants]
    if len(names) < 2 or len(set(names)) < len(names):
        raise ConfigError(f"a comparison needs two runs of different names, not {names}")
    if metric not in COMPARED:
        raise unknown_name("metric to compare", metric, COMPARED)


def check_defined(drawn: dict[str, Floats], metric: str) -> None:
    """Refuse detectors whose metric cannot be computed: (1 + count,) values by name.

    Raises:
        DataError: Naming the first.
    """
    for name, values in drawn.items():
        if not math.isfinite(values[0]):
            raise DataError(f"{metric} of '{name}' is undefined on these samples: it needs"
                            " real and fake images")  # fmt: skip


def groups_of(given: detection.Answers, metric: str, resamples: Resamples) -> int:
    """Count the source groups that a metric comes from, of the class with fewer."""
    counts = given.counts(resamples)
    if metric == "accuracy":
        return counts["both_groups"]
    sides = {"recall_fake": ("fake",), "recall_real": ("real",), "foreground_iou": ("fake",)}
    return min(counts[f"{side}_groups"] for side in sides.get(metric, ("fake", "real")))


def align(entrants: Sequence[Entrant], intersection: bool) -> tuple[list[pd.DataFrame], str]:
    """Cut all frames to the same primary samples in the same order, and name them."""
    tasks = sorted({entrant.task for entrant in entrants})
    frames = [e.frame[scoring.primary(e.frame)] for e in entrants]
    sets = [set(frame["sample_id"]) for frame in frames]
    shared = set.intersection(*sets)
    if not shared:
        raise DataError("runs share no sample")
    if not intersection and len(tasks) > 1:
        raise DataError(f"runs of different tasks: {', '.join(tasks)}; --intersection compares"
                        f" the {len(shared)} samples they share")  # fmt: skip
    if not intersection and any(one != shared for one in sets):
        sizes = ", ".join(str(len(one)) for one in sets)
        raise DataError(f"runs on different samples: {sizes}, of which {len(shared)} are shared;"
                        " --intersection compares those")  # fmt: skip
    cut = [
        frame[frame["sample_id"].isin(shared)].sort_values("sample_id", ignore_index=True)
        for frame in frames
    ]
    for entrant, frame in zip(entrants, cut, strict=True):
        if not frame["label"].equals(cut[0]["label"]):
            raise DataError(f"labels of '{entrant.name}' differ from those of '{entrants[0].name}'")
    whole = all(one == shared for one in sets) and len(tasks) == 1
    of = " and ".join(
        f"{len(s)} of {e.name} ({e.task})" for s, e in zip(sets, entrants, strict=True)
    )
    named = f"all {len(shared)} samples of {tasks[0]}" if whole else f"{len(shared)} shared of {of}"
    return cut, named


def _pair(
    a: str,
    b: str,
    metric: str,
    drawn: dict[str, Floats],
    given: dict[str, detection.Answers],
    *,
    level: float,
    groups: int,
    independent: bool,
) -> dict[str, Any]:
    """Test one pair."""
    n = len(given[a].fake)
    differences = drawn[a] - drawn[b]
    found = figure(differences, n, level, groups=groups)
    exact = significance.mcnemar(given[a].hit, given[b].hit)
    scored = not any(np.isnan(given[name].score).all() for name in (a, b))
    area = (
        significance.delong_p(given[a].ranks(), given[b].ranks(), given[a].fake) if scored else None
    )
    test, p = "bootstrap", significance.bootstrap_p(differences)
    if metric == "accuracy" and independent:
        test, p = "mcnemar", exact
    elif groups < GROUPS:
        test, p = f"none, fewer than {GROUPS} source groups", 1.0
    elif metric == "auroc" and area is not None and independent:
        test, p = "delong", area
    return {
        "a": a, "b": b, "value_a": float(drawn[a][0]), "value_b": float(drawn[b][0]),
        "difference": found["value"], "low": found["low"], "high": found["high"], "n": n,
        "test": test, "p": p, "p_holm": p, "better": "tie", "mcnemar_p": exact, "delong_p": area,
    }  # fmt: skip


def matrix(comparison: pd.DataFrame) -> tuple[list[str], Floats, NDArray[np.bool_]]:
    """Give who beats whom: names best first, (k, k) differences row − column, significance."""
    names = [row["name"] for row in comparison.attrs["ranking"]]
    place = {name: k for k, name in enumerate(names)}
    differences = np.zeros((len(names), len(names)))
    sure = np.zeros((len(names), len(names)), dtype=np.bool_)
    for row in comparison.to_dict("records"):
        i, j = place[row["a"]], place[row["b"]]
        differences[i, j], differences[j, i] = row["difference"], -row["difference"]
        sure[i, j] = sure[j, i] = row["better"] != "tie"
    return names, differences, sure
