"""The starter set: paired photographs and AI-made twins, shipped with the project."""

from __future__ import annotations

from fakevlm_bench.datasets.starter import DATA
from fakevlm_bench.datasets.starter.quick import quick_ids
from fakevlm_bench.datasets.table import TableDataset
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.types import Task

SUBSETS = ("quick",)


def starter(split: str = "test", subset: str | None = None, sha256: str | None = None) -> Task:
    """Declare the starter task, or its fixed stratified ``quick`` subset of 200 test images.

    Raises:
        ConfigError: No such subset, or a subset of another split than test.
    """
    if subset is not None and (subset not in SUBSETS or split != "test"):
        raise ConfigError(
            f"starter has no subset '{subset}' of split '{split}': it has 'quick' of 'test'"
        )
    chosen = quick_ids() if subset else None
    suffix = f":{subset}" if subset else "" if split == "test" else f":{split}"
    return Task(
        name=f"starter{suffix}",
        version=(DATA / "VERSION").read_text().strip(),
        dataset=TableDataset(DATA, split=split, sha256=sha256, subset=chosen),
        prompt="Does the image looks real/fake?",
        licence="see bench/datasets/starter/data/LICENSES",
        citation="fakevlm-bench starter set",
        description="Photographs and their re-synthesised, spliced and edited twins.",
    )
