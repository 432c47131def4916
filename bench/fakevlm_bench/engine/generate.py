"""Stage 1, the expensive one: ask the detector for what is not there yet.

Samples stream through in their order; images are prepared ahead in worker
processes, the detector works in a thread, and this thread records. What is on disk
counts as done; a part is written every few seconds.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.engine.attack_step import Attacker
from fakevlm_bench.engine.prepare import Prepared, prepare_all
from fakevlm_bench.engine.querying import Answered, Asker
from fakevlm_bench.engine.run_writer import Recorder
from fakevlm_bench.errors import RunError
from fakevlm_bench.protocols import Attack, Perturbation, PromptPerturbation
from fakevlm_bench.types import Condition, Sample
from fakevlm_bench.workers import can_be_sent, processes

_log = logging.getLogger(__name__)

SMALL_BATCH = 16
"""Smaller batches are prepared in so many more at a time, since `Work.ahead` counts batches."""
QUEUE = 4
"""Batches under way or waiting for their turn to be recorded, for each that goes at once."""


@dataclass(frozen=True)
class Work:
    """What is to be generated.

    Attributes:
        samples: In their order; only those that something is missing for are asked about.
        conditions: In the order in which each batch goes through them.
        answered: Ids of samples that have their response, by condition.
        planned: Number of all queries of the run.
        max_failed: Share of `planned` that may fail, in all attempts together.
        failed: Reasons of the queries among `answered` that failed in earlier attempts.
    """

    samples: Iterable[Sample]
    conditions: Sequence[Condition]
    answered: dict[str, set[str]]
    planned: int
    seed: int
    prompt: str
    max_failed: float
    workers: int
    ahead: int
    failed: Sequence[str] = ()


def _batches(work: Work, size: int) -> Iterator[tuple[Condition, list[Sample]]]:
    """Cut the samples into batches and give each batch once per condition."""
    stream = iter(work.samples)
    while batch := list(itertools.islice(stream, size)):
        for condition in work.conditions:
            answered = work.answered.get(condition.id, set())
            if missing := [sample for sample in batch if sample.id not in answered]:
                yield condition, missing


@contextlib.contextmanager
def _preparing(work: Work) -> Iterator[Executor | None]:
    """Start the worker processes, or None where they would not pay."""
    changes = any(
        isinstance(one.operation, Perturbation) and not isinstance(one.operation, Attack)
        for one in work.conditions
    )
    if work.workers == 0 or not changes:
        yield None
        return
    pool = processes(work.workers)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(
    pool: Executor | None, condition: Condition, batch: list[Sample], work: Work
) -> Future[list[Prepared]]:
    arguments = (batch, condition, work.seed, work.prompt)
    cheap = condition.operation is None or isinstance(condition.operation, PromptPerturbation)
    if pool is not None and not cheap:
        return pool.submit(prepare_all, *arguments)
    ready: Future[list[Prepared]] = Future()
    ready.set_result(prepare_all(*arguments))
    return ready


def _prepared(
    pool: Executor | None, work: Work, attacker: Attacker, size: int, idle: Callable[[], bool]
) -> Iterator[Callable[[], list[Prepared]]]:
    """Yield batches in order, each as a call that ends when the batch is ready.

    The first ones come in one go, once `Work.ahead` are there, while the detector is `idle`: a
    server on this machine that begins to work leaves little time to prepare the next.
    """
    pending: deque[Callable[[], list[Prepared]]] = deque()
    ahead, begun = work.ahead * max(1, SMALL_BATCH // size), False
    at_home = {one.id for one in work.conditions if pool and not can_be_sent(one)}
    for condition, batch in _batches(work, size):
        if isinstance(condition.operation, Attack):
            pending.append(lambda c=condition, b=batch: attacker.craft(c, b))  # type: ignore[misc]
        else:
            workers = None if condition.id in at_home else pool
            pending.append(_submit(workers, condition, batch, work).result)
        begun = begun or len(pending) > ahead
        while pending and (len(pending) > ahead or (begun and idle())):
            yield pending.popleft()
    yield from pending


def refuse_failures(failed: int, planned: int, share: float, last: str) -> None:
    """Hold all failures of a run against the share that may fail.

    Raises:
        RunError: They are more.
    """
    if failed > share * planned:
        raise RunError(
            f"{failed} of {planned} queries failed, more than max_failed={share:g} allows; "
            f"the last: {last}; finished work is kept, and the same command with "
            f"retry_failed=true asks again for what failed"
        )


def generate(
    work: Work,
    asker: Asker,
    attacker: Attacker,
    recorder: Recorder,
    progress: Callable[[int], Any],
) -> None:
    """Ask for everything that is missing, and record it.

    Args:
        work: What is to be generated.
        asker: Asks the detector, through the cache.
        attacker: Makes adversarial images, in the detector's thread.
        recorder: Writes parts.
        progress: Told how many responses were recorded, after each batch.

    Raises:
        RunError: More than `max_failed` of the planned queries failed, now and in earlier
            attempts; what was recorded stays.
        DetectorError: The detector cannot answer at all; what was recorded stays.
    """
    last = work.failed[-1] if work.failed else ""
    refuse_failures(len(work.failed), work.planned, work.max_failed, last)
    answering: deque[Future[list[Answered]]] = deque()
    record = _recording(work, recorder, progress)
    with recorder, _preparing(work) as pool, ThreadPoolExecutor(asker.parallel) as asking:
        try:
            _answer(_Pipeline(work, asker, attacker, pool, asking), answering, record)
        except BaseException:
            asking.shutdown(wait=False, cancel_futures=True)
            asker.cancel()
            _keep_finished(answering, recorder)
            raise


def _recording(
    work: Work, recorder: Recorder, progress: Callable[[int], Any]
) -> Callable[[list[Answered]], None]:
    """Return what records a batch, tells its size, and stops where too much failed."""

    def record(answers: list[Answered]) -> None:
        recorder.add(answers)
        progress(len(answers))
        failed = len(work.failed) + recorder.failed
        refuse_failures(failed, work.planned, work.max_failed, recorder.last_error)

    return record


@dataclass(frozen=True)
class _Pipeline:
    """What the batches pass through: the worker processes, and the detector's threads."""

    work: Work
    asker: Asker
    attacker: Attacker
    pool: Executor | None
    asking: ThreadPoolExecutor


def _answer(
    line: _Pipeline,
    answering: deque[Future[list[Answered]]],
    record: Callable[[list[Answered]], None],
) -> None:
    """Ask about every batch, and record answers in order."""
    asker, parallel = line.asker, line.asker.parallel
    # Answers are recorded in order: where the oldest takes long, the others must not wait for it.
    most = parallel if parallel == 1 else QUEUE * parallel

    def idle() -> bool:
        return _unfinished(answering) < parallel

    for ready in _prepared(line.pool, line.work, line.attacker, asker.batch_size, idle):
        answering.append(line.asking.submit(lambda ready=ready: asker.ask(ready())))  # type: ignore[misc]
        while answering and (len(answering) > most or answering[0].done()):
            record(answering.popleft().result())
    while answering:
        record(answering.popleft().result())


def _unfinished(answering: Iterable[Future[list[Answered]]]) -> int:
    """Count the batches that the detector still has to do with."""
    return sum(not future.done() for future in answering)


def _keep_finished(answering: Iterable[Future[list[Answered]]], recorder: Recorder) -> None:
    """Record what was answered behind the batch that stopped the run."""
    for future in answering:
        with contextlib.suppress(CancelledError, Exception):
            recorder.add(future.result())
