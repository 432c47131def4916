"""Writing a report: the page and the tables of one scored run."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.errors import BenchError, ConfigError
from fakevlm_bench.files import write_atomically
from fakevlm_bench.report.gather import Findings, choose_samples, panel_conditions
from fakevlm_bench.types import Task

if TYPE_CHECKING:
    from fakevlm_bench.engine.manifest import Manifest
    from fakevlm_bench.report.images import Panel

_log = logging.getLogger(__name__)

FORMATS = ("html", "csv", "parquet", "json", "latex")
ENDINGS = {"html": ".html", "csv": ".csv", "parquet": ".parquet", "json": ".json", "latex": ".tex"}
MOST_CONDITIONS = 14
"""Conditions that an image is shown under, unless they are named."""


def write_report(
    run: RunFolder,
    forms: Sequence[str] = ("html",),
    out: Path | None = None,
    *,
    task: Task | None = None,
    images: int = 6,
    samples: Sequence[str] = (),
    conditions: Sequence[str] = (),
) -> list[Path]:
    """Write a run's report.

    Args:
        run: A scored run.
        forms: Of `FORMATS`.
        out: A file, for one format, or a folder; by default ``report.html`` and the like in
            the run's folder.
        task: What the run was measured on; by default the installed task of that name.
        images: How many images to show; none needs no task.
        samples: Ids of images to show instead.
        conditions: Ids of conditions to show them under; by default each name's harshest.

    Returns:
        The files that were written.

    Raises:
        RunError: The run has not been scored.
        ConfigError: There is no such format, image or condition, or several formats for
            one file.
    """
    from fakevlm_bench.report import tables

    findings = Findings(run, run.result(), run.manifest())
    written: list[Path] = []
    for form, path in _targets(run, forms, out).items():
        if form == "html":
            panels, missing = _panels(findings, task, images, samples, conditions)
            from fakevlm_bench.report.page import render

            write_atomically(path, render(findings, panels, missing).encode())
            written.append(path)
        else:
            written += tables.write(findings, form, path)
    return written


def _targets(run: RunFolder, forms: Sequence[str], out: Path | None) -> dict[str, Path]:
    unknown = [form for form in forms if form not in ENDINGS]
    if unknown:
        raise ConfigError(f"unknown format '{unknown[0]}': use {', '.join(FORMATS)}")
    folder = run.path if out is None else out
    if out is not None and out.suffix and not out.is_dir():
        if len(forms) > 1:
            raise ConfigError(f"{out} is one file for {len(forms)} formats: name a folder")
        return {forms[0]: out}
    return {form: folder / f"report{ENDINGS[form]}" for form in forms}


def _panels(
    findings: Findings,
    task: Task | None,
    images: int,
    samples: Sequence[str],
    conditions: Sequence[str],
) -> tuple[list[Panel], str]:
    """Make the images to show, or say why there are none."""
    from fakevlm_bench.report.images import panels

    for name in conditions:
        if name not in findings.conditions:
            ids = ", ".join(findings.conditions)
            raise ConfigError(f"the run has no condition '{name}': it has {ids}")
    for name in samples:
        if name not in findings.labels.index:
            raise ConfigError(f"the run has no image '{name}'")
    names = list(samples) or choose_samples(findings, images)
    if not names:
        return [], ""
    source = task or task_of(findings.manifest)
    if isinstance(source, str):
        return [], source
    recorded = findings.manifest.task.fingerprint
    if source.dataset.fingerprint() != recorded:
        return [], f"No images: {source.key} here is not the data that the run was measured on."
    under = list(conditions) or panel_conditions(findings, MOST_CONDITIONS)
    return panels(findings, source, names, under), ""


def task_of(manifest: Manifest) -> Task | str:
    """Load a run's task, or say why that cannot be done.

    Only tasks that are installed are loaded; the record gives their settings, and never
    says what is instantiated.
    """
    from fakevlm_bench import registry

    try:
        return registry.recorded_task(manifest.task.key, manifest.config)
    except BenchError as error:
        _log.info("the images cannot be shown: %s", error)
        return f"No images: {error}"
