# ruff: noqa: SIM905
"""Frames around a clause that turn it round or take it back as a whole.

"The idea that it is real is wrong", "to call it fake would be a mistake", "however real it looks":
the clause inside is read as if it stood alone, and what the frame does to it is applied to its
mentions afterwards. A frame whose end is not understood leaves open what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from fakevlm_bench.answers.concessions import concessions
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.scopes import (
    LABEL,
    MARKS,
    RIGHT,
    SEES,
    WRONG,
    Scope,
    last_label,
    roles_at,
    silence,
    word_at,
)
from fakevlm_bench.answers.vocabulary import Role

_NAMING = frozenset(
    "call label labeling labelling calling say saying think thinking describe describing consider "
    "considering claim claiming assume assuming believe believing classify classifying suggest "
    "suggesting argue arguing treat treating declare declaring take taking deem deeming mistake "
    "mistaking regard regarding dismiss dismissing brand branding".split()
)  # fmt: skip
_PERSONS = frozenset(
    "whoever anyone anybody everyone everybody those people someone somebody one you".split()
)
_SAYING = frozenset(
    f"{verb}{end}" for end in ("", "s", "d", "ed", "ing") for verb in (
        "think believe say claim call take consider insist suspect assume argue suppose see regard "
        "label conclude maintain deem judge hold imagine").split()
)  # fmt: skip
_CLAIMS = frozenset(
    "claim claims idea notion suggestion assumption hypothesis theory belief view statement "
    "assertion thought conclusion impression allegation argument proposition possibility rumour "
    "rumor accusation verdict".split()
)  # fmt: skip
_ACCEPTING = frozenset("buy accept share credit swallow support endorse".split())
_ABSURD = (
    "pope|eat my hat|eat my shoes|pigs|queen of england|king of england|"
    "monkey's uncle|freezes over|"
    "tooth fairy|father christmas|santa claus|made of cheese|dutchman"
).split("|")
_REJECTING = frozenset(
    "reject dismiss deny dispute refute disagree discard oppose rejecting rejected disbelieve "
    "contest exclude".split()
)  # fmt: skip
_FRONT = MARKS | Role.BUT | Role.AND | Role.BECAUSE | Role.ADVERB | Role.SKIP | Role.NO | Role.YES


def outer_frames(units: list[Unit]) -> list[Scope]:
    """Find the frames of a sentence and take their words out of it."""
    scopes: list[Scope] = []
    for place, unit in enumerate(units):
        if place and not units[place - 1].roles & _FRONT:
            continue
        scope = _claim(units, place) or _naming(units, place) or _person(units, place)
        scope = scope or _that(units, place) or _ironic(units, place)
        if scope is not None:
            scopes.append(scope)
            break
        if unit.word in ("i", "we"):
            scope = _rejection(units, place)
            if scope is not None:
                scopes.append(scope)
                break
    return [*scopes, *concessions(units)]


def _claim(units: list[Unit], place: int) -> Scope | None:
    """Read "the idea that this image is real is wrong"."""
    words = word_at(units, place).split()
    if words[:1] not in (["the"], ["any"]):
        return None
    joined = [*words, *(w for u in units[place + 1 : place + 4] for w in u.word.split())]
    noun = next((n for n, w in enumerate(joined[:4]) if w in _CLAIMS), None)
    if noun is None:
        return None
    ahead = place
    while ahead < len(units) and units[ahead].word not in ("that", "of"):
        if ahead - place > 4 or units[ahead].roles & (MARKS | SEES):
            return None
        ahead += 1
    return _framed(units, place, ahead + 1)


def _naming(units: list[Unit], place: int) -> Scope | None:
    """Read "calling it real would be wrong", "to call it real would be a mistake"."""
    start = place + 1 if units[place].word == "to" else place
    first = units[place].word.split()
    if len(first) > 1 and first[0] == "to" and first[1] in _NAMING:  # "to call it", one phrase
        verb = place
    elif word_at(units, start).split()[:1] and word_at(units, start).split()[0] in _NAMING:
        verb = start
    else:
        return None
    if units[place].word.split()[0] != "to" and not units[verb].word.split()[0].endswith("ing"):
        return None
    last, tail = _tail(units, verb + 1)
    if tail is None:
        return None
    silence(units, place, verb)
    units[verb].word, units[verb].roles = "call", Role.REPORT
    return _close(units, place, last, tail)


def _person(units: list[Unit], place: int) -> Scope | None:
    """Read "whoever thinks it is real is mistaken", "if you think it is real, you are wrong"."""
    ahead = place
    if word_at(units, ahead).split()[:1] == ["if"]:
        ahead += 1
    if word_at(units, ahead).split()[:1] == [] or word_at(units, ahead).split()[0] not in _PERSONS:
        return None
    conditional = ahead > place
    ahead += 1
    while word_at(units, ahead) in ("who", "that", "would", "still", "really", "has"):
        ahead += 1
    whoever = units[place].word == "whoever" or units[ahead - 1].word == "who" or conditional
    verb = word_at(units, ahead).split()
    if not whoever or not verb or verb[0] not in _SAYING:
        return None
    last, tail = _tail(units, ahead + 1, comma=conditional)
    if tail is None:
        return None
    silence(units, place, ahead)
    units[ahead].word, units[ahead].roles = "say", Role.REPORT
    return _close(units, place, last, tail)


def _ironic(units: list[Unit], place: int) -> Scope | None:
    """Read "if this is real, I'm the Pope"."""
    if units[place].word != "if":
        return None
    last = last_label(units, place + 1)
    text = f" {' '.join(u.word for u in units[last + 1 :][:14])} "
    if last < 0 or not any(f" {idiom} " in text for idiom in _ABSURD):
        return None
    silence(units, place, place + 1)
    silence(units, last + 1, len(units))
    return Scope(place, last + 1, "flip")


def _that(units: list[Unit], place: int) -> Scope | None:
    """Read "that it is real is out of the question"."""
    following = roles_at(units, place + 1)
    if units[place].word != "that" or not following & (Role.IT | Role.THIS | Role.THE):
        return None
    if following & Role.BE:
        return None
    return _framed(units, place, place + 1)


def _rejection(units: list[Unit], place: int) -> Scope | None:
    """Read "I reject the idea that it is real", "I disagree with the view that …"."""
    ahead = place + 1
    denied, either = 0, False
    verbs = _REJECTING | _ACCEPTING
    while ahead < len(units) and ahead - place < 5 and units[ahead].word not in verbs:
        if units[ahead].roles & (MARKS | LABEL):
            return None
        either = either or units[ahead].word in ("neither", "nor", "or", "either")
        denied += bool(units[ahead].roles & Role.NOT) or units[ahead].word in ("cannot", "can't")
        ahead += 1
    verb = word_at(units, ahead)
    if verb not in verbs:
        return None
    denied += verb in _ACCEPTING
    end = ahead + 1
    while end < len(units) and end - ahead < 6 and units[end].word != "that":
        if units[end].roles & (MARKS | LABEL):
            return None
        end += 1
    claim = any(w in _CLAIMS for u in units[ahead + 1 : end] for w in u.word.split())
    if word_at(units, end) != "that" or (verb in _ACCEPTING and not claim):
        return None
    silence(units, place, end + 1)
    last = last_label(units, end)
    effect = "open" if either else "keep" if denied % 2 else "flip"
    return Scope(end, last + 1, effect)


def _framed(units: list[Unit], place: int, inside: int) -> Scope | None:
    last, tail = _tail(units, inside)
    if tail is None:
        return None
    silence(units, place, inside)
    return _close(units, place, last, tail)


def _close(units: list[Unit], begin: int, last: int, tail: tuple[int, str]) -> Scope:
    end, effect = tail
    silence(units, last + 1, end)
    return Scope(begin, last + 1, effect)


def _tail(
    units: Sequence[Unit], start: int, *, comma: bool = False
) -> tuple[int, tuple[int, str] | None]:
    """Find the last label of a clause and what is said of the clause: (place, (end, effect))."""
    last = last_label(units, start)
    if last < 0:
        return last, None
    begin = last + 1
    if comma and roles_at(units, begin) & Role.COMMA:
        begin += 1
    while roles_at(units, begin) & Role.QUOTE:
        begin += 1
    end = begin
    while end < len(units) and not units[end].roles & (
        Role.COMMA | Role.COLON | Role.DASH | Role.BUT
    ):
        end += 1
    window = units[begin:end][:9]
    verbs = Role.REJECT | Role.WOULD | Role.DO | Role.MAY | Role.NOT | Role.VERBAL | SEES
    if not window or not any(
        u.roles & verbs or u.word in ("falls", "holds", "stands") for u in window
    ):
        return last, None
    text = f" {' '.join(u.word for u in window)} "
    for words, effect, other in ((WRONG, "flip", "keep"), (RIGHT, "keep", "flip")):
        phrase = next((w for w in words if f" {w} " in text), None)
        if phrase is not None:
            before = window[: _place_of(window, phrase)]
            denied = any(u.roles & Role.NOT or u.word == "not" for u in before)
            return last, (end, other if denied else effect)
    return last, (end, "open")


def _place_of(window: Sequence[Unit], phrase: str) -> int:
    first = phrase.split(maxsplit=1)[0]
    return next((n for n, u in enumerate(window) if first in u.word.split()), len(window))
