"""One run from beginning to end: identity, plan, generate, score."""

from __future__ import annotations

import hashlib
import logging
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakevlm_bench.datasets.notes import as_records, notes_of
from fakevlm_bench.detectors.calibration import thresholds
from fakevlm_bench.engine import environment
from fakevlm_bench.engine.attack_step import Attacker, refuse
from fakevlm_bench.engine.cache import Cache, default_path, fingerprint_digest
from fakevlm_bench.engine.contract import check
from fakevlm_bench.engine.generate import Work, generate, refuse_failures
from fakevlm_bench.engine.notes import mask_notes, say
from fakevlm_bench.engine.querying import Asker
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.run_writer import Recorder
from fakevlm_bench.engine.schema import RUN_VERSION
from fakevlm_bench.engine.score import score
from fakevlm_bench.errors import ConfigError, DataError, RunError
from fakevlm_bench.files import sha256_file
from fakevlm_bench.protocols import Attack, Dataset, Detector
from fakevlm_bench.secret import hide
from fakevlm_bench.types import Condition, Sample, Task

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], AbstractContextManager[Callable[[int], Any]]]
"""Given (total, already done): a context that is told of every batch."""


@dataclass(frozen=True)
class Options:
    """How a run is carried out; none of it but `seed` and `limit` changes a response.

    Attributes:
        seed: Of everything random; part of the run's identity.
        limit: Only so many samples, chosen by their ids' digests; part of the identity.
        runs: Folder under which runs are kept.
        cache: SQLite file; ``auto`` is in the user's cache folder; None keeps none.
        max_failed: Share of the planned queries that may fail, in [0, 1]; all attempts count.
        retry_failed: Ask again for what failed before.
        workers: Processes that prepare images; None is one per core; 0 is none.
        ahead: Batches prepared ahead.
        skip_unsupported: Leave out conditions that the detector cannot stand.
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
    scoring: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ConfigError: A number is out of its range.
        """
        if not 0 <= self.max_failed <= 1:
            raise ConfigError(f"max_failed={self.max_failed:g}: it is a share, from 0 to 1")
        if self.workers is not None and self.workers < 0:
            raise ConfigError(
                f"launcher.workers={self.workers}: it must be 0 (none) or more, "
                "or null for one per core"
            )
        if self.ahead < 0:
            raise ConfigError(f"launcher.ahead={self.ahead}: it must be 0 or more")


@dataclass(frozen=True)
class Plan:
    """What a run consists of, before anything is asked."""

    task: Task
    detector: Detector
    conditions: tuple[Condition, ...]
    skipped: Mapping[str, str]
    ids: tuple[str, ...]
    identity: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """Digest of the identity, 16 hexadecimal digits."""
        return fingerprint_digest(self.identity)[:16]

    @property
    def planned(self) -> int:
        """Number of queries."""
        return len(self.ids) * len(self.conditions)

    def folder(self, runs: str | Path) -> RunFolder:
        """Give the run's folder below `runs`, named by what the run is."""
        task = self.task.key.replace("/", "_").replace(":", "_")
        return RunFolder(Path(runs) / task / f"{self.detector.name}-{self.run_id}")

    def missing(self, runs: str | Path) -> dict[str, int]:
        """Count the queries that have no response yet, by condition."""
        run = self.folder(runs)
        done = run.answered() if run.exists else {}
        return {one.id: len(self.ids) - len(done.get(one.id, ())) for one in self.conditions}

    def samples(self) -> Iterator[Sample]:
        """Stream the chosen samples in the dataset's order."""
        chosen = set(self.ids)
        return (sample for sample in self.task.dataset if sample.id in chosen)


