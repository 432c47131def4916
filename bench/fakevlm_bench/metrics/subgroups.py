"""Figures of parts of a task: families, generators, categories, seen and unseen.

A part without real images of its own is set against all real images of the
primary samples. AUROC and average precision of many parts come from one pass:
the real images are ranked once for each resample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics import detection, ranking
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import Figure, Floats, Resamples, absent, figure, mean_figure

if TYPE_CHECKING:
    import pandas as pd

PARTITIONS = ("family", "generator", "category")
MACRO = ("balanced_accuracy", "auroc", "balanced_average_precision")
"""Figures that are averaged over generators, as the literature does."""


def by_part(
    frame: pd.DataFrame,
    answers: detection.Answers,
    iou: Floats,
    resamples: Resamples,
    settings: Settings,
    *,
    primary: NDArray[np.bool_],
) -> tuple[dict[str, Any], dict[str, Figure]]:
    """Compute every part's figures.

    Args:
        frame: Rows of one condition, all samples.
        answers: Of these rows.
        iou: (n,) foreground IoU, NaN where there is none.
        resamples: Of these rows.
        settings: Level and minimum.
        primary: ``bool`` (n,), the samples of the primary figures.

    Returns:
        The figures of each part, and the macro averages over the generators.
    """
    parts = _parts(frame, answers.fake, primary)
    distinct = {rows.tobytes(): rows for rows in parts.values()}
    computed = dict(zip(distinct, _draw([*distinct.values()], answers, resamples), strict=True))
    drawn = [computed[rows.tobytes()] for rows in parts.values()]
    result: dict[str, Any] = {name: {} for name in PARTITIONS}
    for (kind, value), rows, values in zip(parts, parts.values(), drawn, strict=True):
        part = _figures(answers, answers.counts(resamples, rows), values, settings)
        part["coverage"] = float(answers.understood[rows].mean())
        part["localization"] = {"foreground_iou": _mean(iou, rows, resamples, settings)}
        if kind in PARTITIONS:
            result[kind][value] = part
        else:
            result[kind] = part
    counted = [
        values
        for (kind, _), rows, values in zip(parts, parts.values(), drawn, strict=True)
        if kind == "generator" and (rows & answers.fake & primary).sum() >= settings.minimum
    ]
    return result, _macro(counted, answers.counts(resamples, primary), settings)


def _macro(
    drawn: list[dict[str, Floats]], counts: dict[str, int], settings: Settings
) -> dict[str, Figure]:
    """Average over generators, each counting the same however many images it made."""
    n, groups = counts["fake"], min(counts["fake_groups"], counts["real_groups"])
    names = {f"macro_{name}": name for name in MACRO}
    if not drawn:
        reason = f"no generator has {settings.minimum} images"
        return {macro: absent(reason, n) for macro in names}
    result = {}
    for macro, name in names.items():
        values = np.mean([cell[name] for cell in drawn], axis=0)
        lacks = np.isnan(values).all()
        result[macro] = (
            absent("the detector gives no score", n)
            if lacks
            else figure(values, n, settings.level, groups=groups)
        )
    return result


def _parts(
    frame: pd.DataFrame, fake: NDArray[np.bool_], primary: NDArray[np.bool_]
) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Give the rows of each part, with the real images that it is set against."""
    parts = {}
    for kind in PARTITIONS:
        column = frame[kind].fillna("").to_numpy(dtype=object)
        for value in sorted({str(v) for v in column} - {""}):
            parts[kind, value] = column == value
    unseen = frame["unseen"].to_numpy(dtype=np.bool_)
    parts["seen", ""], parts["unseen", ""] = fake & primary & ~unseen, fake & primary & unseen
    parts = {key: rows for key, rows in parts.items() if rows.any()}
    return {
        key: rows if (rows & ~fake).any() else rows | (primary & ~fake)
        for key, rows in parts.items()
    }


def _draw(
    parts: list[NDArray[np.bool_]], answers: detection.Answers, resamples: Resamples
) -> list[dict[str, Floats]]:
    """Compute each part's values on every resample."""
    if not parts:  # of images of one class that names no families
        return []
    columns = detection.verdict_columns(answers)
    sums = resamples.sums(np.concatenate([columns * rows[:, None] for rows in parts], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = [detection.verdict_values(sums[:, 6 * k : 6 * k + 6]) for k in range(len(parts))]
    if np.isnan(answers.score).all():
        nothing = np.full(len(sums), np.nan)
        return [d | {"auroc": nothing, "balanced_average_precision": nothing} for d in drawn]
    same: dict[bytes, list[int]] = {}
    for k, rows in enumerate(parts):
        same.setdefault((rows & ~answers.fake).tobytes(), []).append(k)
    for members in same.values():
        real = np.flatnonzero(parts[members[0]] & ~answers.fake)
        fakes = [np.flatnonzero(parts[k] & answers.fake) for k in members]
        for k, values in zip(members, _ranked(fakes, real, answers, resamples), strict=True):
            drawn[k] |= values
    return drawn


def _ranked(
    fakes: list[NDArray[np.intp]],
    real: NDArray[np.intp],
    answers: detection.Answers,
    resamples: Resamples,
) -> list[dict[str, Floats]]:
    """Rank several sets of fakes against the same real images."""
    from fakevlm_bench.metrics.kernels import part_values

    score = answers.ranks()
    real = real[np.argsort(score[real], kind="stable")]
    fakes = [rows[np.argsort(-score[rows], kind="stable")] for rows in fakes]
    starts = np.cumsum([0, *map(len, fakes)])
    every = np.concatenate(fakes)
    end = np.zeros(len(every), dtype=np.bool_)
    for start, rows in zip(starts[:-1], fakes, strict=True):
        end[start + ranking.tie_ends(score[rows])] = True
    below, upto = (np.searchsorted(score[real], score[every], side) for side in ("left", "right"))
    cluster = resamples.cluster
    values = part_values(resamples.blocks, cluster[real], cluster[every], below, upto, end, starts)
    values = values[: resamples.count + 1]
    names = ("auroc", "balanced_average_precision")
    return [{name: values[:, k, i] for i, name in enumerate(names)} for k in range(len(fakes))]


def _figures(
    answers: detection.Answers,
    counts: dict[str, int],
    drawn: dict[str, Floats],
    settings: Settings,
) -> dict[str, Any]:
    """Turn one part's values into figures."""
    found = {
        "balanced_accuracy": detection.checked(drawn["balanced_accuracy"], counts, "both", settings)
    }
    for label in ("fake", "real"):
        name = f"recall_{label}"
        found[name] = detection.proportion(drawn[name], counts, label, settings)
    for name in ("auroc", "balanced_average_precision"):
        if np.isnan(answers.score).all():
            found[name] = absent("the detector gives no score", counts["both"])
        else:
            found[name] = detection.checked(drawn[name], counts, "both", settings)
    return {"n": {"fake": counts["fake"], "real": counts["real"]}, "detection": found}


def _mean(
    values: Floats, rows: NDArray[np.bool_], resamples: Resamples, settings: Settings
) -> Figure:
    """Average the values that there are among some rows."""
    rows = rows & ~np.isnan(values)
    n = int(rows.sum())
    if n < settings.minimum:
        return absent(f"{n} fake images with a true region, fewer than {settings.minimum}", n)
    return mean_figure(values[rows], resamples.subset(rows), settings.level)
