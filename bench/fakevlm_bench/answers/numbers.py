# ruff: noqa: SIM905
"""Percentages and probabilities beside a word for real or fake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_JOINS = Role.COLON | Role.OPENING | Role.CLOSING | Role.BE | Role.DASH | Role.CHANCE | Role.QUOTE
_JOINING = _JOINS | Role.SURENESS
_BETWEEN = frozenset(
    (
        "with at a about only approximately around below under above over less than very of just "
        "is roughly score my"
    ).split()
)
_TENS = frozenset({"5", "10", "20", "100"})


@dataclass(frozen=True, slots=True)
class Share:
    """A number between 0 and 1.

    Attributes:
        place: Of the number among the units.
        sure: It says how sure the speaker is, not how likely the label is.
    """

    value: float
    place: int
    sure: bool


def before(units: Sequence[Unit], place: int, used: int) -> Share | None:
    """Return the number in front of a label word that speaks of it.

    Args:
        units: Units of one sentence.
        place: Index of the label word.
        used: Index of the last number that is taken already; -1 for none.
    """
    chance = sure = False
    for back in range(place - 1, max(used, place - 14, -1), -1):
        unit = units[back]
        comma = bool(unit.roles & Role.COMMA)
        if unit.roles & (Role.COLON | Role.BUT) or (
            comma and not sure and not _confident(units, back)
        ):
            return None
        chance = chance or (bool(unit.roles & Role.CHANCE) and not _plain_likely(units, back))
        sure = sure or bool(unit.roles & Role.SURENESS)
        if unit.roles & Role.NUMBER:
            if _is_whole(units, back):
                continue
            value = _value(units, back)
            if value is None:
                return None
            percent = back + 1 < place and bool(units[back + 1].roles & Role.PERCENT)
            if not (percent or chance or sure or _scale(units, back) is not None):
                return None
            if sure and not chance:
                return Share(value, back, True)
            return Share(value, back, False)
    return None


def _is_whole(units: Sequence[Unit], place: int) -> bool:
    """Say whether a number is the 10 of "8/10" or of "8 out of 10"."""
    return place >= 2 and any(
        units[back].roles & Role.NUMBER and _scale(units, back) is not None
        for back in range(max(0, place - 3), place - 1)
    )


def _confident(units: Sequence[Unit], place: int) -> bool:
    return any(u.roles & Role.SURENESS for u in units[max(0, place - 3) : place])


def _plain_likely(units: Sequence[Unit], place: int) -> bool:
    return units[place].word == "likely" and not any(
        u.roles & Role.PERCENT for u in units[max(0, place - 3) : place]
    )


def after(units: Sequence[Unit], place: int) -> Share | None:
    """Return the number behind a label's phrase that speaks of it: "fake (92 %)".

    Args:
        units: Units of one sentence.
        place: Index behind the label's phrase.
    """
    sure = linked = chance = False
    for ahead in range(place, min(place + 7, len(units))):
        unit = units[ahead]
        if unit.roles & Role.NUMBER:
            value = _value(units, ahead)
            if value is None:
                return None
            whole = unit.word in ("0", "1") and linked
            percent = ahead + 1 < len(units) and bool(units[ahead + 1].roles & Role.PERCENT)
            scaled = "." in unit.word or percent or whole or _scale(units, ahead) is not None
            if not scaled or not (linked or percent or chance):
                return None
            return None if sure else Share(value, ahead, False)
        sure = sure or bool(unit.roles & Role.SURENESS)
        chance = chance or bool(unit.roles & Role.CHANCE)
        linked = linked or bool(unit.roles & (Role.COLON | Role.OPENING | Role.BE))
        if not unit.roles & _JOINING and unit.word not in _BETWEEN:
            return None
    return None


def _value(units: Sequence[Unit], place: int) -> float | None:
    """Read a number as a share of one; None where its scale is not known."""
    try:
        number = float(units[place].word.replace(",", "."))
    except ValueError:
        return None
    following = units[place + 1] if place + 1 < len(units) else None
    if following is not None and following.roles & Role.PERCENT:
        number /= 100
    else:
        scale = _scale(units, place)
        if scale is not None:
            number /= scale
    return number if 0 <= number <= 1 else None


def _scale(units: Sequence[Unit], place: int) -> float | None:
    """Return 10 or 100 for "8/10", "92 in 100", "7 out of 10"."""
    words = [u.word for u in units[place + 1 : place + 4]]
    for joint in (["/"], ["in"], ["out", "of"]):
        size = len(joint)
        if words[:size] == joint and len(words) > size and words[size] in _TENS:
            return float(words[size])
    return None
