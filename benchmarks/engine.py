"""What the suite itself costs: overhead per sample, memory, a finished run, re-scoring.

A detector that costs nothing is measured on small images made up as they are read, so that
all time is the engine's: plan, generate and record (scoring is told apart). Each size runs in
a process of its own, whose resident memory is its peak: of plan, generate and record, and
(``scored_mb``) with scoring. ``_cpu`` is the process's own
processor time, which a busy machine does not stretch.

    python benchmarks/engine.py [--sizes 1000 10000 100000]
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from fakevlm_bench.detectors.floors import Coin
from fakevlm_bench.engine.run import Options, execute, make_plan
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.score import score
from fakevlm_bench.types import Condition, Label, Sample, Task

TARGETS = {"overhead_ms": 1.0, "resident_mb": 600, "finished_s": 3.0, "rescore_s": 5.0}
"""Memory at every size; the others at 10,000 samples."""
TIMED = 10_000


@dataclass(frozen=True)
class Made:
    """Samples that exist only while they are looked at: one small JPEG with its number in it."""

    count: int

    def fingerprint(self) -> str:
        """Name the recipe."""
        return f"made {self.count}"

    def ids(self) -> list[str]:
        """Give the ids."""
        return [f"s{i:07d}" for i in range(self.count)]

    def __iter__(self) -> Iterator[Sample]:
        """Give the samples; bytes behind a JPEG's end are none of its pixels."""
        pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, format="JPEG")
        for i, name in enumerate(self.ids()):
            yield Sample(
                id=name,
                image=buffer.getvalue() + str(i).encode(),
                media_type="image/jpeg",
                label=Label(i % 2),
                generator=("real", "made")[i % 2],
                family=("real", "made")[i % 2],
                group=f"g{i // 2}",
            )


def seconds(call: Any, *arguments: Any) -> tuple[float, float]:
    """Time one call: by the clock, and this process's processor time."""
    started, before = time.perf_counter(), time.process_time()
    call(*arguments)
    return time.perf_counter() - started, time.process_time() - before


def measure(count: int) -> dict[str, float]:
    """Measure one size in this process."""
    task = Task(f"made{count}", "1", Made(count), prompt="", licence="none", citation="")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(runs=folder, cache=None)
        made: list[Any] = []
        whole = seconds(lambda: made.append(_carried_out(task, options)))
        scoring = seconds(score, made[0])
        again = seconds(_carried_out, task, options)
        peak = made[0].manifest().resources["peak_memory_bytes"]  # before scoring
    found: dict[str, float] = {"samples": count}
    for k, clock in enumerate(("", "_cpu")):
        found |= {
            f"overhead_ms{clock}": 1000 * (whole[k] - scoring[k]) / count,
            f"rescore_s{clock}": scoring[k],
            f"finished_s{clock}": again[k],
        }
    found["resident_mb"] = peak / 2**20
    found["scored_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _carried_out(task: Task, options: Options) -> RunFolder:
    return execute(make_plan(task, Coin(), [Condition("clean")], options), options)


def main() -> None:
    """Measure every size, print the figures beside their targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    rows = []
    for size in options.sizes:
        command = [sys.executable, str(Path(__file__)), "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    names = list(rows[0])
    print("  ".join(f"{name:>15}" for name in names))
    for row in rows:
        print("  ".join(f"{row[name]:15,.2f}" for name in names))
    for name, most in TARGETS.items():
        for row in rows:
            timed = row["samples"] == TIMED or (name == "resident_mb")
            if timed and row[name] > most:
                print(f"{name} at {row['samples']:,.0f}: {row[name]:.2f}, over the target {most}")
    if len(rows) > 1:
        ratio = rows[-1]["overhead_ms_cpu"] / rows[-2]["overhead_ms_cpu"]
        print(f"overhead per sample, last size by the one before: ×{ratio:.2f} (1 is linear)")


if __name__ == "__main__":
    main()