def chosen_ids(dataset: Dataset, limit: int | None, seed: int) -> tuple[str, ...]:
    """List the samples of a run, in the dataset's order.

    With a limit those are taken whose digests come first, so that a dataset sorted by
    class still gives both.

    Raises:
        DataError: An id is missing or there twice, or there are no samples.
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
    kept = set(ranked[:limit])
    return tuple(name for name in ids if name in kept)


def make_plan(
    task: Task, detector: Detector, conditions: Sequence[Condition], options: Options
) -> Plan:
    """Say what a run consists of.

    Raises:
        ConfigError: The detector lacks something, or cannot stand a condition; or a limit is
            below 1.
        DataError: The dataset's ids are unusable, or its fingerprint is not the pinned one.
    """
    check(detector)
    if options.limit is not None and options.limit < 1:
        raise ConfigError(f"limit={options.limit}: it must be at least 1, or null for all samples")
    skipped = refuse(conditions, detector)
    if skipped and not options.skip_unsupported:
        told = next(iter(skipped.values()))
        raise ConfigError(f"{told}; conditions.skip_unsupported=true leaves it out")
    kept = tuple(one for one in conditions if one.id not in skipped)
    identity = {
        "task": task.key,
        "prompt": task.prompt,
        "dataset": task.dataset.fingerprint(),
        "detector": dict(detector.fingerprint()),
        "conditions": {one.id: _identity(one) for one in kept},
        "seed": options.seed,
        "limit": options.limit,
    }
    ids = chosen_ids(task.dataset, options.limit, options.seed)
    return Plan(task, detector, kept, skipped, ids, identity)


def _identity(condition: Condition) -> dict[str, Any]:
    """Give what a condition does to images: its configuration, and an attack's own fingerprint."""
    if isinstance(condition.operation, Attack):
        return {**condition.spec, "attack": dict(condition.operation.fingerprint())}
    return dict(condition.spec)


def _scoring(plan: Plan, options: Options) -> dict[str, Any]:
    """Say what of a manifest may change without any response changing: how it is scored."""
    found = thresholds(plan.detector)
    if found.pop("data", None) == plan.identity["dataset"]:
        found["same_images"] = True
    told = dict(options.scoring)
    price = told.pop("price_per_hour", None)
    return {
        "thresholds": found,
        "prices": {} if price is None else {"price_per_hour": price},
        "scoring": {
            "published": found["published"],
            "threshold": found["calibrated"],
            "temperature": found.get("temperature"),
            "heat_threshold": found.get("heat_map"),
            **told,
            "metrics": [*plan.task.metrics, *told.get("metrics", ())],
        },
    }


def _manifest(plan: Plan, options: Options) -> dict[str, Any]:
    digest = hashlib.sha256("\n".join(plan.ids).encode()).hexdigest()
    return {
        "run_version": RUN_VERSION,
        "id": plan.run_id,
        "identity": plan.identity,
        "task": {
            "key": plan.task.key,
            "fingerprint": plan.identity["dataset"],
            "prompt": plan.task.prompt,
            "description": plan.task.description,
            "url": plan.task.url,
            "licence": plan.task.licence,
            "citation": plan.task.citation,
        },
        "detector": {
            "name": plan.detector.name,
            "fingerprint": plan.identity["detector"],
            "card": dict(getattr(plan.detector, "card", {}) or {}),
        },
        "samples": {"count": len(plan.ids), "ids_sha256": digest},
        "skipped_conditions": dict(plan.skipped),
        "planned": plan.planned,
        "reading": {
            "threshold": plan.detector.threshold,
            "coordinates": getattr(plan.detector, "coordinates", "auto"),
            "window": getattr(plan.detector, "window", None),
            "answers": getattr(plan.detector, "answers", "free"),
            "yes": _yes(plan),
        },
        **_scoring(plan, options),
        "config": hide(options.config),
        "overrides": list(options.overrides),
        "packages": environment.packages(),
        "git": environment.git(),
        "machine": environment.machine(),
        "times": {"started": datetime.now(UTC).isoformat(timespec="seconds")},
        "finished": False,
    }


def _yes(plan: Plan) -> str | None:
    """Say what *yes* means to the question that the detector is asked."""
    from fakevlm_bench.answers.interpret import yes_of

    return yes_of(plan.task.prompt, getattr(plan.detector, "question", None), plan.task.yes)


