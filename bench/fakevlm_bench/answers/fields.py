# ruff: noqa: SIM905
"""Form fields: a label with a value behind a colon, such as ``Deepfake: no``."""

from __future__ import annotations

from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.lexer import Sentence
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role
from fakevlm_bench.types import Label

_LABEL = Role.FAKE | Role.REAL | Role.FORGING | Role.TRUTH
_AFFIRMED = frozenset(
    (
        "yes true verified established accepted proven present detected many several high "
        "confirmed visible clear found definitely certainly likely positive some strong "
        "significant numerous evident y correct probable affirmative obvious + oui ja да sí 是 はい"
    ).split()
)
_DENIED = frozenset(
    (
        "no false rejected refuted disproved disproven slim questionable none absent not nil zero "
        "unlikely low never nothing n x negative improbable minimal negligible impossible nope "
        "nowhere incorrect doubtful non nein нет 否 いいえ undetected invisible isn't"
    ).split()
)
_UNKNOWN = frozenset(
    (
        "unknown unclear uncertain undetermined inconclusive maybe possibly n/a na tbd possible "
        "unsure undecided unspecified"
    ).split()
)
_FILLERS = frozenset(
    ("very highly most extremely quite almost probably clearly rather present any").split()
)
_BEHIND_VALUE = (
    Role.COMMA | Role.CLOSING | Role.QUOTE | Role.DASH | Role.OPENING | Role.STOP | Role.BECAUSE
    | Role.PREP | Role.COLON
)  # fmt: skip
_OBSERVED = frozenset(
    (
        "detected|found|present|visible|likely|observed|seen|at all|evident|apparent|real|possible"
    ).split("|")
)
_SKIP = Role.QUOTE | Role.OPENING | Role.CLOSING
_BETWEEN = frozenset(
    (
        "detected found present visible ? status flag observed generated_or_not content made or "
        "check test verification"
    ).split()
)


def read_fields(sentence: Sentence) -> list[Candidate]:
    """Return the mentions of form fields, and take their units out of the sentence."""
    candidates: list[Candidate] = []
    units = sentence.units
    for place, unit in enumerate(units):
        if not unit.roles & _LABEL or not _begins(units, place):
            continue
        colon = _colon(units, place + 1)
        if colon is None:
            continue
        value, end = _value(units, colon + 1)
        if value is None and unit.roles & (Role.TRUTH | Role.REAL):
            value, end = _tested(units, colon + 1)
        if value is None and colon + 1 < len(units):
            continue
        base = Label.FAKE if unit.roles & (Role.FAKE | Role.FORGING) else Label.REAL
        negated = value == "no"
        if _negated_key(units, place):
            negated = not negated
        item = Candidate(
            unit.start, unit.end, base, place, negated, Subject.IMAGE, Force.STATED, Place.FIELD
        )
        if value in (None, "open"):
            item.drop(Force.LISTED)
        candidates.append(item)
        for used in units[_start(units, place) : end]:
            used.roles, used.word = Role.COMMA, ","
    return candidates


def _tested(units: Sequence[Unit], place: int) -> tuple[str | None, int]:
    """Read "Authenticity check: failed"."""
    if place + 1 == len(units) and units[place].word in ("passed", "failed", "pass", "fail"):
        return ("yes" if units[place].word.startswith("pass") else "no"), place + 1
    return None, place


def _start(units: Sequence[Unit], place: int) -> int:
    start = place
    while (
        start
        and place - start < 8
        and not units[start - 1].roles & (Role.COMMA | Role.STOP | Role.COLON)
    ):
        start -= 1
    return start


def _begins(units: Sequence[Unit], place: int) -> bool:
    """Say whether a label word stands in the key of a field, not in a sentence."""
    key = units[_start(units, place) : place]
    heavy = (
        Role.REPORT
        | Role.SHOW
        | Role.OPEN
        | Role.IF
        | Role.SEEM
        | Role.WOULD
        | Role.INDICATE
        | Role.ME
    )
    return len(key) <= 6 and not any(u.roles & heavy and not u.roles & Role.SIGN for u in key)


def _negated_key(units: Sequence[Unit], place: int) -> bool:
    return any(u.roles & Role.NOT for u in units[_start(units, place) : place])


def _colon(units: Sequence[Unit], place: int) -> int | None:
    for ahead in range(place, min(place + 5, len(units))):
        unit = units[ahead]
        if unit.roles & Role.COLON or (unit.roles & Role.DASH and ahead + 1 < len(units)):
            return ahead
        if unit.roles & Role.QUESTION and ahead + 1 < len(units):
            return ahead
        if (
            not unit.roles
            & (_SKIP | Role.IMAGE | Role.IMAGES | Role.PART | Role.THE | Role.FORGING | Role.CHANCE)
            and unit.word not in _BETWEEN
        ):
            return None
    return None


def _value(units: Sequence[Unit], place: int) -> tuple[str | None, int]:
    """Read a value: (yes, no, open or None where it is something else, place behind it)."""
    start = place
    while place < len(units) and (units[place].roles & _SKIP or units[place].word in _FILLERS):
        place += 1
    if place >= len(units):
        return None, max(start, place)
    unit = units[place]
    following = units[place + 1].roles if place + 1 < len(units) else None
    if unit.roles & Role.QUESTION or unit.word == "?":
        return "open", place + 1
    if following and following & (Role.SLASH | Role.OR) and unit.roles & (Role.YES | Role.NO):
        return "open", min(place + 3, len(units))
    unknown = unit.word in _UNKNOWN or unit.word.startswith(("cannot", "can't", "not sure"))
    if unknown or unit.roles & Role.OPEN:
        return "open", len(units)
    if unit.roles & Role.SURE:
        return "yes", place + 1
    first = unit.word.partition(" ")[0]  # a frame may have taken the word
    ends = following is None or bool(following & _BEHIND_VALUE)
    if first in _DENIED and (unit.roles & (Role.NO | Role.NOT) or ends):
        if following is not None and following & _LABEL and not unit.roles & Role.NO:
            return None, place
        if unit.word == "no" and any(u.roles & Role.MAY for u in units[place + 1 : place + 5]):
            return None, place  # "no AI could have made this"
        while place + 1 < len(units) and units[place + 1].word in _OBSERVED:
            place += 1
        return "no", place + 1
    if first in _AFFIRMED and ends:
        return "yes", place + 1
    return None, place
