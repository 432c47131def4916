"""Reference explanations, composed of what was truly done to an image.

Three references for each image, in FakeClue's manner: a verdict sentence, then
clues divided by semicolons. A clue names a visible trace of the family, the place
in words, and the object touched. The phrases are in ``phrases.json``: for each
family several traces, for each trace several wordings with the slots ``{place}``
(a phrase such as "in the upper left"), ``{subject}`` (what the photograph shows)
and ``{item}`` (what was put in).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

REFERENCES = 3
"""Explanations for each image."""
_PHRASES = Path(__file__).parent / "phrases.json"
_VERDICTS = {True: "This is a fake image.", False: "This is a real image."}


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[list[str]]]:
    """Read the traces of each family: a list of traces, each a list of wordings."""
    phrases: dict[str, list[list[str]]] = json.loads(_PHRASES.read_text(encoding="utf-8"))
    return phrases


def references(
    family: str, subject: str, place: str, item: str, rng: np.random.Generator
) -> list[str]:
    """Compose the explanations of one image.

    Args:
        family: Of the image; ``real`` for photographs.
        subject: What the photograph shows, in words that follow "the".
        place: Where the edit is (`regions.place`); empty where there is no single place.
        item: The object that was put in; empty otherwise.
        rng: Source of randomness.

    Returns:
        Three different explanations of two clues each.
    """
    traces = _phrases()[family]
    texts = []
    for leading, following in rng.permutation(_orders(len(traces)))[:REFERENCES]:
        slots = {
            "place": _place_phrase(place, rng),
            "other": _place_phrase(_OTHERS[int(rng.integers(len(_OTHERS)))], rng),
            "subject": subject,
            "item": item,
        }
        first, second = (
            traces[i][int(rng.integers(len(traces[i])))].format(**slots)
            for i in (leading, following)
        )
        verdict = _VERDICTS[family != "real"]
        texts.append(f"{verdict} {first[0].upper()}{first[1:]}; {second}.")
    return texts


def _orders(count: int) -> list[tuple[int, int]]:
    """Pair each of the foremost traces of a family with every lesser one."""
    foremost = count // 2
    return [(i, j) for i in range(foremost) for j in range(foremost, count)]


_OTHERS = ("upper left", "upper right", "lower left", "lower right", "centre", "left", "right")


def _place_phrase(place: str, rng: np.random.Generator) -> str:
    """Put a place into a phrase with its preposition."""
    if not place:
        return "across the whole picture"
    if place == "centre":
        return ("in the centre", "at the middle of the picture")[int(rng.integers(2))]
    forms = ("in the {} part", "at the {}", "in the {} area")
    return forms[int(rng.integers(len(forms)))].format(place)
