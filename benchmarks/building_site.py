"""Building the leaderboard: scoring cold, building from kept entries, memory.

    python benchmarks/building_site.py --detectors 200 --samples 10000

Six conditions; made-up answers of plausible detectors, every fourth with masks, every
fifth with words.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "leaderboard"))


def main() -> None:
    """Print seconds of each stage and the peak memory of the build and of a reader."""
    from leaderboard_making import make_submissions, make_truth, truth_source

    from leaderboard.build import build, load
    from leaderboard.entries import TruthCache

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--detectors", type=int, default=10)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--detailed", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="folder to work in, kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.keep or Path(temporary)
        truth = make_truth(arguments.samples)
        folders = make_submissions(work / "submissions", truth, arguments.detectors)
        truths = TruthCache(truth_source(truth), work / "truth")
        for stage in ("scored cold", "found kept"):
            start = time.perf_counter()
            verdicts = load(folders, truths, work / "kept")
            print(f"{stage}: {time.perf_counter() - start:.1f} s")
        entries = [verdict.entry for verdict in verdicts if verdict.entry]
        start = time.perf_counter()
        build(entries, truths, work / "dist", detailed=arguments.detailed)
        print(f"site written: {time.perf_counter() - start:.1f} s, {len(entries)} entries")
    for who, name in ((resource.RUSAGE_SELF, "build"), (resource.RUSAGE_CHILDREN, "one reader")):
        used = resource.getrusage(who)
        print(f"{name}: {used.ru_maxrss / 2**20:.2f} GiB at most, {used.ru_utime:.0f} s of cpu")


if __name__ == "__main__":
    main()
