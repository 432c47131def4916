"""Frames around a clause that turn it round or take it back as a whole.

"The idea that it is real is wrong", "to call it fake would be a mistake", "however real it looks":
the clause inside is read as if it stood alone, and what the frame does to it is applied to its
mentions afterwards. A frame whose end is not understood leaves open what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.answers.evidence import Force, Found, Place
from bench.answers.lexer import Unit
from bench.answers.vocabulary import Role

_LABEL = Role.FAKE | Role.REAL | Role.REAL_NOUN | Role.FORGING | Role.TRUTH
_SEES = Role.BE | Role.SEEM
_MARKS = Role.COMMA | Role.COLON | Role.DASH | Role.OPENING | Role.CLOSING | Role.QUOTE
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
_WRONG = (
    "wrong|mistaken|false|incorrect|untrue|absurd|ridiculous|nonsense|nonsensical|untenable|"
    "unfounded|baseless|inaccurate|misguided|erroneous|a mistake|a misconception|a fallacy|a lie|"
    "an error|in error|out of the question|does not hold|doesn't hold|does not stand|can be ruled out|is ruled out|"
    "be rejected|be dismissed|implausible|impossible|far-fetched|laughable|not true|not correct|"
    "not right|deluded|fooled|deceived|unlikely|naive|ludicrous|preposterous|bogus|silly|foolish|"
    "falls apart|fall apart|be excluded|misled|unjustified|unwarranted|dishonest"
).split("|")
_RIGHT = (
    "right|correct|true|accurate|justified|well-founded|sound|spot on|convincing|holds up|"
    "holds water|confirmed|stands"
).split("|")
_EARLIER = frozenset(
    "before was previously formerly earlier originally prior initially previous old instead".split()
)
_ACCEPTING = frozenset("buy accept share credit swallow support endorse".split())
_ABSURD = (
    "pope|eat my hat|eat my shoes|pigs|queen of england|king of england|monkey's uncle|freezes over|"
    "tooth fairy|father christmas|santa claus|made of cheese|dutchman"
).split("|")
_REJECTING = frozenset(
    "reject dismiss deny dispute refute disagree discard oppose rejecting rejected disbelieve "
    "contest exclude".split()
)  # fmt: skip
_FRONT = _MARKS | Role.BUT | Role.AND | Role.BECAUSE | Role.ADVERB | Role.SKIP | Role.NO | Role.YES


@dataclass(frozen=True, slots=True)
class Scope:
    """Units begin … end - 1, and what a frame does to the mentions among them."""

    begin: int
    end: int
    effect: str

    def apply(self, found: Sequence[Found]) -> None:
        """Turn round, concede or leave open the mentions inside."""
        for item in found:
            if not self.begin <= item.unit < self.end:
                continue
            if self.effect == "flip":
                item.negated = not item.negated
            elif self.effect == "open":
                item.drop(Force.HYPOTHETICAL)
            elif self.effect == "concede" and item.place > Place.CONCEDED:
                item.force, item.place = Force.HEDGED, Place.CONCEDED


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
    _what_looks(units)
    return [*scopes, *_however(units), *_though(units), *_before(units), *_fronted(units)]


def _word(units: Sequence[Unit], place: int) -> str:
    return units[place].word if place < len(units) else ""


def _roles(units: Sequence[Unit], place: int) -> int:
    return units[place].roles if place < len(units) else 0


def _silence(units: Sequence[Unit], begin: int, end: int) -> None:
    for unit in units[begin:end]:
        unit.word, unit.roles = "", Role.ADVERB


def _claim(units: list[Unit], place: int) -> Scope | None:
    """Read "the idea that this image is real is wrong"."""
    words = _word(units, place).split()
    joined = [*words, *(w for u in units[place + 1 : place + 4] for w in u.word.split())]
    noun = next((n for n, w in enumerate(joined[:4]) if w in _CLAIMS), None)
    if joined[:1] != ["the"] and joined[:1] != ["any"] or noun is None:
        return None
    ahead = place
    while ahead < len(units) and units[ahead].word not in ("that", "of"):
        if ahead - place > 4 or units[ahead].roles & (_MARKS | _SEES):
            return None
        ahead += 1
    return _framed(units, place, ahead + 1)


def _naming(units: list[Unit], place: int) -> Scope | None:
    """Read "calling it real would be wrong", "to call it real would be a mistake"."""
    start = place + 1 if units[place].word == "to" else place
    first = units[place].word.split()
    if len(first) > 1 and first[0] == "to" and first[1] in _NAMING:  # "to call it", one phrase
        verb = place
    elif _word(units, start).split()[:1] and _word(units, start).split()[0] in _NAMING:
        verb = start
    else:
        return None
    if units[place].word.split()[0] != "to" and not units[verb].word.split()[0].endswith("ing"):
        return None
    last, tail = _tail(units, verb + 1)
    if tail is None:
        return None
    _silence(units, place, verb)
    units[verb].word, units[verb].roles = "call", Role.REPORT
    return _close(units, place, last, tail)


def _person(units: list[Unit], place: int) -> Scope | None:
    """Read "whoever thinks it is real is mistaken", "if you think it is real, you are wrong"."""
    ahead = place
    if _word(units, ahead).split()[:1] == ["if"]:
        ahead += 1
    if _word(units, ahead).split()[:1] == [] or _word(units, ahead).split()[0] not in _PERSONS:
        return None
    conditional = ahead > place
    ahead += 1
    while _word(units, ahead) in ("who", "that", "would", "still", "really", "has"):
        ahead += 1
    whoever = units[place].word == "whoever" or units[ahead - 1].word == "who" or conditional
    verb = _word(units, ahead).split()
    if not whoever or not verb or verb[0] not in _SAYING:
        return None
    last, tail = _tail(units, ahead + 1, comma=conditional)
    if tail is None:
        return None
    _silence(units, place, ahead)
    units[ahead].word, units[ahead].roles = "say", Role.REPORT
    return _close(units, place, last, tail)


def _ironic(units: list[Unit], place: int) -> Scope | None:
    """Read "if this is real, I'm the Pope"."""
    if units[place].word != "if":
        return None
    last = _last_label(units, place + 1)
    text = f" {' '.join(u.word for u in units[last + 1 :][:14])} "
    if last < 0 or not any(f" {idiom} " in text for idiom in _ABSURD):
        return None
    _silence(units, place, place + 1)
    _silence(units, last + 1, len(units))
    return Scope(place, last + 1, "flip")


def _that(units: list[Unit], place: int) -> Scope | None:
    """Read "that it is real is out of the question"."""
    following = _roles(units, place + 1)
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
        if units[ahead].roles & (_MARKS | _LABEL):
            return None
        either = either or units[ahead].word in ("neither", "nor", "or", "either")
        denied += bool(units[ahead].roles & Role.NOT) or units[ahead].word in ("cannot", "can't")
        ahead += 1
    verb = _word(units, ahead)
    if verb not in verbs:
        return None
    denied += verb in _ACCEPTING
    end = ahead + 1
    while end < len(units) and end - ahead < 6 and units[end].word != "that":
        if units[end].roles & (_MARKS | _LABEL):
            return None
        end += 1
    claim = any(w in _CLAIMS for u in units[ahead + 1 : end] for w in u.word.split())
    if _word(units, end) != "that" or (verb in _ACCEPTING and not claim):
        return None
    _silence(units, place, end + 1)
    last = _last_label(units, end)
    effect = "open" if either else "keep" if denied % 2 else "flip"
    return Scope(end, last + 1, effect)


def _framed(units: list[Unit], place: int, inside: int) -> Scope | None:
    last, tail = _tail(units, inside)
    if tail is None:
        return None
    _silence(units, place, inside)
    return _close(units, place, last, tail)


def _close(units: list[Unit], begin: int, last: int, tail: tuple[int, str]) -> Scope:
    end, effect = tail
    _silence(units, last + 1, end)
    return Scope(begin, last + 1, effect)


def _last_label(units: Sequence[Unit], start: int) -> int:
    """Return the place of the last label word before the clause ends, with its noun."""
    last = -1
    for place in range(start, len(units)):
        roles = units[place].roles
        if roles & _LABEL and not _judges(units, place):
            last = place
        elif last >= 0 and roles & (_MARKS | Role.BUT | _SEES | Role.WOULD | Role.MAY | Role.DO):
            break
    if last >= 0:
        while _roles(units, last + 1) & (Role.IMAGE | Role.IMAGES):
            last += 1
    return last


def _judges(units: Sequence[Unit], place: int) -> bool:
    """Say whether "true", "bogus" judges the clause: a verb and a label stand before it."""
    return units[place].word in (*_RIGHT, *_WRONG) and any(
        u.roles & (_SEES | Role.WOULD) for u in units[max(0, place - 2) : place]
    ) and any(u.roles & _LABEL for u in units[:place])  # fmt: skip


def _tail(units: Sequence[Unit], start: int, *, comma: bool = False) -> tuple[int, tuple[int, str] | None]:
    """Find the last label of a clause and what is said of the clause: (place, (end, effect))."""
    last = _last_label(units, start)
    if last < 0:
        return last, None
    begin = last + 1
    if comma and _roles(units, begin) & Role.COMMA:
        begin += 1
    while _roles(units, begin) & Role.QUOTE:
        begin += 1
    end = begin
    while end < len(units) and not units[end].roles & (Role.COMMA | Role.COLON | Role.DASH | Role.BUT):
        end += 1
    window = units[begin:end][:9]
    verbs = Role.REJECT | Role.WOULD | Role.DO | Role.MAY | Role.NOT | Role.VERBAL | _SEES
    if not window or not any(u.roles & verbs or u.word in ("falls", "holds", "stands") for u in window):
        return last, None
    text = f" {' '.join(u.word for u in window)} "
    for words, effect, other in ((_WRONG, "flip", "keep"), (_RIGHT, "keep", "flip")):
        phrase = next((w for w in words if f" {w} " in text), None)
        if phrase is not None:
            before = window[: _place_of(window, phrase)]
            denied = any(u.roles & Role.NOT or u.word == "not" for u in before)
            return last, (end, other if denied else effect)
    return last, (end, "open")


def _place_of(window: Sequence[Unit], phrase: str) -> int:
    first = phrase.split()[0]
    return next((n for n, u in enumerate(window) if first in u.word.split()), len(window))


def _looks(units: Sequence[Unit], place: int) -> int | None:
    """Return the place behind "it may look", if that stands here."""
    subject = False
    for ahead in range(place, min(place + 7, len(units))):
        roles = units[ahead].roles
        if roles & Role.SEEM or (subject and units[ahead].word == "be"):
            return ahead + 1 if subject else None
        subject = subject or bool(roles & (Role.IT | Role.THIS | Role.IMAGE))
        if roles & (_LABEL | Role.COMMA | Role.COLON) and not roles & Role.IMAGE:
            return None
    return None


def _however(units: list[Unit]) -> list[Scope]:
    """Concede "however real it may look", "as real as it seems", "no matter how real it looks"."""
    scopes = []
    for place, unit in enumerate(units):
        how = unit.word in ("however", "how") or unit.word.endswith(" how") or unit.word == "as"
        label = next(
            (p for p in range(place + 1, min(place + 4, len(units))) if units[p].roles & _LABEL),
            None,
        )
        if not how or label is None or any(
            u.roles & (_MARKS | _SEES) for u in units[place + 1 : label]
        ):
            continue
        after = label + 1
        while _roles(units, after) & (Role.IMAGE | Role.A) or _word(units, after) in ("as", "though"):
            after += 1
        if unit.word == "as" and _word(units, after - 1) not in ("as", "though"):
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
        if not units[place].roles & _LABEL or units[place + 1].word not in ("though", "as"):
            continue
        front = place == 0 or units[place - 1].roles & (_MARKS | Role.ADVERB | Role.QUOTE)
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
            if not unit.roles & _LABEL:
                unit.word, unit.roles = "", Role.ADVERB
        scopes.append(Scope(place, end, "concede"))
    return scopes


def _fronted(units: list[Unit]) -> list[Scope]:
    """Read "authentic it is not"."""
    light = Role.A | Role.ADVERB | Role.QUOTE | Role.IMAGE
    label = next((p for p, u in enumerate(units[:4]) if u.roles & _LABEL), None)
    if label is None or any(not u.roles & light for u in units[:label]):
        return []
    start = label + 1
    while _roles(units, start) & (Role.IMAGE | Role.COMMA) and not _roles(units, start) & Role.THE:
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
    _silence(units, start, len(units))
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
    if not units or units[0].word not in ("what", "whatever") or not _roles(units, 1) & Role.SEEM:
        return
    last = _last_label(units, 1)
    if last < 0 or not _roles(units, last + 1) & Role.BE:
        return
    units[0].word, units[0].roles = "although", Role.CONCEDE
    verb = units[last + 1]
    verb.word, verb.roles = "it's", Role.IT | Role.BE
    units.insert(last + 1, Unit(",", Role.COMMA, verb.start, verb.start))
