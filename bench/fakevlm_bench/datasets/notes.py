"""What a data set leaves out, and other warnings about it: counted, and reported once.

A dataset with a method ``notes() -> list[Note]`` is asked before a run and an audit; the
run's manifest keeps the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from fakevlm_bench.contract import described_dataset
from fakevlm_bench.protocols import Dataset


@dataclass(frozen=True)
class Note:
    """A warning about a data set.

    Attributes:
        text: In words.
        count: Number of files or samples concerned.
        first: Name of the first of them.
    """

    text: str
    count: int
    first: str = ""

    def __str__(self) -> str:
        """Write it as one line."""
        return f"{self.text} (first: {self.first})" if self.first else self.text


class Tally:
    """Counts what is left out, by reason, with the first of each."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def add(self, reason: str, name: str) -> None:
        """Count one file or sample.

        Args:
            reason: A noun in the singular, such as ``hidden file``.
            name: Of the file or sample.
        """
        self._counts[reason] = self._counts.get(reason, 0) + 1
        self._first.setdefault(reason, name)

    def notes(self) -> list[Note]:
        """Return a note for each reason."""
        return [
            Note(f"left out {count} × {reason}", count, self._first[reason])
            for reason, count in self._counts.items()
        ]


def notes_of(dataset: Dataset) -> list[Note]:
    """Return a dataset's notes; none of one that keeps none."""
    return [Note(one.text, one.count, one.first) for one in described_dataset(dataset).notes()]


def as_records(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Return notes as JSON values."""
    return [asdict(note) for note in notes]
