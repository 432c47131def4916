"""Figures of parts of a task: families, generators, categories, seen and unseen.

A part without real images of its own is set against all real images of the
primary samples. AUROC and average precision of many parts come from one pass:
the real images are ranked once for each resample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics import detection, ranking
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import Figure, Floats, Resamples, absent, figure, mean_figure
from fakevlm_bench.result import Section

if TYPE_CHECKING:
    import pandas as pd

Rows: TypeAlias = NDArray[np.bool_]
Values: TypeAlias = dict[str, Floats]
"""Figures of one part on the sample and on each resample, (1 + count,) each."""

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
    primary: Rows,
) -> tuple[dict[str, Section], dict[str, Figure]]:
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
    computed = dict(zip(distinct, _values([*distinct.values()], answers, resamples), strict=True))
    sections: dict[tuple[str, str], Section] = {}
    generators = []
    for (kind, name), rows in parts.items():
        values = computed[rows.tobytes()]
        sections[kind, name] = Section(
            {
                **_figures(answers, answers.counts(resamples, rows), values, settings),
                "coverage": float(answers.understood[rows].mean()),
                "localization": {"foreground_iou": _mean(iou, rows, resamples, settings)},
            }
        )
        images = (rows & answers.fake & primary).sum()
        if kind == "generator" and images >= settings.minimum:
            generators.append(values)
    return _nested(sections), _macro(generators, answers.counts(resamples, primary), settings)


def _nested(parts: dict[tuple[str, str], Section]) -> dict[str, Section]:
    """Nest the parts of each partition below its name; seen and unseen are one part each."""
    result = {
        kind: Section({name: part for (of, name), part in parts.items() if of == kind})
        for kind in PARTITIONS
    }
    return result | {kind: part for (kind, _), part in parts.items() if kind not in PARTITIONS}


def _macro(
    generators: list[Values], counts: dict[str, int], settings: Settings
) -> dict[str, Figure]:
    """Average over generators, each counting the same however many images it made."""
    n, groups = counts["fake"], min(counts["fake_groups"], counts["real_groups"])
    names = {f"macro_{name}": name for name in MACRO}
    if not generators:
        reason = f"no generator has {settings.minimum} images"
        return {macro: absent(reason, n) for macro in names}
    result = {}
    for macro, name in names.items():
        values = np.mean([values[name] for values in generators], axis=0)
        lacks = np.isnan(values).all()
        result[macro] = (
            absent("the detector gives no score", n)
            if lacks
            else figure(values, n, settings.level, groups=groups)
        )
    return result


def _parts(frame: pd.DataFrame, fake: Rows, primary: Rows) -> dict[tuple[str, str], Rows]:
    """Return the rows of each part, with the real images that it is set against."""
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


def _values(parts: list[Rows], answers: detection.Answers, resamples: Resamples) -> list[Values]:
    """Compute each part's values on every resample."""
    if not parts:  # of images of one class that names no families
        return []
    columns = detection.verdict_columns(answers)
    sums = resamples.sums(np.concatenate([columns * rows[:, None] for rows in parts], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        verdicts = [detection.verdict_values(sums[:, 6 * k : 6 * k + 6]) for k in range(len(parts))]
    if np.isnan(answers.score).all():
        nothing = np.full(len(sums), np.nan)
        return [v | {"auroc": nothing, "balanced_average_precision": nothing} for v in verdicts]
    same: dict[bytes, list[int]] = {}
    for k, rows in enumerate(parts):
        same.setdefault((rows & ~answers.fake).tobytes(), []).append(k)
    for members in same.values():
        real = np.flatnonzero(parts[members[0]] & ~answers.fake)
        fakes = [np.flatnonzero(parts[k] & answers.fake) for k in members]
        for k, values in zip(members, _ranked(fakes, real, answers, resamples), strict=True):
            verdicts[k] |= values
    return verdicts


def _ranked(
    fakes: list[NDArray[np.intp]],
    real: NDArray[np.intp],
    answers: detection.Answers,
    resamples: Resamples,
) -> list[Values]:
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
    values: Values,
    settings: Settings,
) -> dict[str, object]:
    """Turn one part's values into figures."""
    balanced = detection.checked(values["balanced_accuracy"], counts, "both", settings)
    figures = {"balanced_accuracy": balanced}
    for label in ("fake", "real"):
        name = f"recall_{label}"
        figures[name] = detection.proportion(values[name], counts, label, settings)
    for name in ("auroc", "balanced_average_precision"):
        if np.isnan(answers.score).all():
            figures[name] = absent("the detector gives no score", counts["both"])
        else:
            figures[name] = detection.checked(values[name], counts, "both", settings)
    return {"n": {"fake": counts["fake"], "real": counts["real"]}, "detection": figures}


def _mean(values: Floats, rows: Rows, resamples: Resamples, settings: Settings) -> Figure:
    """Average the values that there are among some rows."""
    rows = rows & ~np.isnan(values)
    n = int(rows.sum())
    if n < settings.minimum:
        return absent(f"{n} fake images with a true region, fewer than {settings.minimum}", n)
    return mean_figure(values[rows], resamples.subset(rows), settings.level)