def carry_out(plan: Plan, options: Options, progress: Progress | None = None) -> RunFolder:
    """Carry a plan out, or continue it, or find that it is finished; then score.

    A finished run is scored again where its detector has been calibrated since, or where
    other scoring is asked for.

    Raises:
        RunError: The folder is in use, cannot be read or written, or too much failed, now or
            in earlier attempts.
        DetectorError: The detector cannot answer at all.
        OSError: The disk is full or read-only; nothing written before is damaged.
    """
    run = plan.folder(options.runs)
    notes = say(notes_of(plan.task.dataset))
    with run.lock():
        manifest = run.manifest() if run.exists else _manifest(plan, options)
        manifest["config"] = hide(manifest.get("config", {}))  # of a version that hid nothing
        scoring = _scoring(plan, options)
        stale = any(manifest.get(key) != value for key, value in scoring.items())
        manifest |= scoring
        ask = not manifest["finished"] or options.retry_failed
        if ask:
            run.write_manifest(manifest | {"finished": False})
            asked = _generate(run, plan, options, progress)
            manifest["notes"] = as_records([*notes, *say(mask_notes(run))])
            run.write_manifest(_finished(run, plan, manifest, asked))
        elif stale:
            run.write_manifest(manifest)
    if ask or stale or not run.result_path.is_file():
        score(run, keep_baseline=True)
    failures = run.failures()
    if failures:
        refuse_failures(len(failures), plan.planned, options.max_failed, failures[-1])
    return run


def _generate(
    run: RunFolder, plan: Plan, options: Options, progress: Progress | None
) -> dict[str, Any]:
    """Ask for what is missing; give how many images were asked freshly, in how many seconds."""
    done = run.answered(also_failed=not options.retry_failed)
    already = sum(len(ids) for ids in done.values())
    if already >= plan.planned:
        return {}
    work = Work(
        samples=plan.samples(),
        conditions=plan.conditions,
        done=done,
        planned=plan.planned,
        failed=[] if options.retry_failed else run.failures(),
        seed=options.seed,
        prompt=plan.task.prompt,
        max_failed=options.max_failed,
        workers=options.workers if options.workers is not None else os.cpu_count() or 1,
        ahead=options.ahead,
    )
    cache = open_cache(options)
    started = time.perf_counter()
    showing = progress(plan.planned, already) if progress else nullcontext(lambda _: None)
    try:
        with showing as tell:
            asker = Asker(plan.detector, cache)
            attacker = Attacker(plan.detector, options.seed, plan.task.prompt)
            recorder = Recorder(run)
            generate(work, asker, attacker, recorder, tell)
        return {
            "wall_seconds": round(time.perf_counter() - started, 3),
            "images": recorder.asked,
        }
    finally:
        if cache is not None:
            cache.close()
        close = getattr(plan.detector, "close", None)
        if close is not None:
            close()


def open_cache(options: Options) -> Cache | None:
    """Open the request cache; the user's own is done without where it cannot be.

    Raises:
        RunError: A cache that the user named cannot be opened.
    """
    if options.cache is None:
        return None
    if options.cache != "auto":
        return Cache(Path(options.cache))
    try:
        return Cache(default_path())
    except RunError as error:
        _log.warning("going on without a cache: %s", error)
        return None


def _finished(
    run: RunFolder, plan: Plan, manifest: Mapping[str, Any], asked: Mapping[str, Any]
) -> dict[str, Any]:
    telemetry = getattr(plan.detector, "telemetry", None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    parts = [part for kind in ("responses", "truth", "images") for part in run.parts(kind)]
    ended = datetime.now(UTC)
    started = datetime.fromisoformat(manifest["times"]["started"])
    return {
        **manifest,
        "finished": True,
        "times": {
            **manifest["times"],
            "finished": ended.isoformat(timespec="seconds"),
            "seconds": round((ended - started).total_seconds(), 1),
        },
        "resources": {
            **manifest.get("resources", {}),
            "peak_memory_bytes": peak,
            **asked,
            **(telemetry() if telemetry else {}),
        },
        "files": {part.relative_to(run.path).as_posix(): sha256_file(part) for part in parts},
    }
