"""FakeClue's test split: the benchmark that FakeVLM was published with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fakevlm_bench.datasets.fakeclue import FakeClueDataset
from fakevlm_bench.types import Task


def fakeclue(
    path: str | Path | None = None,
    split: str = "test",
    categories: Sequence[str] | None = None,
    revision: str | None = None,
    sha256: str | None = None,
    *,
    missing: str = "error",
) -> Task:
    """Declare FakeClue, or some of its categories."""
    chosen = tuple(categories) if categories else None
    suffix = f":{split}" if split != "test" else ""
    suffix += f":{'+'.join(sorted(chosen))}" if chosen else ""
    return Task(
        name=f"fakeclue{suffix}",
        version="1",
        dataset=FakeClueDataset(path, split, chosen, revision, sha256, missing=missing),
        prompt="Does the image looks real/fake?",
        licence="Apache-2.0 (annotations); images as their sources state",
        citation="Wen et al., Spot the Fake, NeurIPS 2025, arXiv 2503.14905",
        description="Seven categories of images, with clues in words; no masks.",
        url="https://huggingface.co/datasets/lingcco/FakeClue",
    )
