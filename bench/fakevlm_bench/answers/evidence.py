"""What an answer mentions: each word for real or fake with its subject, polarity and force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fakevlm_bench.types import Label


class Subject(StrEnum):
    """What a mention is about."""

    IMAGE = "this image"
    REGION = "region"
    GENERAL = "images in general"
    QUESTION = "question"


class Force(StrEnum):
    """How a mention is meant."""

    STATED = "stated"
    HEDGED = "hedged"
    HYPOTHETICAL = "hypothetical"
    LISTED = "listed"
    QUOTED = "quoted"


class Place(IntEnum):
    """How much like a verdict the place of a mention is; the larger outranks the smaller."""

    NOWHERE = 0  # no evidence about this image
    POSSIBLE = 1  # it may be
    SIGN = 2  # a sign of it, a part of the image
    CONCEDED = 3  # although it looks
    BARE = 4  # a word that stands alone
    SEEMING = 5  # it seems, probably
    STATED = 6  # a statement about the image
    FIELD = 7  # Deepfake: no
    ANNOUNCED = 8  # Verdict: fake


@dataclass(frozen=True, slots=True)
class Mention:
    """A word for real or fake.

    Attributes:
        start: Where it begins in the original text.
        end: Where it ends.
        words: The word or phrase as it was written.
        label: What it says, its polarity counted in.
        subject: What it is about.
        polarity: False where the word is negated.
        force: How it is meant.
        place: How much like a verdict it is.
    """

    start: int
    end: int
    words: str
    label: Label
    subject: Subject
    polarity: bool
    force: Force
    place: Place = Place.NOWHERE


@dataclass(slots=True)
class Candidate:
    """A mention on its way: positions in the body, and marks for the rules of the sentence.

    Attributes:
        base: What the word says without negation.
        unit: Its place in the sentence's units.
        turned: A word of contrast or revision stands in front of it.
        revised: A word of revision does: "on closer inspection".
        corrected: It corrects what was said before: "sorry, I meant".
        half: It is said of a part or share only ("partly real").
    """

    start: int
    end: int
    base: Label
    unit: int
    negated: bool
    subject: Subject
    force: Force
    place: Place
    turned: bool = False
    half: bool = False
    revised: bool = False
    corrected: bool = False
    sentence: int = 0

    @property
    def label(self) -> Label:
        """What it says, its polarity counted in."""
        return Label(1 - self.base) if self.negated else self.base

    def drop(self, force: Force) -> None:
        """Keep it in sight, but not as evidence."""
        self.force, self.place = force, Place.NOWHERE


def by_sentence(candidates: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    """Group mentions by the number of their sentence."""
    groups: dict[int, list[Candidate]] = {}
    for item in candidates:
        groups.setdefault(item.sentence, []).append(item)
    return groups
