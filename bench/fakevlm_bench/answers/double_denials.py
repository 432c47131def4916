# ruff: noqa: SIM905
"""Denials of a denial, which affirm: "there can be little doubt", "one cannot deny"."""

from __future__ import annotations

from collections.abc import Sequence

from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_LABEL = Role.FAKE | Role.REAL | Role.REAL_NOUN | Role.FORGING | Role.TRUTH
_DOUBTS = frozenset(
    "doubt doubts doubted doubting deny denies denied denying dispute disputed disputing question "
    "questioned contest contested uncertainty denial gainsay overlook ignore".split()
)  # fmt: skip
_CAN = frozenset({"can't", "cannot", "couldn't", "can"})
_LITTLE = frozenset({"little", "few", "hard", "difficult", "impossible", "not much"})
_LIGHT = (
    Role.ADVERB | Role.MAY | Role.BE | Role.DO | Role.A | Role.THE | Role.TO | Role.ALL | Role.NOT
    | Role.WOULD | Role.SKIP | Role.SHOW
)  # fmt: skip
_FRONT = (
    Role.MAY | Role.BE | Role.THERE | Role.ADVERB | Role.DO | Role.OTHERS | Role.WOULD | Role.SHOW
)
_WORDS = frozenset({"slightest", "least", "shadow", "of", "reason", "in", "way", "could", "to"})


def double_denials(units: list[Unit]) -> None:
    """Take the double denials out of a sentence, so that what they affirm is left."""
    place = 0
    while place < len(units):
        end = _doubt_denied(units, place) or _cannot_help(units, place)
        if end is not None:
            _affirm(units, place, end)
            place = end
        place += 1
    _not_so_much(units)
    _could_not_be_more(units)
    _as_can_be(units)
    _written_all_over(units)


def _doubt_denied(units: Sequence[Unit], place: int) -> int | None:
    """Return the place behind "hardly any doubt", "cannot deny", "hard to deny"."""
    unit = units[place]
    words = unit.word.split()
    if unit.roles & Role.SURE:
        return place + 1 if words and words[-1] in (*_DOUBTS, "denying") else None
    if not unit.roles & Role.NOT and not (words and words[0] in _LITTLE):
        return None
    if len(words) > 1 and words[-1] in _DOUBTS and not unit.roles & Role.OPEN:
        return place + 1
    if words and words[0] in _DOUBTS:
        return None
    for ahead in range(place + 1, min(place + 8, len(units))):
        later = units[ahead]
        if later.word.split() and later.word.split()[-1] in _DOUBTS:
            return ahead + 1
        if later.roles & _LABEL or not (later.roles & _LIGHT or later.word in _WORDS):
            return None
    return None


def _cannot_help(units: Sequence[Unit], place: int) -> int | None:
    """Return the place behind "can't help thinking", "cannot help but conclude"."""
    if units[place].word.partition(" ")[0] not in _CAN:
        return None
    words = " ".join(u.word for u in units[place : place + 4]).split()
    start = next((n for n, w in enumerate(words[:3]) if w == "help"), None)
    if not start:
        return None
    counted = 0
    for ahead in range(place, min(place + 5, len(units))):
        counted += len(units[ahead].word.split())
        if counted > start:
            end = ahead + 1
            while (
                end < len(units)
                and end - ahead < 5
                and not units[end].roles & (_LABEL | Role.IT | Role.THIS | Role.THE | Role.IMAGE)
            ):
                end += 1
            return end
    return None


def _affirm(units: list[Unit], begin: int, end: int) -> None:
    """Silence a double denial, and the "there can be" before it."""
    while begin and units[begin - 1].roles & _FRONT and not units[begin - 1].roles & _LABEL:
        begin -= 1
    for unit in units[begin:end]:
        unit.word, unit.roles = "", Role.ADVERB
    if end < len(units) and units[end].word == "but":
        units[end].word, units[end].roles = "", Role.ADVERB


def _not_so_much(units: list[Unit]) -> None:
    """Read "not so much real as fake" as "not real but fake"."""
    words = [unit.word for unit in units]
    if "much" not in words:
        return
    for place in range(1, len(units) - 2):
        if words[place : place + 2] != ["so", "much"] or not units[place - 1].roles & Role.NOT:
            continue
        units[place].roles = units[place + 1].roles = Role.ADVERB
        label = next((p for p in range(place + 2, len(units)) if units[p].roles & _LABEL), None)
        if label is None:
            return
        for ahead in range(label + 1, min(label + 4, len(units))):
            if units[ahead].word.split()[:1] == ["as"]:
                units[ahead].word, units[ahead].roles = "but", Role.BUT
                return


def _could_not_be_more(units: list[Unit]) -> None:
    """Read "it couldn't be more fake" as "it is fake"."""
    for place, unit in enumerate(units):
        if unit.word != "more" or not any(u.roles & _LABEL for u in units[place + 1 : place + 3]):
            continue
        back = place - 1
        while back >= 0 and units[back].word in ("be", "get", "any", "look", "much"):
            back -= 1
        if back == place - 1 or back < 0 or not units[back].roles & Role.NOT:
            continue
        for inner in units[back : place + 1]:
            inner.roles = Role.BE if inner.word in ("be", "get", "look") else Role.ADVERB
        for later, name in enumerate(units[place + 1 : place + 6], place + 1):
            if name.roles & Role.THAN:
                for inner in units[later : later + 2]:
                    inner.word, inner.roles = "", Role.ADVERB


def _as_can_be(units: list[Unit]) -> None:
    """Read "as fake as it gets", "as real as can be"."""
    for place in range(len(units) - 3):
        first, second = units[place], units[place + 2]
        if first.word not in ("as", "about as"):
            continue
        text = " ".join(u.word for u in units[place + 3 : place + 6])
        if (
            units[place + 1].roles & _LABEL
            and second.word == "as"
            and text.startswith(("it gets", "can be", "they come", "it can", "they get"))
        ):
            for unit in (first, *units[place + 2 : place + 6]):
                unit.word, unit.roles = "", Role.ADVERB


def _written_all_over(units: list[Unit]) -> None:
    """Read "it has fake written all over it" as "it is fake"."""
    words = [unit.word for unit in units]
    if "written" not in words:
        return
    for place in range(2, len(units) - 1):
        if words[place : place + 2] != ["written", "all"]:
            continue
        for verb in range(place - 1, max(-1, place - 4), -1):
            if words[verb] in ("has", "have", "had"):
                units[verb].word, units[verb].roles = "is", Role.BE
                for unit in units[place : place + 4]:
                    unit.word, unit.roles = "", Role.ADVERB
                return
