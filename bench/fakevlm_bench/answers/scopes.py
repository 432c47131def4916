# ruff: noqa: SIM905
"""A part of a sentence that is turned round, conceded or left open as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fakevlm_bench.answers.evidence import Candidate, Force, Place
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

LABEL = Role.FAKE | Role.REAL | Role.REAL_NOUN | Role.FORGING | Role.TRUTH
SEES = Role.BE | Role.SEEM
MARKS = Role.COMMA | Role.COLON | Role.DASH | Role.OPENING | Role.CLOSING | Role.QUOTE
WRONG = (
    "wrong|mistaken|false|incorrect|untrue|absurd|ridiculous|nonsense|nonsensical|untenable|"
    "unfounded|baseless|inaccurate|misguided|erroneous|a mistake|a misconception|a fallacy|a lie|"
    "an error|in error|out of the question|does not hold|"
    "doesn't hold|does not stand|can be ruled out|is ruled out|"
    "be rejected|be dismissed|implausible|impossible|far-fetched|laughable|not true|not correct|"
    "not right|deluded|fooled|deceived|unlikely|naive|ludicrous|preposterous|bogus|silly|foolish|"
    "falls apart|fall apart|be excluded|misled|unjustified|unwarranted|dishonest"
).split("|")
RIGHT = (
    "right|correct|true|accurate|justified|well-founded|sound|spot on|convincing|holds up|"
    "holds water|confirmed|stands"
).split("|")


@dataclass(frozen=True, slots=True)
class Scope:
    """Units begin … end - 1, and what a frame does to the mentions among them."""

    begin: int
    end: int
    effect: str

    def apply(self, candidates: Sequence[Candidate]) -> None:
        """Turn round, concede or leave open the mentions inside."""
        for item in candidates:
            if not self.begin <= item.unit < self.end:
                continue
            if self.effect == "flip":
                item.negated = not item.negated
            elif self.effect == "open":
                item.drop(Force.HYPOTHETICAL)
            elif self.effect == "concede" and item.place > Place.CONCEDED:
                item.force, item.place = Force.HEDGED, Place.CONCEDED


def word_at(units: Sequence[Unit], place: int) -> str:
    """Return a unit's word; empty behind the end.

    Args:
        units: Units of one sentence.
        place: Index among the units, 0 to their number.
    """
    return units[place].word if place < len(units) else ""


def roles_at(units: Sequence[Unit], place: int) -> int:
    """Return a unit's roles; 0 behind the end.

    Args:
        units: Units of one sentence.
        place: Index among the units, 0 to their number.
    """
    return units[place].roles if place < len(units) else 0


def silence(units: Sequence[Unit], begin: int, end: int) -> None:
    """Take the roles from units begin … end - 1.

    Args:
        units: Units of one sentence.
        begin: First index.
        end: Index behind the last.
    """
    for unit in units[begin:end]:
        unit.word, unit.roles = "", Role.ADVERB


def last_label(units: Sequence[Unit], start: int) -> int:
    """Return the place of the last label word before the clause ends, with its noun.

    Args:
        units: Units of one sentence.
        start: Index at which to begin.
    """
    last = -1
    for place in range(start, len(units)):
        roles = units[place].roles
        if roles & LABEL and not _judges(units, place):
            last = place
        elif last >= 0 and roles & (MARKS | Role.BUT | SEES | Role.WOULD | Role.MAY | Role.DO):
            break
    if last >= 0:
        while roles_at(units, last + 1) & (Role.IMAGE | Role.IMAGES):
            last += 1
    return last


def _judges(units: Sequence[Unit], place: int) -> bool:
    """Say whether "true", "bogus" judges the clause: a verb and a label stand before it."""
    return units[place].word in (*RIGHT, *WRONG) and any(
        u.roles & (SEES | Role.WOULD) for u in units[max(0, place - 2) : place]
    ) and any(u.roles & LABEL for u in units[:place])  # fmt: skip


TURN = re.compile(r"[,;:-]\s*(?:but|yet|however|still|though|nevertheless|all the same)\b|\bbut\b")
"""Where a sentence turns: what stands before does not hold for what stands behind."""


def parts_around(text: str, start: int, item: Candidate) -> tuple[str, str, str]:
    """Return what stands before a mention in its sentence, the mention, and what stands behind.

    Args:
        text: The sentence, normalised.
        start: Where it begins in the answer.
        item: The mention.
    """
    begin, end = item.start - start, item.end - start
    return text[:begin], text[begin:end], text[end:]
