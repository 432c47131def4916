"""The shortcut audit of a task: read, probe, say what gets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.audit.collect import Surfaces, collect
from fakevlm_bench.audit.probes import MODELS, Design, design, fold_auroc, out_of_fold
from fakevlm_bench.audit.surface import names
from fakevlm_bench.audit.warning_text import through, twins_apart, warning
from fakevlm_bench.datasets.notes import notes_of
from fakevlm_bench.engine.run import chosen_ids
from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics.stats import Resamples
from fakevlm_bench.types import Label, Task

FEWEST = 10
"""Images and photographs of each class under which no probe is fitted."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a task is audited; written into the result.

    Attributes:
        limit: Only so many images, those that a run with this limit takes; null reads all.
        folds: Of the cross-validation.
        level: That all intervals together hold the truth (Bonferroni: each has
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
    settings: Settings | None = None,
    progress: Callable[[int], Any] = lambda _: None,
) -> dict[str, Any]:
    """Ask what a detector could learn of a task's labels without looking at the pictures.

    Unpaired images and images that cannot be decoded are left out and counted.

    Args:
        task: What to audit.
        settings: How.
        progress: Told how many images were read, after each batch.

    Returns:
        JSON values: ``task``, ``data`` (the dataset's fingerprint), ``settings``,
        ``counts``, ``probes`` (for each: ``linear`` and ``trees``, figures with
        ``value``, ``low``, ``high``, ``n``; ``through``) and ``warnings`` in words.

    Raises:
        DataError: A class has fewer than `FEWEST` images or photographs, or no image
            can be decoded.
    """
    settings = settings or Settings()
    chosen = frozenset(chosen_ids(task.dataset, settings.limit, settings.seed))
    samples = (sample for sample in task.dataset if sample.id in chosen)
    found = collect(samples, settings.workers, progress)
    groups = _check(found)
    plan, resamples = _design(found, settings)
    probes = {
        probe: _probe(values, plan, resamples, settings) for probe, values in found.values.items()
    }
    warnings = [str(note) for note in notes_of(task.dataset)] + _undecodable(found)
    warnings += [
        warning(probe, probes[probe], values, found.fake, names()[probe])
        for probe, values in found.values.items()
        if probes[probe]["through"]
    ]
    warnings += filter(None, [twins_apart(probes)])
    return {
        "task": task.key,
        "data": task.dataset.fingerprint(),
        "settings": {
            "limit": settings.limit, "folds": settings.folds, "level": settings.level,
            "resamples": settings.resamples, "seed": settings.seed,
        },
        "counts": {
            "fake": int(found.fake.sum()), "real": int((~found.fake).sum()), "groups": groups,
            "unpaired": dict(sorted(found.unpaired.items())),
            "undecodable": len(found.undecodable),
        },
        "probes": probes,
        "warnings": warnings,
    }  # fmt: skip


def _design(found: Surfaces, settings: Settings) -> tuple[Design, Resamples]:
    """Deal the images out to folds, and draw the resamples."""
    twins = [twin if fake else "" for twin, fake in zip(found.pair, found.fake, strict=True)]
    plan = design(found.fake, found.group, twins, settings.folds, settings.seed)
    kinds = found.fake.astype(int).tolist()
    return plan, Resamples(kinds, found.group, settings.resamples, settings.seed)


def _probe(
    values: NDArray[np.float32], plan: Design, resamples: Resamples, settings: Settings
) -> dict[str, Any]:
    """Fit a probe's models, and give their figures and whether it gets through."""
    level = 1 - (1 - settings.level) / (len(names()) * len(MODELS))
    figures: dict[str, Any] = {
        model: fold_auroc(out_of_fold(values, plan, model, settings.seed), plan, resamples, level)
        for model in MODELS
    }
    return {**figures, "through": through(list(figures.values()))}


def _check(found: Surfaces) -> int:
    """Give the number of photographs.

    Raises:
        DataError: There is too little of a class to fit anything.
    """
    group = np.array(found.group)
    counts = {
        label: (int(rows.sum()), len(set(group[rows])))
        for label, rows in (("fake", found.fake), ("real", ~found.fake))
    }
    for label, (images, groups) in counts.items():
        if min(images, groups) < FEWEST:
            aside = sum(found.unpaired.values()) + len(found.undecodable)
            raise DataError(
                f"{images} {label} images of {groups} photographs are too few for an audit, which "
                f"needs {FEWEST} of each class ({aside} images are unpaired or undecodable)"
            )
    return len(set(found.group))


def _undecodable(found: Surfaces) -> list[str]:
    """Say which images could not be decoded; where they are of one class, that is a leak too."""
    if not found.undecodable:
        return []
    fake = sum(label is Label.FAKE for _, label, _ in found.undecodable)
    name, _, reason = found.undecodable[0]
    real = len(found.undecodable) - fake
    return [f"left out {fake} fake and {real} real images, undecodable; '{name}': {reason}"]
