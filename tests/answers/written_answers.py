"""Whole answers as models write them, read by a person."""

from collections.abc import Iterator

from sentence_forms import Case


def written() -> Iterator[Case]:
    """Yield the written answers."""
    yield from ()
