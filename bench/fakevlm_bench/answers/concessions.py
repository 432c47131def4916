# ruff: noqa: SIM905
"""Concessions that stand around a label: "however real it may look", "fake though it looks"."""

from __future__ import annotations

from collections.abc import Sequence

from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.scopes import (
    LABEL,
    MARKS,
    SEES,
    Scope,
    last_label,
    roles_at,
    silence,
    word_at,
)
from fakevlm_bench.answers.vocabulary import Role

_EARLIER = frozenset(
    "before was previously formerly earlier originally prior initially previous old instead".split()
)


def concessions(units: list[Unit]) -> list[Scope]:
    """Find what a sentence concedes, and take the words of the concession out of it."""
    _what_looks(units)
    return [*_however(units), *_though(units), *_before(units), *_fronted(units)]


def _looks(units: Sequence[Unit], place: int) -> int | None:
    """Return the place behind "it may look", if that stands here."""
    subject = False
    for ahead in range(place, min(place + 7, len(units))):
        roles = units[ahead].roles
        if roles & Role.SEEM or (subject and units[ahead].word == "be"):
            return ahead + 1 if subject else None
        subject = subject or bool(roles & (Role.IT | Role.THIS | Role.IMAGE))
        if roles & (LABEL | Role.COMMA | Role.COLON) and not roles & Role.IMAGE:
            return None
    return None


def _however(units: list[Unit]) -> list[Scope]:
    """Concede "however real it may look", "as real as it seems", "no matter how real it looks"."""
    scopes = []
    for place, unit in enumerate(units):
        how = unit.word in ("however", "how") or unit.word.endswith(" how") or unit.word == "as"
        if not how:
            continue
        label = next(
            (p for p in range(place + 1, min(place + 4, len(units))) if units[p].roles & LABEL),
            None,
        )
        if label is None or (any(u.roles & (MARKS | SEES) for u in units[place + 1 : label])):
            continue
        after = label + 1
        while roles_at(units, after) & (Role.IMAGE | Role.A) or word_at(units, after) in (
            "as",
            "though",
        ):
            after += 1
        if unit.word == "as" and word_at(units, after - 1) not in ("as", "though"):
            continue
        end = _looks(units, after)
        if end is None:
            continue
        scopes.append(_conceded(units, place, label, end))
    return scopes


def _though(units: list[Unit]) -> list[Scope]:
    """Concede "real though it looks"."""
    scopes = []
    for place in range(len(units) - 2):
        if not units[place].roles & LABEL or units[place + 1].word not in ("though", "as"):
            continue
        front = place == 0 or units[place - 1].roles & (MARKS | Role.ADVERB | Role.QUOTE)
        end = _looks(units, place + 2) if front else None
        if end is not None:
            scopes.append(_conceded(units, place, place, end))
    return scopes


def _before(units: list[Unit]) -> list[Scope]:
    """Concede "(before: real)", "(was fake)"."""
    scopes = []
    for place in range(len(units) - 1):
        if not units[place].roles & Role.OPENING or units[place + 1].word not in _EARLIER:
            continue
        end = next(
            (p for p in range(place, len(units)) if units[p].roles & Role.CLOSING), len(units)
        )
        for unit in units[place + 1 : end]:
            if not unit.roles & LABEL:
                unit.word, unit.roles = "", Role.ADVERB
        scopes.append(Scope(place, end, "concede"))
    return scopes


def _fronted(units: list[Unit]) -> list[Scope]:
    """Read "authentic it is not"."""
    light = Role.A | Role.ADVERB | Role.QUOTE | Role.IMAGE
    label = next((p for p, u in enumerate(units[:4]) if u.roles & LABEL), None)
    if label is None or any(not u.roles & light for u in units[:label]):
        return []
    start = label + 1
    while (
        roles_at(units, start) & (Role.IMAGE | Role.COMMA) and not roles_at(units, start) & Role.THE
    ):
        start += 1
    end = [u for u in units[start:] if not u.roles & (Role.QUOTE | Role.ADVERB)]
    roles = [u.roles for u in end]
    if roles and roles[0] & (Role.THE | Role.THIS) and len(roles) > 1 and roles[1] & Role.IMAGE:
        roles = roles[1:]
    if len(roles) not in (2, 3) or not roles[0] & (Role.IT | Role.THIS | Role.IMAGE):
        return []
    if not roles[1] & Role.BE or (len(roles) == 3 and not roles[2] & Role.NOT):
        return []
    denied = sum(bool(r & Role.NOT) for r in roles[1:]) % 2
    silence(units, start, len(units))
    return [Scope(0, label + 1, "flip" if denied else "keep")]


def _conceded(units: list[Unit], begin: int, label: int, end: int) -> Scope:
    for place in range(begin, end):
        if place != label:
            units[place].word, units[place].roles = "", Role.ADVERB
    if begin < label:
        units[begin].word, units[begin].roles = "although", Role.CONCEDE
    elif end - 1 > label:
        units[end - 1].word, units[end - 1].roles = ",", Role.COMMA
    return Scope(label, label + 1, "concede")


def _what_looks(units: list[Unit]) -> None:
    """Read "what looks real is in truth fake" as "it looks real, it is fake"."""
    if not units or units[0].word not in ("what", "whatever") or not roles_at(units, 1) & Role.SEEM:
        return
    last = last_label(units, 1)
    if last < 0 or not roles_at(units, last + 1) & Role.BE:
        return
    units[0].word, units[0].roles = "although", Role.CONCEDE
    verb = units[last + 1]
    verb.word, verb.roles = "it's", Role.IT | Role.BE
    units.insert(last + 1, Unit(",", Role.COMMA, verb.start, verb.start))
