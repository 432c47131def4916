"""What scoring costs: the rows that the documentation promises, measured side by side in one run.

    python benchmarks/metrics.py [texts] [bootstrap] [regions] [run] [--pairs 10000]

``texts`` compares with what HF `evaluate`'s metrics bleu and rouge do: its rouge script calls
rouge_score pair by pair and aggregates by bootstrap; its bleu script cuts with the 13a tokenizer
and counts with the compute_bleu of tensorflow/nmt. Both need the hub to load, so the same
computations are written out here.
"""

from __future__ import annotations

import argparse
import collections
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from fakevlm_bench import rle
from fakevlm_bench.metrics import Settings, compute, detection, localization, ngrams, tokens
from fakevlm_bench.metrics.rouge import rouge
from fakevlm_bench.metrics.stats import Resamples

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def words(rng: np.random.Generator, count: int = 3000) -> np.ndarray[Any, Any]:
    """Make a vocabulary with English-like endings, so that there is something to stem."""
    endings = np.array(["", "s", "ed", "ing", "ly", "ness", "ation", ","])
    stems = ["".join(rng.choice(LETTERS, rng.integers(3, 8))) for _ in range(count)]
    return np.array([stem + rng.choice(endings) for stem in stems], dtype=object)


def texts(count: int, length: int = 60) -> tuple[list[str], list[str]]:
    """Make pairs of answer and reference that share about two words in three."""
    rng = np.random.default_rng(0)
    known = words(rng)
    share = 1 / np.arange(1, len(known) + 1)
    drawn = rng.choice(len(known), (count, length), p=share / share.sum())
    kept = np.where(rng.random(drawn.shape) < 0.66, drawn, rng.permutation(drawn, axis=1))
    return [" ".join(known[row]) for row in kept], [" ".join(known[row]) for row in drawn]


def nmt_bleu(answers: Sequence[str], references: Sequence[str]) -> float:
    """Compute corpus BLEU as `compute_bleu` of tensorflow/nmt does, one reference each."""
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    build: Any = Tokenizer13a
    cut = build()
    matches, possible, length, wanted = [0] * 4, [0] * 4, 0, 0
    for answer, reference in zip(answers, references, strict=True):
        said, true = cut(answer).split(), cut(reference).split()
        length, wanted = length + len(said), wanted + len(true)
        both = _counted(true) & _counted(said)
        for gram, times in both.items():
            matches[len(gram) - 1] += times
        for order in range(1, 5):
            possible[order - 1] += max(len(said) - order + 1, 0)
    if min(matches) == 0:
        return 0.0
    mean = math.exp(sum(math.log(m / p) for m, p in zip(matches, possible, strict=True)) / 4)
    return mean * (1.0 if length > wanted else math.exp(1 - wanted / length))


def _counted(tokens: Sequence[str]) -> collections.Counter[tuple[str, ...]]:
    return collections.Counter(
        tuple(tokens[k : k + order])
        for order in range(1, 5)
        for k in range(len(tokens) - order + 1)
    )


def evaluate_way(answers: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    """Score as `evaluate`'s bleu and rouge do."""
    from rouge_score import rouge_scorer, scoring

    kinds = ["rouge1", "rouge2", "rougeL"]
    scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=True)
    scores = [scorer.score(r, a) for a, r in zip(answers, references, strict=True)]
    aggregator = scoring.BootstrapAggregator()
    for score in scores:
        aggregator.add_scores(score)
    aggregator.aggregate()
    found = {kind: float(np.mean([score[kind].fmeasure for score in scores])) for kind in kinds}
    return found | {"bleu": nmt_bleu(answers, references)}


