"""The starter set: real photographs, their AI-made twins, masks and explanations.

The set itself is below ``data/``; `fakevlm_bench.making.starter` builds it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakevlm_bench.datasets.table import TableDataset

DATA = Path(__file__).parent / "data"
"""Folder of the finished set."""

SUBSETS = ("quick",)


def starter(
    split: str = "test", subset: str | None = None, sha256: str | None = None
) -> TableDataset:
    """Return the starter set, or its fixed stratified ``quick`` subset of 200 test images.

    Args:
        split: ``test``, ``train`` or ``validation``.
        subset: One of `SUBSETS`; null takes the whole split.
        sha256: Pinned fingerprint; loading anything else is an error.

    Raises:
        ConfigError: No such subset, or a subset of another split than test.
    """
    from fakevlm_bench.datasets.starter.quick import quick_ids
    from fakevlm_bench.datasets.table import TableDataset
    from fakevlm_bench.errors import ConfigError

    if subset is not None and (subset not in SUBSETS or split != "test"):
        raise ConfigError(
            f"starter has no subset '{subset}' of split '{split}': only 'quick' of 'test'"
        )
    variant = subset or ("" if split == "test" else split)
    ids = quick_ids() if subset else None
    return TableDataset(DATA, split=split, sha256=sha256, subset=ids, variant=variant)
