"""FakeVLM-Mini in process: images per second, decoding included.

Goals on two cores: at least 8 with full explanations, at least 40 for verdict and heat map alone.
"""

from __future__ import annotations

import itertools
import statistics
import time

from fakevlm_bench import load_detector, load_task
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Query

IMAGES, ROUNDS = 64, 3


def rate(detector: Detector, queries: list[Query]) -> float:
    """Give images per second, the median of a few rounds after one that loads the weights."""
    detector.predict(queries[:1])
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        responses = detector.predict(queries)
        seconds.append(time.perf_counter() - started)
        if any(response.error for response in responses):
            raise RuntimeError("an image failed")
    return len(queries) / statistics.median(seconds)


def main() -> None:
    """Measure both ways of asking on the same images, in one run."""
    task = load_task("starter")
    queries = [
        Query(sample.id, "clean", sample.image, sample.media_type, task.prompt)
        for sample in itertools.islice(task.dataset, IMAGES)
    ]
    for explain, goal in ((True, 8), (False, 40)):
        found = rate(load_detector("fakevlm_mini", server="local", explain=explain), queries)
        what = "verdict, heat map and explanation" if explain else "verdict and heat map"
        print(f"{what}: {found:.1f} images/s (goal {goal})")


if __name__ == "__main__":
    main()