def own_way(answers: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    """Score as the suite does."""
    each = [[text] for text in references]
    kinds = ("rouge_1", "rouge_2", "rouge_l")
    with ThreadPoolExecutor(1) as beside:
        pending = beside.submit(rouge, answers, each, "13a", kinds)
        counted = ngrams.count(answers, each, tokens.Vocabulary("13a"))
        means = pending.result()
    found = {name.replace("_", "").replace("l", "L"): float(v.mean()) for name, v in means.items()}
    sums = ngrams.bleu_columns(counted).sum(axis=0)[None]
    return found | {"bleu": float(ngrams.bleu(sums)[0])}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Give seconds and what came out."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def measure_texts(pairs: int, rounds: int = 5) -> None:
    """Compare both ways on all pairs, in turns: the median of the rounds' ratios counts.

    What `evaluate` does takes half a minute and grows in proportion to the pairs, so that
    each round gives it one part of them.
    """
    answers, references = texts(pairs)
    own_way(answers[:100], references[:100])
    ratios, seconds, most = [], [], 0.0
    for rows in np.array_split(np.arange(pairs), rounds):
        mine, theirs = [answers[k] for k in rows], [references[k] for k in rows]
        slow, expected = timed(lambda m=mine, t=theirs: evaluate_way(m, t))  # type: ignore[misc]
        found = own_way(mine, theirs)
        most = max(most, *(abs(found[name] - expected[name]) for name in expected))
        fast, _ = timed(lambda: own_way(answers, references))
        ratios.append(slow * pairs / len(rows) / fast)
        seconds.append(fast)
    print(f"texts      {pairs:,} pairs of 60 words: {statistics.median(seconds):.2f} s, "
          f"{statistics.median(ratios):.0f} times as fast as evaluate (wanted 50; "
          f"{min(ratios):.0f} to {max(ratios):.0f} in {rounds} rounds), "
          f"values differ by {most:.0e}")  # fmt: skip


def measure_bootstrap(samples: int = 10_000) -> None:
    """Bootstrap twenty figures: thirteen of verdicts and of costs, seven of ranked scores."""
    rng = np.random.default_rng(0)
    fake = np.arange(samples) % 2 == 1
    score = np.clip(rng.normal(0.4 + 0.2 * fake, 0.2), 0, 1)
    twin = np.where(fake, np.arange(samples) - 1, -1)
    given = detection.Answers(fake, (score > 0.5) == fake, fake | True, score, twin)
    groups = [f"g{k // 4}" for k in range(samples)]
    settings = Settings()

    def work() -> dict[str, Any]:
        resamples = Resamples(fake.astype(int).tolist(), groups, 1000)
        found = detection.verdict_figures(given, resamples, settings)
        return found | detection.score_figures(given, resamples, settings)

    seconds, found = min((timed(work) for _ in range(3)), key=lambda pair: pair[0])
    drawn = sum("value" in one for one in found.values())
    print(f"bootstrap  {drawn} figures, {samples:,} samples, 1,000 resamples, clustered: "
          f"{seconds:.2f} s (wanted 2)")  # fmt: skip


def blob(rng: np.random.Generator, side: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Draw a region with a ragged edge: a noisy ellipse."""
    import cv2

    y, x = np.mgrid[:side, :side] / side
    centre, size = rng.uniform(0.3, 0.7, 2), rng.uniform(0.1, 0.3, 2)
    rough = cv2.resize(rng.normal(0, 0.3, (32, 32)), (side, side))
    inside = ((x - centre[0]) / size[0]) ** 2 + ((y - centre[1]) / size[1]) ** 2 + rough < 1
    return np.asarray(inside)


def measure_regions(count: int = 1000, side: int = 512) -> None:
    """Measure pairs of full-size masks and heat maps: every localisation figure."""
    rng = np.random.default_rng(0)
    masks = [blob(rng, side) for _ in range(50)]
    codes = [rle.encode(mask) for mask in masks]
    heats = [(rng.random((side, side)) * 120 + 100 * mask).astype(np.uint8) for mask in masks]
    frame = pd.DataFrame(
        {
            "label": 1, "whole": False, "true_boxes": None, "width": side, "height": side,
            "true_mask": [codes[k % 50] for k in range(count)],
            "mask": [codes[(k + 1) % 50] for k in range(count)],
            "heat_map": [heats[k % 50].tobytes() for k in range(count)],
            "heat_map_height": side, "heat_map_width": side,
        }
    )  # fmt: skip
    resamples = Resamples([1] * count, [str(k) for k in range(count)], 1000)
    for given in (frame, frame.assign(mask=None)):
        seconds, _ = timed(
            lambda f=given: localization.figures(  # type: ignore[misc]
                localization.measure(f, 96), resamples, Settings()
            )
        )
        what = "masks and heat maps" if given is frame else "heat maps as masks"
        print(f"regions    {count:,} pairs of {side}×{side} {what}: {seconds:.2f} s (wanted 10)")


def made_run(samples: int, conditions: int) -> pd.DataFrame:
    """Make the joined rows of a run whose detector gives everything: words, scores and regions."""
    rng = np.random.default_rng(0)
    answers, references = texts(samples)
    codes = [rle.encode(blob(rng, 512)) for _ in range(200)]
    heats = [rng.integers(0, 256, 24 * 24, dtype=np.uint8).tobytes() for _ in range(200)]
    number = np.arange(samples)
    fake = number % 2 == 1
    parts = []
    for condition in range(conditions):
        score = np.clip(rng.normal(0.35 + 0.3 * fake, 0.2), 0, 1)
        moved = rng.permutation(samples) if condition else number
        parts.append(pd.DataFrame({
            "sample_id": [f"s{k:06d}" for k in number],
            "condition_id": f"jpeg:{condition}" if condition else "clean",
            "status": np.where(rng.random(samples) < 0.97, "ok", "unparsed"),
            "verdict": (score > 0.5).astype(int), "score": score,
            "mask": [codes[k] for k in rng.integers(0, 200, samples)],
            "heat_map": [heats[k] for k in rng.integers(0, 200, samples)],
            "heat_map_width": 24, "heat_map_height": 24,
            "explanation": [answers[k] for k in moved], "dropped_boxes": 0, "error": None,
            "label": fake.astype(int), "category": [f"c{k // 2 % 8}" for k in number],
            "generator": np.where(fake, [f"m{k // 2 % 12}" for k in number], ""),
            "family": np.where(fake, [f"f{k // 2 % 6}" for k in number], ""),
            "group": [f"g{k // 4}" for k in number],
            "pair": np.where(fake, [f"s{k - 1:06d}" for k in number], ""),
            "paired": True, "unseen": fake & (number // 2 % 6 == 0), "whole": False,
            "true_mask": [codes[k % 200] if f else None for k, f in zip(number, fake, strict=True)],
            "true_boxes": None, "references": [[text] for text in references],
            "width": 512, "height": 512,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def measure_run(samples: int, conditions: int = 6) -> None:
    """Score a whole run in a process of its own, so that its memory is known."""
    code = (
        "import sys; sys.path.insert(0, 'benchmarks'); import metrics; "
        f"metrics.score_run({samples}, {conditions})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def score_run(samples: int, conditions: int) -> None:
    """Make a run, score it, and print what that took."""
    frame = made_run(samples, conditions)
    seconds, _ = timed(lambda: compute(frame, Settings(heat_threshold=96)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"run        {samples:,} samples × {conditions} conditions: {seconds:.1f} s (wanted 60), "
          f"{peak:.2f} GiB at most (wanted 1.5)")  # fmt: skip


def main() -> None:
    """Measure what is named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", help="texts, bootstrap, regions, run (default: all)")
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs of texts, or samples")
    options = parser.parse_args()
    chosen = options.what or ["texts", "bootstrap", "regions", "run"]
    if "texts" in chosen:
        measure_texts(options.pairs)
    if "bootstrap" in chosen:
        measure_bootstrap()
    if "regions" in chosen:
        measure_regions()
    if "run" in chosen:
        measure_run(options.pairs)


if __name__ == "__main__":
    main()
