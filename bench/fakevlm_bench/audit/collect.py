"""Reading the surface of every image of a task: streamed, in worker processes."""

from __future__ import annotations

import itertools
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.audit.surface import Surface, names, read_many
from fakevlm_bench.errors import DataError
from fakevlm_bench.types import Label, Sample
from fakevlm_bench.workers import processes

BATCH = 16
"""Images that a worker process reads at once."""
AHEAD = 3
"""Batches in hand for each worker process; bounds memory."""


@dataclass
class Surfaces:
    """The surface of many images.

    Attributes:
        values: ``float32`` (n, k) by probe.
        fake: ``bool`` (n,).
        id: Of each, (n,).
        pair: Id of its real twin, or empty, (n,).
        group: Photograph of each, (n,).
        unpaired: Families of the images left out as unpaired, with their counts.
        undecodable: Ids, labels and reasons of the images that could not be decoded.
    """

    values: dict[str, NDArray[np.float32]]
    fake: NDArray[np.bool_]
    id: list[str] = field(default_factory=list)
    pair: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    unpaired: Counter[str] = field(default_factory=Counter)
    undecodable: list[tuple[str, Label, str]] = field(default_factory=list)


def collect(
    samples: Iterable[Sample], workers: int | None, progress: Callable[[int], object]
) -> Surfaces:
    """Read every image's surface; no more than a few batches of images are held.

    Args:
        samples: In their order.
        workers: Processes; 0 reads in this one, None takes one per core.
        progress: Called with the number of images read, after each batch.

    Raises:
        DataError: No image could be decoded.
    """
    rows: list[Surface] = []
    fake: list[bool] = []
    surfaces = Surfaces({}, np.zeros(0, bool))
    for batch, read in _read(_paired(samples, surfaces.unpaired), workers):
        for head, one in zip(batch, read, strict=True):
            if isinstance(one, str):
                surfaces.undecodable.append((head.id, head.label, one))
                continue
            rows.append(one)
            fake.append(head.label is Label.FAKE)
            surfaces.id.append(head.id)
            surfaces.pair.append(head.pair)
            surfaces.group.append(head.group or head.id)
        progress(len(batch))
    if not rows and surfaces.undecodable:
        name, _, reason = surfaces.undecodable[0]
        count = len(surfaces.undecodable)
        raise DataError(f"none of {count} images can be decoded; '{name}': {reason}")
    surfaces.fake = np.array(fake, dtype=bool)
    if rows:
        surfaces.values = {
            probe: np.stack([one.values[probe] for one in rows]) for probe in names()
        }
    return surfaces


def _paired(samples: Iterable[Sample], unpaired: Counter[str]) -> Iterator[Sample]:
    """Pass on what belongs to the primary score, and count the rest."""
    for sample in samples:
        if sample.paired:
            yield sample
        else:
            unpaired[sample.family or sample.generator or "unnamed"] += 1


def _read(
    samples: Iterable[Sample], workers: int | None
) -> Iterator[tuple[list[Sample], list[Surface | str]]]:
    """Yield batches of samples, without their images, with the surfaces read, in order."""
    count = os.cpu_count() or 1 if workers is None else workers
    pool = processes(count) if count else None
    pending: deque[tuple[list[Sample], Future[list[Surface | str]]]] = deque()
    stream = iter(samples)
    try:
        while batch := list(itertools.islice(stream, BATCH)):
            heads = [replace(one, image=b"", mask=None) for one in batch]
            pending.append((heads, _submit(pool, [one.image for one in batch])))
            if len(pending) > AHEAD * count:
                ready, future = pending.popleft()
                yield ready, future.result()
        for ready, future in pending:
            yield ready, future.result()
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _submit(pool: Executor | None, files: list[bytes]) -> Future[list[Surface | str]]:
    if pool is not None:
        return pool.submit(_read_on_one_thread, files)
    future: Future[list[Surface | str]] = Future()
    future.set_result(read_many(files))
    return future


def _read_on_one_thread(files: list[bytes]) -> list[Surface | str]:
    """Read files in a worker: there is one for each core already."""
    import cv2

    cv2.setNumThreads(1)
    return read_many(files)
