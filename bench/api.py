"""The public Python interface: a handful of functions, re-exported from `bench`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.engine.record import RunFolder
from bench.engine.run import Options, Progress, carry_out, make_plan
from bench.registry import load_conditions
from bench.types import Condition, Detector, Task

if TYPE_CHECKING:
    import pandas as pd


class Run:
    """A run on disk: one detector on one task under its conditions."""

    def __init__(self, path: str | Path) -> None:
        """Name the folder of a finished run."""
        self.folder = RunFolder(path)

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.folder.path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What was run, with what, and when.

        Raises:
            RunError: There is no run, or a newer version wrote it.
        """
        return self.folder.manifest()

    @cached_property
    def result(self) -> dict[str, Any]:
        """The figures; those of the clean condition also stand at the top.

        Raises:
            RunError: The run has not been scored.
        """
        result = self.folder.result()
        return {**result["conditions"].get("clean", {}), **result}

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """One row for each sample under each condition (`bench.engine.schema.PREDICTIONS`)."""
        import pandas as pd

        return pd.read_parquet(self.folder.predictions_path)

    @cached_property
    def truth(self) -> pd.DataFrame:
        """The truth about each row (`bench.engine.schema.TRUTH`)."""
        from bench.engine.score import latest

        frame: pd.DataFrame = latest(self.folder, "truth").to_pandas()
        return frame


def evaluate(
    task: Task,
    detector: Detector,
    conditions: Sequence[str | Condition] = ("clean",),
    run_dir: str | Path = "runs",
    *,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Run:
    """Measure a detector on a task, or continue where that was stopped.

    Args:
        task: From `load_task`, or one's own.
        detector: From `load_detector`, or one's own.
        conditions: Ids such as ``jpeg:3``, or conditions; ``clean`` is always measured.
        run_dir: Folder under which runs are kept.
        options: Seed, limit, cache and the like.
        progress: Shows progress; the command line passes its own.

    Raises:
        BenchError: With one line that says what is wrong and what would be right.
    """
    ready = [one for one in conditions if isinstance(one, Condition) and one.id != "clean"]
    named = load_conditions([one for one in conditions if isinstance(one, str)])
    options = replace(options or Options(), runs=run_dir)
    plan = make_plan(task, detector, [*named, *ready], options)
    return Run(carry_out(plan, options, progress).path)
