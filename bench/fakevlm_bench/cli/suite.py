"""The default suite: several detectors in one sweep, one table, one leaderboard."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.experimental.callback import Callback

from fakevlm_bench.cli.main import write
from fakevlm_bench.errors import BenchError

if TYPE_CHECKING:
    from hydra.core.utils import JobReturn
    from omegaconf import DictConfig

    from fakevlm_bench.api import Run

_log = logging.getLogger(__name__)

COLUMNS = (
    ("bal. acc.", "detection", "balanced_accuracy"),
    ("AUROC", "detection", "auroc"),
    ("IoU", "localization", "foreground_iou"),
)


class Suite(Callback):
    """Says how long a sweep will take, and sums it up at its end (a Hydra callback).

    Attributes:
        site: Folder of the leaderboard to write.
    """

    def __init__(self, site: str) -> None:
        """Take the folder that the leaderboard is written to."""
        self._site = Path(site)
        self._runs: list[Path] = []

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Measure a few samples with every detector and say about how long it will take."""
        from fakevlm_bench.cli.compose import instantiate
        from fakevlm_bench.engine.estimate import duration, estimate
        from fakevlm_bench.engine.run import make_plan
        from fakevlm_bench.registry import config as entry

        detectors = _detectors(config)
        _log.info("%d detectors: %s", len(detectors), ", ".join(detectors))
        total, calls, unknown = 0.0, 0, 0
        for name in detectors:
            one = config.copy()
            try:
                one.detector = entry("detector", name)
                job = instantiate(one)
                plan = make_plan(job.task, job.detector, job.conditions, job.options)
                cost = estimate(plan, job.options)
            except BenchError as error:
                _log.debug("no estimate for %s: %s", name, error)  # its run will say so itself
                continue
            total, calls = total + (cost.seconds or 0.0), calls + cost.calls
            unknown += cost.seconds is None
        _log.info(
            "%s detector calls to make, about %s%s; scoring and pages come on top, seconds for "
            "each",
            f"{calls:,}",
            duration(total),
            f" without {unknown} served ones, for which it is not known" if unknown else "",
        )

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:
        """Remember where the run is."""
        if job_return.return_value is not None:
            self._runs.append(Path(job_return.return_value))

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """Print the table and write the leaderboard."""
        from fakevlm_bench.api import Run
        from fakevlm_bench.leaderboard.build import build_from_runs

        if not self._runs:
            return
        write(table([Run(path) for path in self._runs]))
        page = build_from_runs(self._runs, None, self._site)
        write(f"leaderboard: {page}")


def _detectors(config: DictConfig) -> list[str]:
    """List the sweep's detectors: the command line's, or else the experiment's."""
    by_hand = [word for word in config.hydra.overrides.task if word.startswith("detector=")]
    names = by_hand[-1].partition("=")[2] if by_hand else config.hydra.sweeper.params.detector
    return [name.strip() for name in str(names).split(",")]


def table(runs: list[Run]) -> str:
    """Lay runs side by side: primary figures with intervals, then accuracy by condition."""
    from fakevlm_bench.report.layout import wrapped

    conditions = list(dict.fromkeys(name for run in runs for name in run.result.conditions))
    head = ["detector", *(title for title, _, _ in COLUMNS), "coverage"]
    rows = [
        [
            run.result["detector"],
            *(run.result.figure(family, name).text for _, family, name in COLUMNS),
            f"{run.result.coverage().value:.0%}",
        ]
        for run in runs
    ]
    accuracy = [
        [
            run.result["detector"],
            *(
                run.result.figure("conditions", name, "detection", "balanced_accuracy").value_text
                for name in conditions
            ),
        ]
        for run in runs
    ]
    return "\n".join(
        (
            "",
            *wrapped(f"{runs[0].result['task']}, clean, {runs[0].result.intervals}"),
            _grid(head, rows),
            "\nbalanced accuracy by condition (– = cannot be measured)",
            _grid(["detector", *conditions], accuracy),
        )
    )


def _grid(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])
