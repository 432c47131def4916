"""What reading answers costs: answers per second, and that the time is linear in the length.

    python benchmarks/reading.py

Doubling a run of one character (or of several in turn) up to the longest answer that is read
must take at most 2.3 times as long.
"""

from __future__ import annotations

import gc
import math
import sys
import time
from collections.abc import Callable

from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.answers.plain_text import MAX_TEXT
from fakevlm_bench.answers.read import read_answer, without_cache
from fakevlm_bench.types import Response

RUNS = (
    " ", "\t", "\n", "'", '"', "[", "(", "{", "<", "1", "0.", ",", ":", "|", "-", "*", "_", "`",
    "~", "\\",
    "[ ", "{ ", '{"', '["', "[[", "{'a':", "[1,", "] ", "<think>", "</think>", "<answer>", "<box>",
    "<b>",
    "<|box_start|>", "\\boxed{", "a", "not ", "fake ", "real or ", "fake, ", "is it fake? ", "1 % ",
    "this is fake. ", "verdict: ", "no: ", "A. real\n", "假", "不是", "не ", "nicht ", "ni ",
    "\ud800",
)  # fmt: skip
ANSWERS = (
    "This is a fake image. The hand on the left has six fingers; the shadow points to the light.",
    "The image looks real at first, but the sign is garbled. In a real photo, one could read it.",
    '```json\n{"verdict": "real", "boxes": [[10, 20, 300, 400]], "reasons": ["even grain"]}\n```',
    "<think>Could it be fake? The hands are fine.</think>\n**Verdict:** Real\n\n- grain: natural",
)
LIMIT = 2.3


def seconds(action: Callable[[], object], repeats: int) -> float:
    """Return the least processor time of `action`: other processes of the machine do not count."""
    best = float("inf")
    gc.disable()
    for _ in range(repeats):
        without_cache()
        start = time.process_time()
        action()
        best = min(best, time.process_time() - start)
    gc.enable()
    return best


def read(text: str) -> None:
    """Read all there is to an answer: verdict, explanation and regions."""
    interpret("sample", "clean", Response(text=text, size=(640, 480)), ParseSettings())


def growth(run: str, longest: int = MAX_TEXT) -> tuple[float, float]:
    """Return how much longer twice the length takes, and the time of the longest in seconds."""
    lengths = [longest // 4, longest]
    texts = [f"This is fake. {(run * n)[: n - 30]} It is."[:MAX_TEXT] for n in lengths]
    times = [seconds(lambda t=t: read(t), 2) for t in texts]  # type: ignore[misc]
    return math.sqrt(times[-1] / times[0]), times[-1]


def main() -> int:
    """Measure; 1 where something is worse than linear."""
    failed = 0
    for run in RUNS:
        ratio, longest = growth(run)
        for _ in range(2):  # another process may have disturbed it: measure again
            if ratio > LIMIT:
                ratio, longest = min((ratio, longest), growth(run))
        bad = ratio > LIMIT
        failed += bad
        print(f"{run!r:>18}  x{ratio:4.2f}  {longest * 1000:8.1f} ms{'  TOO SLOW' if bad else ''}")
    for answer in ANSWERS:
        texts = [f"{answer} {number}" for number in range(300)]
        rate = len(texts) / seconds(lambda t=texts: [read_answer(one) for one in t], 3)  # type: ignore[misc]
        print(f"{rate:8.0f} answers/s  {answer[:50]!r}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
