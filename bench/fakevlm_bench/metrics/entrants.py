"""The runs that take part in a comparison, brought to the same samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics import detection, localization, scoring
from fakevlm_bench.metrics.stats import Floats, Resamples

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


def metric_values(
    frame: pd.DataFrame, metric: str, resamples: Resamples, heat_threshold: int | None = None
) -> Floats:
    """Compute one metric on the rows and on each resample, (1 + count,).

    Args:
        frame: Joined rows of one condition.
        metric: One of `COMPARED`.
        resamples: Of these rows.
        heat_threshold: Least 8-bit value of heat maps that counts as fake; None is one half.

    Raises:
        DataError: The detector does not give what the metric needs.
    """
    answers = scoring.answers(frame)
    if metric in VERDICTS:
        return detection.verdict_values(resamples.sums(detection.verdict_columns(answers)))[metric]
    if metric == "foreground_iou":
        iou = localization.measure(frame, heat_threshold).iou()
        rows = ~np.isnan(iou)
        if not rows.any():
            raise DataError("foreground_iou needs masks and true regions")
        part = resamples.subset(rows)
        return part.sums(iou[rows][:, None])[:, 0] / part.sizes()
    if np.isnan(answers.score).all():
        raise DataError(f"{metric} needs scores, and a detector gives none")
    return detection.ranked(answers, resamples)[metric]


def check_defined(values: Mapping[str, Floats], metric: str) -> None:
    """Refuse detectors whose metric cannot be computed.

    Args:
        values: (1 + count,) of each detector, by name.
        metric: For the message.

    Raises:
        DataError: Naming the first.
    """
    for name, one in values.items():
        if not math.isfinite(one[0]):
            raise DataError(f"{metric} of '{name}' is undefined on these samples: it needs"
                            " real and fake images")  # fmt: skip


def groups_of(answers: detection.Answers, metric: str, resamples: Resamples) -> int:
    """Count the source groups that a metric comes from, of the class with fewer.

    Args:
        answers: Of n samples.
        metric: One of `COMPARED`.
        resamples: Of these samples.
    """
    counts = answers.counts(resamples)
    if metric == "accuracy":
        return counts["both_groups"]
    sides = {"recall_fake": ("fake",), "recall_real": ("real",), "foreground_iou": ("fake",)}
    return min(counts[f"{side}_groups"] for side in sides.get(metric, ("fake", "real")))


def align(entrants: Sequence[Entrant], intersection: bool) -> tuple[list[pd.DataFrame], str]:
    """Cut all frames to the same primary samples in the same order, and name them.

    Args:
        entrants: Runs that take part.
        intersection: Take the shared samples where sets or task versions differ.

    Raises:
        DataError: Task versions, sample sets or labels differ.
    """
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
