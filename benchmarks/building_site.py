"""Building the leaderboard: scoring cold, building from kept entries, memory.

    python benchmarks/building_site.py --detectors 200 --samples 10000

Six conditions; made-up answers of plausible detectors, every fourth with masks, every
fifth with words.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


PERIOD = 5
"""Seconds; looking walks every page table."""


class Memory:
    """Watches this process and those below it.

    Attributes:
        most: Largest sum of their proportional set sizes, looked at every `PERIOD` seconds.
    """

    def __init__(self) -> None:
        """Begin."""
        self.most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(PERIOD):
            total = 0
            for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    total += process.memory_full_info().pss
            self.most = max(self.most, total)

    def end(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()


def spent(process: psutil.Process) -> float:
    """Processor seconds of a process and of those below it that have ended."""
    used = process.cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


def main() -> None:
    """Print seconds of each stage, and the peak memory of all processes together."""
    from fakevlm_bench.leaderboard.build import build, load
    from fakevlm_bench.leaderboard.entries import TruthCache
    from support.leaderboard_making import make_submissions, make_truth, truth_source

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detectors", type=int, default=10)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--detailed", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="folder to work in, kept afterwards")
    arguments = parser.parse_args()
    memory = Memory()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.keep or Path(temporary)
        truth = make_truth(arguments.samples)
        folders = make_submissions(work / "submissions", truth, arguments.detectors)
        truths = TruthCache(truth_source(truth), work / "truth")
        before = spent(psutil.Process())
        for stage in ("scored cold", "found kept"):
            start = time.perf_counter()
            verdicts = load(folders, truths, work / "kept")
            print(f"{stage}: {time.perf_counter() - start:.1f} s")
        entries = [verdict.entry for verdict in verdicts if verdict.entry]
        start = time.perf_counter()
        build(entries, truths, work / "dist", detailed=arguments.detailed)
        print(f"site written: {time.perf_counter() - start:.1f} s, {len(entries)} entries")
    memory.end()
    readers = sum(map(spent, psutil.Process().children()))
    print(f"memory: {memory.most / 2**30:.2f} GiB at most, of all processes together")
    print(f"cpu: build {spent(psutil.Process()) - before:.0f} s, readers {readers:.0f} s")


if __name__ == "__main__":
    main()
