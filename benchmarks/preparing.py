"""Measure whether worker processes keep the cores busy while a detector works.

Sixteen conditions on 512×512 images go through the engine's own `generate` with a detector
that waits as a served model does, without using a core. The same images are prepared by a
bare pool of as many processes, and by one process alone. All three take turns, and the
median of the rounds counts. Prints images per second, the engine's share of the bare pool's
rate, and the cores that the engine's workers used.
"""

from __future__ import annotations

import io
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from perturbations import picture
from PIL import Image as PillowImage

from fakevlm_bench.engine.attack_step import Attacker
from fakevlm_bench.engine.generate import Work, generate
from fakevlm_bench.engine.prepare import prepare_all
from fakevlm_bench.engine.querying import Asker
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.run_writer import Recorder
from fakevlm_bench.registry import load_conditions
from fakevlm_bench.types import Capabilities, Label, Query, Response, Sample
from fakevlm_bench.workers import processes

ROUNDS = 3
BATCH = 4
IDS = ["gaussian_noise:3", "shot_noise:3", "impulse_noise:3", "defocus_blur:3", "glass_blur:3",
       "motion_blur:3", "zoom_blur:3", "snow:3", "fog:3", "brightness:3", "elastic_transform:3",
       "jpeg:3", "webp:3", "resize:3", "screenshot:3", "social_a:3"]  # fmt: skip


class Waiting:
    """Answers after a while in which it needs no core."""

    name = "waiting"
    capabilities = Capabilities(score=True)
    batch_size = BATCH
    threshold = 0.5

    def fingerprint(self) -> Mapping[str, Any]:
        """Give its name."""
        return {"name": self.name}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Wait three milliseconds for an image, less than preparing it takes."""
        time.sleep(0.003 * len(queries))
        return [Response(score=0.5) for _ in queries]


def samples(count: int) -> list[Sample]:
    """Give photographs-like JPEG files."""
    made = []
    for number in range(count):
        buffer = io.BytesIO()
        PillowImage.fromarray(picture(number)).save(buffer, "JPEG", quality=90)
        label = Label(number % 2)
        made.append(Sample(f"s{number}", buffer.getvalue(), label, media_type="image/jpeg"))
    return made


def engine(images: list[Sample], workers: int) -> tuple[float, float]:
    """Give images per second of the engine, and the cores that its workers used."""
    conditions = load_conditions(IDS)[1:]
    planned = len(images) * len(conditions)
    work = Work(images, conditions, {}, planned, 0, "", 0.0, workers, ahead=4)
    detector = Waiting()
    clock: list[tuple[float, float]] = []

    def tell(_: int) -> None:
        children = psutil.Process().children()
        used = sum(sum(one.cpu_times()[:2]) for one in children if one.is_running())
        clock.append((time.perf_counter(), used))

    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(RunFolder(Path(folder)))
        asker, attacker = Asker(detector, None), Attacker(detector, 0, "")
        generate(work, asker, attacker, recorder, tell)
    # The first rounds of batches start the processes; from then on the clock runs.
    (began, before), (ended, after) = clock[2 * workers], clock[-2]
    done = (len(clock) - 2 - 2 * workers) * BATCH
    return done / (ended - began), (after - before) / (ended - began)


def bare(images: list[Sample], workers: int) -> float:
    """Give images per second of a pool that does nothing but prepare."""
    conditions = load_conditions(IDS)[1:]
    batches = [images[i : i + BATCH] for i in range(0, len(images), BATCH)]
    jobs = [(batch, one) for batch in batches for one in conditions]
    pool = processes(workers)
    try:
        warm = [pool.submit(prepare_all, *job, 0, "") for job in jobs[: 2 * workers]]
        for future in warm:
            future.result()
        began = time.perf_counter()
        for future in [pool.submit(prepare_all, *job, 0, "") for job in jobs]:
            future.result()
        return len(jobs) * BATCH / (time.perf_counter() - began)
    finally:
        pool.shutdown()


def main() -> None:
    """Measure and print a table."""
    workers = os.cpu_count() or 1
    images = samples(2 * BATCH)
    rounds = [(*engine(images, workers), bare(images, workers), bare(images, 1))
              for _ in range(ROUNDS)]  # fmt: skip
    rate, cores, pool, alone = (statistics.median(column) for column in zip(*rounds, strict=True))
    share = statistics.median(one[0] / one[2] for one in rounds)
    print(f"{'':34}{'images/s':>10}")
    print(f"{f'engine, {workers} workers':34}{rate:10.1f}   {cores:.2f} cores used by workers")
    print(f"{f'bare pool, {workers} workers':34}{pool:10.1f}")
    print(f"{'bare pool, one worker':34}{alone:10.1f}")
    print(f"engine / bare pool: {share:.2f}")


if __name__ == "__main__":
    main()
