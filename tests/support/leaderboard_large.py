"""Makes sites of many detectors: a few really scored entries, and others shaped after them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fakevlm_bench.leaderboard.build import build, load
from fakevlm_bench.leaderboard.entries import Entry, TruthCache
from support.leaderboard_making import make_submissions, make_truth, truth_source


def score_some(
    work: Path, samples: int, conditions: tuple[str, ...], count: int = 6
) -> tuple[list[Entry], TruthCache]:
    """Score `count` plausible submissions of one task, the last two of them floors."""
    truth = make_truth(samples, conditions=conditions)
    folders = make_submissions(work / "submissions", truth, count)
    truths = TruthCache(truth_source(truth), work / "truth")
    outcomes = load(folders, truths, work / "kept")
    entries = [outcome.entry for outcome in outcomes if outcome.entry]
    assert len(entries) == count, [outcome.line for outcome in outcomes]
    return entries, truths


def many(entries: Sequence[Entry], count: int, work: Path) -> list[Entry]:
    """Entries with figures of their own, shaped after really scored ones."""
    made = []
    for number in range(count):
        rng = np.random.default_rng(number)
        like = entries[number % len(entries)]
        computed = work / f"made-{number}"
        computed.mkdir()
        for name in ("samples.npz", "predictions.parquet"):
            (computed / name).symlink_to(like.computed / name)
        document = like.result.to_json()
        result = jitter(document | {"efficiency": {}}, rng)
        result["efficiency"] = document["efficiency"]
        (computed / "result.json").write_text(json.dumps(result))
        name = f"Made {number} {rng.choice(['small', 'large'])}"
        submission = replace(
            like.submission,
            slug=f"made-{number:03d}",
            detector=replace(like.submission.detector, name=name),
        )
        made.append(Entry(like.folder, submission, computed))
    return made


def jitter(node: Any, rng: np.random.Generator) -> Any:
    """Move every figure, within [0, 1], and give it an interval of its own."""
    if isinstance(node, list):
        return [jitter(item, rng) for item in node]
    if not isinstance(node, dict):
        return node
    if not isinstance(node.get("value"), float):
        return {name: jitter(item, rng) for name, item in node.items()}
    value = float(np.clip(node["value"] + rng.normal(0, 0.1), 0, 1))
    if node["low"] is None:
        return {**node, "value": value}
    low, high = value - rng.uniform(0, 0.1), value + rng.uniform(0, 0.1)
    return {**node, "value": value, "low": max(0.0, low), "high": min(1.0, high)}


def make_large(work: Path, detectors: int, samples: int, conditions: tuple[str, ...]) -> Path:
    """Build a site of `detectors` rows; give its folder."""
    entries, truths = score_some(work, samples, conditions)
    return build(many(entries, detectors, work), truths, work / "dist", detailed=200).parent
