"""What a run says once of its data: what is left out, and masks that show nothing or everything."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from fakevlm_bench import rle
from fakevlm_bench.datasets.notes import Note
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.types import Label

_log = logging.getLogger(__name__)

NEARLY_ALL = 0.98
"""Share of an image from which on a mask shows nearly everything."""


def say(notes: Sequence[Note]) -> list[Note]:
    """Log notes as warnings, and return them."""
    for note in notes:
        _log.warning("%s", note)
    return list(notes)


def mask_notes(run: RunFolder) -> list[Note]:
    """Say which fake images' masks decode to nothing, or to nearly everything.

    Raises:
        RunError: A part of the truth cannot be read.
    """
    shares: dict[str, float] = {}
    for table in run.read("truth", ["sample_id", "condition_id", "label", "mask"]):
        for row in table.to_pylist():
            if row["mask"] and row["condition_id"] == "clean" and row["label"] == Label.FAKE:
                shares[row["sample_id"]] = rle.share(row["mask"])
    nothing = [name for name, share in shares.items() if share == 0]
    nearly_all = [name for name, share in shares.items() if share >= NEARLY_ALL]
    texts = (
        (nothing, "show nothing"),
        (nearly_all, f"show {NEARLY_ALL:.0%} of the image or more"),
    )
    return [
        Note(
            f"{len(names)} of {len(shares)} masks {text}: if that is wrong, their encoding is not "
            "one that fakevlm_bench.masks reads",
            len(names),
            names[0],
        )
        for names, text in texts
        if names
    ]
