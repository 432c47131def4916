"""The shortcut audit of a task: read, probe, say what gets through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.audit.collect import Surfaces, collect
from fakevlm_bench.audit.probes import MODELS, Design, design, fold_auroc, out_of_fold
from fakevlm_bench.audit.surface import names
from fakevlm_bench.audit.warning_text import leaks, twins_apart, warning
from fakevlm_bench.datasets.notes import notes_of
from fakevlm_bench.engine.run import chosen_ids
from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics.stats import Resamples
from fakevlm_bench.result import Document, Figure
from fakevlm_bench.types import Label, Task

FEWEST = 10
"""Images and photographs of each class under which no probe is fitted."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """How a task is audited; written into the result.

    Attributes:
        limit: Only so many images, those that a run with this limit takes; null reads all.
        folds: Of the cross-validation.
        level: Confidence that all intervals together hold the truth (Bonferroni: each has
            ``1 − (1 − level) / 18``), so that a clean set seldom gives a warning.
        resamples: Of the intervals.
        seed: Of folds, fits and resamples.
        workers: Processes that read images; 0 reads in this one, null takes one per core.
    """

    limit: int | None = None
    folds: int = 5
    level: float = 0.95
    resamples: int = 2000
    seed: int = 0
    workers: int | None = None


def audit(
    task: Task,
    settings: AuditSettings | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> Document:
    """Measure what a detector could learn of a task's labels without looking at the pictures.

    Unpaired images and images that cannot be decoded are left out and counted.

    Args:
        task: What to audit.
        settings: How.
        progress: Called with the number of images read, after each batch.

    Returns:
        JSON values: ``task``, ``data`` (the dataset's fingerprint), ``settings``,
        ``counts``, ``probes`` (for each: ``linear`` and ``trees``, figures with
        ``value``, ``low``, ``high``, ``n``; ``through``) and ``warnings`` in words.

    Raises:
        DataError: A class has fewer than `FEWEST` images or photographs, or no image
            can be decoded.
    """
    settings = settings or AuditSettings()
    ids = frozenset(chosen_ids(task.dataset, settings.limit, settings.seed))
    samples = (sample for sample in task.dataset if sample.id in ids)
    surfaces = collect(samples, settings.workers, progress)
    groups = _count_photographs(surfaces)
    figures = _probe_all(surfaces, settings)
    return {
        "task": task.key,
        "data": task.dataset.fingerprint(),
        "settings": {
            "limit": settings.limit, "folds": settings.folds, "level": settings.level,
            "resamples": settings.resamples, "seed": settings.seed,
        },
        "counts": {
            "fake": int(surfaces.fake.sum()), "real": int((~surfaces.fake).sum()),
            "groups": groups, "unpaired": dict(sorted(surfaces.unpaired.items())),
            "undecodable": len(surfaces.undecodable),
        },
        "probes": {
            probe: {model: figure.to_json() for model, figure in by_model.items()}
            | {"through": leaks(by_model)}
            for probe, by_model in figures.items()
        },
        "warnings": _warnings(task, surfaces, figures),
    }  # fmt: skip


def _probe_all(surfaces: Surfaces, settings: AuditSettings) -> dict[str, dict[str, Figure]]:
    """Fit every probe's models; return their AUROC by probe and model.

    The fits are small: on a busy machine, threads of OpenMP and BLAS would spend most of the
    time waiting for one another.
    """
    from threadpoolctl import threadpool_limits

    plan, resamples = _design(surfaces, settings)
    with threadpool_limits(limits=1):
        return {
            probe: _probe(values, plan, resamples, settings)
            for probe, values in surfaces.values.items()
        }


def _design(surfaces: Surfaces, settings: AuditSettings) -> tuple[Design, Resamples]:
    """Deal the images out to folds, and draw the resamples."""
    pairs = zip(surfaces.pair, surfaces.fake, strict=True)
    twins = [twin if fake else "" for twin, fake in pairs]
    plan = design(surfaces.fake, surfaces.group, twins, settings.folds, settings.seed)
    kinds = surfaces.fake.astype(int).tolist()
    return plan, Resamples(kinds, surfaces.group, settings.resamples, settings.seed)


def _probe(
    values: NDArray[np.float32], plan: Design, resamples: Resamples, settings: AuditSettings
) -> dict[str, Figure]:
    level = 1 - (1 - settings.level) / (len(names()) * len(MODELS))
    return {
        model: fold_auroc(out_of_fold(values, plan, model, settings.seed), plan, resamples, level)
        for model in MODELS
    }


def _warnings(
    task: Task, surfaces: Surfaces, figures: Mapping[str, Mapping[str, Figure]]
) -> list[str]:
    lines = [str(note) for note in notes_of(task.dataset)] + _undecodable(surfaces)
    lines += [
        warning(probe, figures[probe], values, surfaces.fake, names()[probe])
        for probe, values in surfaces.values.items()
        if leaks(figures[probe])
    ]
    return lines + [line for line in [twins_apart(figures)] if line]


def _count_photographs(surfaces: Surfaces) -> int:
    """Return the number of photographs.

    Raises:
        DataError: There is too little of a class to fit anything.
    """
    group = np.array(surfaces.group)
    counts = {
        label: (int(rows.sum()), len(set(group[rows])))
        for label, rows in (("fake", surfaces.fake), ("real", ~surfaces.fake))
    }
    for label, (images, groups) in counts.items():
        if min(images, groups) < FEWEST:
            aside = sum(surfaces.unpaired.values()) + len(surfaces.undecodable)
            raise DataError(
                f"{images} {label} images of {groups} photographs are too few for an audit, which "
                f"needs {FEWEST} of each class ({aside} images are unpaired or undecodable)"
            )
    return len(set(surfaces.group))


def _undecodable(surfaces: Surfaces) -> list[str]:
    """Say which images could not be decoded; where they are of one class, that is a leak too."""
    if not surfaces.undecodable:
        return []
    fake = sum(label is Label.FAKE for _, label, _ in surfaces.undecodable)
    name, _, reason = surfaces.undecodable[0]
    real = len(surfaces.undecodable) - fake
    return [f"left out {fake} fake and {real} real images, undecodable; '{name}': {reason}"]
