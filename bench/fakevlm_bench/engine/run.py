"""One run from beginning to end: plan, generate, score."""

from __future__ import annotations

import hashlib
import logging
import os
import resource
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakevlm_bench.answers.interpret import ParseSettings, yes_of
from fakevlm_bench.contract import described
from fakevlm_bench.datasets.notes import notes_of
from fakevlm_bench.engine import environment
from fakevlm_bench.engine.attack_step import Attacker
from fakevlm_bench.engine.cache import Cache, default_path
from fakevlm_bench.engine.generate import Work, generate, refuse_failures
from fakevlm_bench.engine.manifest import (
    DetectorRecord,
    Manifest,
    SamplesRecord,
    TaskRecord,
    Times,
)
from fakevlm_bench.engine.notes import mask_notes, say
from fakevlm_bench.engine.plan import Options, Plan, chosen_ids, make_plan
from fakevlm_bench.engine.querying import Asker
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.run_writer import Recorder
from fakevlm_bench.engine.schema import RUN_VERSION
from fakevlm_bench.engine.score import score
from fakevlm_bench.errors import RunError
from fakevlm_bench.files import sha256_file
from fakevlm_bench.protocols import JsonObject
from fakevlm_bench.secret import hide

__all__ = ["Options", "Plan", "Progress", "chosen_ids", "execute", "make_plan", "open_cache"]

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], AbstractContextManager[Callable[[int], Any]]]
"""From (total, number of responses from before) to a context that is told of every batch."""


@dataclass(frozen=True)
class _Scoring:
    """What of a manifest may change without any response changing: how it is scored."""

    thresholds: JsonObject
    prices: JsonObject
    scoring: JsonObject

    def differs(self, manifest: Manifest) -> bool:
        """Whether a run was scored otherwise."""
        return self != _Scoring(manifest.thresholds, manifest.prices, manifest.scoring)


def _scoring(plan: Plan, options: Options) -> _Scoring:
    thresholds = dict(described(plan.detector).thresholds())
    if thresholds.pop("data", None) == plan.identity.dataset:
        thresholds["same_images"] = True
    settings = dict(options.scoring)
    price = settings.pop("price_per_hour", None)
    return _Scoring(
        thresholds=thresholds,
        prices={} if price is None else {"price_per_hour": price},
        scoring={
            "published": thresholds["published"],
            "threshold": thresholds["calibrated"],
            "temperature": thresholds.get("temperature"),
            "heat_threshold": thresholds.get("heat_map"),
            **settings,
            "metrics": [*plan.task.metrics, *settings.get("metrics", ())],
        },
    )


def _manifest(plan: Plan, options: Options, scoring: _Scoring) -> Manifest:
    """Build the manifest of a run that begins."""
    task, contract = plan.task, described(plan.detector)
    return Manifest(
        run_version=RUN_VERSION,
        id=plan.run_id,
        identity=plan.identity,
        task=TaskRecord(
            key=task.key,
            fingerprint=plan.identity.dataset,
            prompt=task.prompt,
            description=task.description,
            url=task.url,
            licence=task.licence,
            citation=task.citation,
        ),
        detector=DetectorRecord(plan.detector.name, plan.identity.detector, contract.card),
        samples=SamplesRecord(
            len(plan.ids), hashlib.sha256("\n".join(plan.ids).encode()).hexdigest()
        ),
        planned=plan.planned,
        reading=ParseSettings(
            threshold=plan.detector.threshold,
            coordinates=contract.coordinates,
            window=contract.window,
            answers=contract.answers,
            yes=yes_of(task.prompt, contract.question, task.yes),
        ),
        thresholds=scoring.thresholds,
        prices=scoring.prices,
        scoring=scoring.scoring,
        times=Times(started=datetime.now(UTC).isoformat(timespec="seconds")),
        finished=False,
        skipped_conditions=dict(plan.skipped),
        config=hide(options.config),
        overrides=tuple(options.overrides),
        packages=environment.packages(),
        git=environment.git(),
        machine=environment.machine(),
    )


def execute(plan: Plan, options: Options, progress: Progress | None = None) -> RunFolder:
    """Execute a plan, or continue it, or find that it is finished; then score.

    A finished run is scored again where its detector has been calibrated since, or where
    other scoring is asked for.

    Args:
        plan: From `make_plan`.
        options: Those that the plan was made with.
        progress: Shows progress.

    Raises:
        RunError: The folder is in use, cannot be read or written, or too much failed, now or
            in earlier attempts.
        DetectorError: The detector cannot answer at all.
        OSError: The disk is full or read-only; nothing written before is damaged.
    """
    run = plan.folder(options.runs)
    notes = say(notes_of(plan.task.dataset))
    with run.lock():
        scoring = _scoring(plan, options)
        manifest = run.manifest() if run.exists else _manifest(plan, options, scoring)
        stale = scoring.differs(manifest)
        manifest = replace(
            manifest,
            config=hide(manifest.config),  # an earlier version hid nothing
            thresholds=scoring.thresholds,
            prices=scoring.prices,
            scoring=scoring.scoring,
        )
        unfinished = not manifest.finished or options.retry_failed
        if unfinished:
            run.write_manifest(replace(manifest, finished=False))
            spent = _generate(run, plan, options, progress)
            manifest = replace(manifest, notes=(*notes, *say(mask_notes(run))))
            run.write_manifest(_finished(run, plan, manifest, spent))
        elif stale:
            run.write_manifest(manifest)
    if unfinished or stale or not run.result_path.is_file():
        score(run, keep_baseline=True)
    failures = run.failures()
    if failures:
        refuse_failures(len(failures), plan.planned, options.max_failed, failures[-1])
    return run


def _generate(
    run: RunFolder, plan: Plan, options: Options, progress: Progress | None
) -> JsonObject:
    """Ask for what is missing.

    Returns:
        ``images`` that the detector answered, and ``wall_seconds``; nothing where all was there.
    """
    answered = run.answered(also_failed=not options.retry_failed)
    already = sum(len(ids) for ids in answered.values())
    if already >= plan.planned:
        return {}
    work = Work(
        samples=plan.samples(),
        conditions=plan.conditions,
        answered=answered,
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
        described(plan.detector).close()


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


def _finished(run: RunFolder, plan: Plan, manifest: Manifest, spent: JsonObject) -> Manifest:
    """Return the manifest of a run whose responses are all there."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    parts = [part for kind in ("responses", "truth", "images") for part in run.parts(kind)]
    ended = datetime.now(UTC)
    started = datetime.fromisoformat(manifest.times.started)
    return replace(
        manifest,
        finished=True,
        times=replace(
            manifest.times,
            finished=ended.isoformat(timespec="seconds"),
            seconds=round((ended - started).total_seconds(), 1),
        ),
        resources={
            **(manifest.resources or {}),
            "peak_memory_bytes": peak,
            **spent,
            **described(plan.detector).telemetry(),
        },
        files={part.relative_to(run.path).as_posix(): sha256_file(part) for part in parts},
    )
