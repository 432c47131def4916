"""The public Python interface: a handful of functions, re-exported from `fakevlm_bench`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.engine.manifest import Manifest
from fakevlm_bench.engine.run import Options, Progress, execute, make_plan
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.errors import ConfigError, unknown_name
from fakevlm_bench.protocols import Detector
from fakevlm_bench.registry import load_conditions
from fakevlm_bench.result import Result
from fakevlm_bench.types import Condition, Task

if TYPE_CHECKING:
    import pandas as pd

    from fakevlm_bench.metrics import Entrant
    from fakevlm_bench.metrics.planning import StudyPlan


class Run:
    """A run on disk: one detector on one task under its conditions."""

    def __init__(self, path: str | Path) -> None:
        """Name the folder of a finished run."""
        self.folder = RunFolder(path)

    def __repr__(self) -> str:
        """Name its folder."""
        return f"Run({str(self.path)!r})"

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.folder.path

    @cached_property
    def manifest(self) -> Manifest:
        """What was run, with what, and when.

        Raises:
            RunError: There is no run, or a newer version wrote it.
        """
        return self.folder.manifest()

    @cached_property
    def result(self) -> Result:
        """The figures; those of the clean condition also stand at the top.

        Raises:
            RunError: The run has not been scored.
        """
        return self.folder.result()

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """One row for each sample under each condition (`engine.schema.PREDICTIONS`)."""
        import pandas as pd

        return pd.read_parquet(self.folder.predictions_path)

    @cached_property
    def truth(self) -> pd.DataFrame:
        """The truth about each row (`fakevlm_bench.engine.schema.TRUTH`)."""
        from fakevlm_bench.engine.score import latest

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
    return Run(execute(plan, options, progress).path)


def compare(
    runs: Sequence[Run | str | Path],
    metric: str = "balanced_accuracy",
    *,
    condition: str = "clean",
    intersection: bool = False,
) -> pd.DataFrame:
    """Compare every two of several runs on the same samples.

    Args:
        runs: At least two scored runs, or their folders.
        metric: One of `fakevlm_bench.metrics.entrants.COMPARED`.
        condition: Id of the condition to compare under.
        intersection: Compare on the shared samples where sets or task versions differ.

    Returns:
        One row for each pair, as `fakevlm_bench.metrics.compare` says; its ``attrs`` hold the
        ranking with tie groups.

    Raises:
        ConfigError: Fewer than two runs, or an unknown metric or condition.
        DataError: Task versions, sample sets or labels differ.
        RunError: A run cannot be read, or has not been scored.
    """
    from fakevlm_bench.metrics import compare as compare_frames

    opened = [one if isinstance(one, Run) else Run(one) for one in runs]
    called = [one.manifest.detector.name for one in opened]
    entrants = [
        _entrant(run, name if called.count(name) == 1 else f"{name}-{run.manifest.id}", condition)
        for run, name in zip(opened, called, strict=True)
    ]
    return compare_frames(entrants, metric, intersection=intersection)


def _entrant(run: Run, name: str, condition: str) -> Entrant:
    from fakevlm_bench.metrics import Entrant
    from fakevlm_bench.metrics.join import join

    conditions = list(run.result.conditions)
    if condition not in conditions:
        raise unknown_name(f"condition of {run.path}", condition, conditions)
    sides = (frame[frame["condition_id"] == condition] for frame in (run.predictions, run.truth))
    heat = run.manifest.scoring.get("heat_threshold")
    return Entrant(name, run.manifest.task.key, join(*sides), heat)


def power(
    runs: Sequence[Run | str | Path],
    *,
    difference: float | None = None,
    metric: str = "balanced_accuracy",
    condition: str = "clean",
    power: float = 0.8,
) -> StudyPlan:
    """Estimate how many images it takes to tell two detectors apart.

    Args:
        runs: One pilot run, or two on the same samples, or their folders.
        difference: To be detected, in (0, 1]; by default the two pilots' own.
        metric: One of `fakevlm_bench.metrics.entrants.COMPARED`.
        condition: Id of the condition to compare under.
        power: Probability of detecting the difference, in (0.05, 1).

    Returns:
        ``images``, ``difference``, ``standard_error``, ``pilot_images`` and ``metric``.

    Raises:
        ConfigError: No difference to find, or an unknown metric or condition.
        DataError: The two are of different tasks or samples, or a pilot has no standard error.
        RunError: A run cannot be read, or has not been scored.
    """
    from fakevlm_bench.metrics import power as plan_study

    opened = [one if isinstance(one, Run) else Run(one) for one in runs]
    pilots = [_entrant(run, f"run {k}", condition) for k, run in enumerate(opened)]
    return plan_study(pilots, difference=difference, metric=metric, power=power)


def score_responses(
    answers: str | Path,
    *,
    task: Task,
    format: str = "records",  # noqa: A002 - the word that users know
    threshold: float = 0.5,
    coordinates: str = "auto",
    answers_form: str | None = None,
) -> Result:
    """Score another program's answers to a task's clean images.

    Args:
        answers: JSON (a list), JSON lines, CSV or Parquet; the ids are the task's sample ids.
        task: From `load_task`; samples without an answer count as failed.
        format: ``records`` (``id`` with ``text``, ``score`` = P(fake) or ``logit``, and
            ``boxes``, [[x0, y0, x1, y1], …], where there are any), or ``fakevlm`` (``id`` and
            ``caption``, as FakeVLM's official evaluation writes).
        threshold: P(fake) above which an answer without words means FAKE.
        coordinates: Unit of ``boxes`` and of boxes in JSON answers, one of
            `answers.regions.Coordinates`: ``auto``, ``pixels``, ``unit``, ``thousand``,
            ``qwen2_5``.
        answers_form: The published form of answers in words (`fakevlm_bench.answers.forms`), what
            a detector's config calls ``answers``; None for ``fakevlm`` in that format, else
            ``free``.

    Returns:
        The figures, as in `Run.result`.

    Raises:
        ConfigError: No such format, form or unit, or a threshold outside [0, 1].
        DataError: The file cannot be read, or does not belong to the task.
    """
    from fakevlm_bench.answers.forms import form_of
    from fakevlm_bench.answers.interpret import ParseSettings, yes_of
    from fakevlm_bench.answers.regions import coordinates_named
    from fakevlm_bench.foreign_answers.files import read_answers
    from fakevlm_bench.foreign_answers.records import score_answers
    from fakevlm_bench.textfiles import printable

    if not 0 <= threshold <= 1:
        raise ConfigError(f"threshold={threshold} is not a probability: it must lie within [0, 1]")
    reading = ParseSettings(
        threshold,
        coordinates_named(coordinates).value,
        answers=str(form_of(answers_form or ("fakevlm" if format == "fakevlm" else "free"))),
        yes=yes_of(task.prompt, yes=task.yes),
    )
    path = Path(answers)
    name = Path(printable(path)).stem
    return score_answers(task, read_answers(path, format), reading, name)
