"""Where the truth comes from: the task in this checkout, never a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from fakevlm_bench.contract import described_dataset
from fakevlm_bench.errors import ConfigError, unknown_name
from fakevlm_bench.protocols import Attack
from fakevlm_bench.types import Condition, Sample, Task

if TYPE_CHECKING:
    import pandas as pd

    from fakevlm_bench.engine.manifest import Manifest
    from fakevlm_bench.engine.run_folder import RunFolder

Picture: TypeAlias = Callable[[str, str], bytes | None]
"""Encoded image of (sample id, condition id) as it was sent, or None."""


@dataclass(frozen=True)
class TaskTruth:
    """The truth of a task under a list of conditions.

    Attributes:
        key: ``name@version``.
        fingerprint: The dataset's.
        frame: One row per sample × condition, columns of `fakevlm_bench.engine.schema.TRUTH`,
            ordered by condition and then by sample id.
        metrics: Further metrics that the task asks for.
        about: Texts for the task's page: description, licence, citation, url, prompt, datasheet.
        picture: Source of the pictures on the samples' page.
    """

    key: str
    fingerprint: str
    frame: pd.DataFrame
    metrics: tuple[str, ...] = ()
    about: dict[str, str] = field(default_factory=dict)
    picture: Picture = lambda _sample, _condition: None

    @cached_property
    def sample_ids(self) -> list[str]:
        """Sample ids in the task's order."""
        ids: list[str] = self.frame["sample_id"].drop_duplicates().tolist()
        return ids

    @cached_property
    def ids_digest(self) -> str:
        """The `sample_ids_digest` of the task."""
        return sample_ids_digest(self.sample_ids)


TruthSource: TypeAlias = Callable[[str, tuple[str, ...], int], TaskTruth]
"""Truth of (``name@version``, conditions, seed); raises `ConfigError` where unknown."""


def folder_name(key: str) -> str:
    """Return the folder of a task: its key, with what file systems and URLs dislike replaced."""
    return key.replace(":", "-").replace("/", "-")


def sample_ids_digest(ids: Iterable[str]) -> str:
    """Digest a set of sample ids, whatever their order."""
    return hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()


def ordered(frame: pd.DataFrame, conditions: Sequence[str]) -> pd.DataFrame:
    """Order truth rows by condition and then by sample id.

    Args:
        frame: Of the truth.
        conditions: Ids, in their order.
    """
    place = {name: number for number, name in enumerate(conditions)}
    keyed = frame.assign(_place=frame["condition_id"].map(place))
    return keyed.sort_values(["_place", "sample_id"], ignore_index=True).drop(columns="_place")


def checkout_truth(key: str, conditions: tuple[str, ...], seed: int) -> TaskTruth:
    """Compute the truth of a task of this checkout, every condition made again.

    Args:
        key: ``name@version``.
        conditions: Ids.
        seed: Of the run; perturbations that move the image move its mask with it.

    Raises:
        ConfigError: There is no such task, version or condition here.
        DataError: The task's data cannot be read.
    """
    from fakevlm_bench.engine.ground_truth import truth_frame
    from fakevlm_bench.registry import load_condition, load_task

    task = load_task(key.partition("@")[0])
    if task.key != key:
        raise unknown_name("task", key, [task.key])
    frame = truth_frame(task, [load_condition(name) for name in conditions], seed)
    return TaskTruth(
        key,
        task.dataset.fingerprint(),
        ordered(frame, conditions),
        task.metrics,
        about_task(task),
        Pictures(task, seed),
    )


def about_task(task: Task) -> dict[str, str]:
    """Return what a task's page says: its own words, and the datasheet beside its data."""
    names = ("description", "licence", "citation", "url", "prompt")
    about = {name: str(getattr(task, name)) for name in names}
    folder = described_dataset(task.dataset).path
    sheet = Path(folder) / "README.md"
    there = bool(folder) and sheet.is_file()
    return {**about, "datasheet": sheet.read_text("utf-8")} if there else about


class Pictures:
    """Images as they were sent, made again from the task; attacks are not made again."""

    def __init__(self, task: Task, seed: int) -> None:
        """Take pictures from `task`, under the seed of its runs."""
        self._task = task
        self._seed = seed
        self._samples: dict[str, Sample] = {}
        self._conditions: dict[str, Condition] = {}

    def __call__(self, sample_id: str, condition_id: str) -> bytes | None:
        """Return the encoded image.

        Args:
            sample_id: Of the task.
            condition_id: Of the runs.

        Returns:
            None where the image depends on the detector or cannot be made.
        """
        from fakevlm_bench.engine.prepare import prepare
        from fakevlm_bench.registry import load_condition

        if not self._samples:
            self._samples = {sample.id: sample for sample in self._task.dataset}
        if condition_id not in self._conditions:
            self._conditions[condition_id] = load_condition(condition_id)
        condition = self._conditions[condition_id]
        if isinstance(condition.operation, Attack):
            return None
        prepared = prepare(self._samples[sample_id], condition, self._seed, self._task.prompt)
        return prepared.query.image if prepared.error is None else None


class RunTruths:
    """The truth that runs on this machine recorded; for one's own runs only."""

    def __init__(self, run_dirs: Sequence[Path]) -> None:
        """Read the manifests of finished runs."""
        from fakevlm_bench.engine.run_folder import RunFolder

        self._runs = [(run, run.manifest()) for run in map(RunFolder, run_dirs)]
        self._frames: dict[Path, pd.DataFrame] = {}

    def __call__(self, key: str, conditions: tuple[str, ...], seed: int) -> TaskTruth:
        """Return a task's truth, each condition from the first run that has it.

        Args:
            key: ``name@version``.
            conditions: Ids.
            seed: Of the runs.

        Raises:
            ConfigError: No run has the task or a condition.
        """
        import pandas as pd

        parts, manifest = [], None
        for condition in conditions:
            run, manifest = self._run_with(key, condition, seed)
            frame = self._frame(run)
            parts.append(frame[frame["condition_id"] == condition])
        if manifest is None:
            raise unknown_name("task", key, {m.task.key for _, m in self._runs})
        about, picture = self._task(manifest, seed)
        return TaskTruth(
            key,
            manifest.task.fingerprint,
            ordered(pd.concat(parts), conditions),
            tuple(manifest.scoring["metrics"]),
            about,
            picture,
        )

    def _task(self, manifest: Manifest, seed: int) -> tuple[dict[str, str], Picture]:
        """Load the runs' task for texts and pictures; without it there are fewer of both."""
        from fakevlm_bench.registry import recorded_task

        try:
            task: Task = recorded_task(manifest.task.key, manifest.config)
        except (ConfigError, KeyError):
            texts = {"licence": manifest.task.licence, "citation": manifest.task.citation}
            return texts, lambda _sample, _condition: None
        return about_task(task), Pictures(task, seed)

    def _run_with(self, key: str, condition: str, seed: int) -> tuple[RunFolder, Manifest]:
        names: set[str] = set()
        for run, manifest in self._runs:
            identity = manifest.identity
            if manifest.task.key == key and identity.seed == seed:
                names |= set(identity.conditions)
                if condition in identity.conditions:
                    return run, manifest
        raise unknown_name(f"condition of {key} with seed {seed}", condition, names)

    def _frame(self, run: RunFolder) -> pd.DataFrame:
        from fakevlm_bench.engine.score import latest

        if run.path not in self._frames:
            self._frames[run.path] = latest(run, "truth").to_pandas()
        return self._frames[run.path]
