"""What a run consists of: options, samples, conditions and identity, before anything is asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fakevlm_bench.engine.attack_step import refuse
from fakevlm_bench.engine.contract import check_condition, check_dataset, check_detector
from fakevlm_bench.engine.manifest import Identity
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.protocols import Attack, Dataset, Detector, JsonObject
from fakevlm_bench.types import Condition, Sample, Task


@dataclass(frozen=True)
class Options:
    """How a run is executed; none of it but `seed` and `limit` changes a response.

    Attributes:
        seed: Of everything random; part of the run's identity.
        limit: Only so many samples, chosen by their ids' digests; part of the identity.
        runs: Folder under which runs are kept.
        cache: SQLite file; ``auto`` is in the user's cache folder; None keeps none.
        max_failed: Share of the planned queries that may fail, in [0, 1]; all attempts count.
        retry_failed: Ask again for what failed before.
        workers: Processes that prepare images; None is one per core; 0 is none.
        ahead: Batches prepared ahead.
        skip_unsupported: Leave out conditions that the detector does not support.
        scoring: Of `metrics.Settings` what is not the default, and ``price_per_hour``.
        config: The resolved configuration, for the record.
        overrides: What the user set of it by hand, less addresses, paths and secrets.
    """

    seed: int = 0
    limit: int | None = None
    runs: str | Path = "runs"
    cache: str | Path | None = "auto"
    max_failed: float = 0.1
    retry_failed: bool = False
    workers: int | None = None
    ahead: int = 4
    skip_unsupported: bool = False
    scoring: JsonObject = field(default_factory=dict)
    config: JsonObject = field(default_factory=dict)
    overrides: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ConfigError: A number is out of its range.
        """
        if not 0 <= self.max_failed <= 1:
            raise ConfigError(f"max_failed={self.max_failed:g}: it must be from 0 to 1")
        if self.workers is not None and self.workers < 0:
            raise ConfigError(
                f"launcher.workers={self.workers}: it must be 0 (none) or more, "
                "or null for one per core"
            )
        if self.ahead < 0:
            raise ConfigError(f"launcher.ahead={self.ahead}: it must be 0 or more")


@dataclass(frozen=True)
class Plan:
    """What a run consists of, before anything is asked.

    Attributes:
        conditions: In the order in which each batch goes through them.
        skipped: Reasons, by the id of each condition that is left out.
        ids: Of the samples, in the dataset's order.
        identity: What the run's id is the digest of.
    """

    task: Task
    detector: Detector
    conditions: tuple[Condition, ...]
    skipped: Mapping[str, str]
    ids: tuple[str, ...]
    identity: Identity

    @property
    def run_id(self) -> str:
        """Digest of the identity, 16 hexadecimal digits."""
        return self.identity.run_id

    @property
    def planned(self) -> int:
        """Number of queries."""
        return len(self.ids) * len(self.conditions)

    def folder(self, runs: str | Path) -> RunFolder:
        """Return the run's folder below `runs`, named by what the run is."""
        task = self.task.key.replace("/", "_").replace(":", "_")
        return RunFolder(Path(runs) / task / f"{self.detector.name}-{self.run_id}")

    def missing(self, runs: str | Path) -> dict[str, int]:
        """Count the queries that have no response yet, by condition."""
        run = self.folder(runs)
        answered = run.answered() if run.exists else {}
        return {one.id: len(self.ids) - len(answered.get(one.id, ())) for one in self.conditions}

    def samples(self) -> Iterator[Sample]:
        """Stream the chosen samples in the dataset's order."""
        ids = set(self.ids)
        return (sample for sample in self.task.dataset if sample.id in ids)


def chosen_ids(dataset: Dataset, limit: int | None, seed: int) -> tuple[str, ...]:
    """List the samples of a run, in the dataset's order.

    With a limit those are taken whose digests come first, so that a dataset sorted by
    class still gives both.

    Args:
        dataset: Whose samples.
        limit: How many; None for all.
        seed: Chooses them.

    Raises:
        DataError: An id is missing or appears twice, or there are no samples.
    """
    ids = dataset.ids()
    if not ids:
        raise DataError("the dataset has no samples")
    if "" in ids:
        raise DataError(f"sample {ids.index('')} of the dataset (counted from 0) has no id")
    if len(set(ids)) != len(ids):
        twice = next(name for name, count in Counter(ids).items() if count > 1)
        raise DataError(f"the dataset has more than one sample with the id '{twice}'")
    if limit is None or limit >= len(ids):
        return tuple(ids)
    ranked = sorted(ids, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    first = set(ranked[:limit])
    return tuple(name for name in ids if name in first)


def make_plan(
    task: Task, detector: Detector, conditions: Sequence[Condition], options: Options
) -> Plan:
    """Work out what a run consists of.

    Args:
        task: What is measured.
        detector: What answers.
        conditions: Under which conditions.
        options: Seed, limit, and whether unsupported conditions are left out.

    Raises:
        ConfigError: The detector, a condition or the dataset does not keep its contract, the
            detector cannot be put under a condition, or a limit is below 1.
        DataError: The dataset's ids are unusable, or its fingerprint is not the pinned one.
    """
    check_detector(detector)
    check_dataset(task.dataset)
    for one in conditions:
        check_condition(one)
    if options.limit is not None and options.limit < 1:
        raise ConfigError(f"limit={options.limit}: it must be at least 1, or null for all samples")
    skipped = refuse(conditions, detector)
    if skipped and not options.skip_unsupported:
        reason = next(iter(skipped.values()))
        raise ConfigError(f"{reason}; conditions.skip_unsupported=true leaves it out")
    supported = tuple(one for one in conditions if one.id not in skipped)
    identity = Identity(
        task=task.key,
        prompt=task.prompt,
        dataset=task.dataset.fingerprint(),
        detector=dict(detector.fingerprint()),
        conditions={one.id: _identity(one) for one in supported},
        seed=options.seed,
        limit=options.limit,
    )
    ids = chosen_ids(task.dataset, options.limit, options.seed)
    return Plan(task, detector, supported, skipped, ids, identity)


def _identity(condition: Condition) -> JsonObject:
    """Return what a condition does: its configuration, and an attack's own fingerprint."""
    if isinstance(condition.operation, Attack):
        return {**condition.spec, "attack": dict(condition.operation.fingerprint())}
    return dict(condition.spec)
