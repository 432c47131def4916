"""All mentions of an answer, and the rules that reach across words and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.answers import languages
from bench.answers.clauses import ClauseReader
from bench.answers.double_denials import double_denials
from bench.answers.evidence import Force, Found, Place, Subject
from bench.answers.fields import read_fields
from bench.answers.lexer import Sentence, Unit, sentences
from bench.answers.outer_frames import outer_frames
from bench.answers.vocabulary import Role
from bench.types import Label

_LABEL = Role.FAKE | Role.REAL
_LONGEST_FOREIGN = 1000
_YEAS = frozenset(
    {"it is", "it does", "i do", "definitely", "absolutely", "correct", "true", "certainly",
     "that is correct", "i think so", "that's correct", "it has", "it was", "it is indeed",
     "it sure is", "yes it is", "that is true", "i believe so"}
)  # fmt: skip
_NAYS = frozenset(
    {"it is not", "it isn't", "it does not", "it doesn't", "not at all", "i don't think so",
     "i do not think so", "false", "incorrect", "definitely not", "certainly not",
     "absolutely not", "it has not", "it was not", "by no means", "it hasn't", "it wasn't",
     "no it is not", "not really", "i doubt it"}
)  # fmt: skip


@dataclass(slots=True)
class Evidence:
    """What an answer holds: mentions, sentences, a leading yes or no, an announced letter."""

    found: list[Found]
    sentences: list[Sentence]
    particle: bool | None


def read_evidence(plain: str) -> Evidence:
    """Collect the mentions of normalised text, in order."""
    parts = sentences(plain)
    found: list[Found] = []
    about = False
    for number, sentence in enumerate(parts):
        text = plain[sentence.start : sentence.end]
        tongue = languages.tongue_of(text)
        if tongue is not None:
            inside = languages.read(
                tongue,
                text[:_LONGEST_FOREIGN],
                sentence.start,
                question=sentence.question,
                subject=about,
            )
        else:
            inside = _english(sentence)
        for item in inside:
            item.sentence = number
        about = (
            any(i.subject is Subject.IMAGE and i.place > Place.NOWHERE for i in inside)
            or tongue is not None
        )
        found += inside
    _questions(parts, found)
    _options(parts, found)
    return Evidence(found, parts, _particle(parts, plain))


def _english(sentence: Sentence) -> list[Found]:
    if not sentence.says_something:
        return []
    units = sentence.units
    double_denials(units)
    scopes = outer_frames(units)
    inside = read_fields(sentence)
    inside += ClauseReader(sentence).read()
    inside.sort(key=lambda item: item.start)
    for scope in scopes:
        scope.apply(inside)
    _alternatives(units, inside)
    _halves(inside)
    if sentence.question:
        for item in inside:
            item.subject = Subject.QUESTION
            item.drop(Force.HYPOTHETICAL)
    for item in inside:
        after = units[item.unit + 1] if item.unit + 1 < len(units) else None
        if after is not None and after.roles & Role.QUESTION and item.place is not Place.FIELD:
            item.drop(Force.HYPOTHETICAL)
    return inside


def _alternatives(units: Sequence[Unit], found: list[Found]) -> None:
    """Mark "real or fake", which offers both and says neither, as listed."""
    for first, second in pairwise(found):
        if first.base is second.base or Place.FIELD in (first.place, second.place):
            continue
        between = units[first.unit + 1 : second.unit]
        if _offers(between, first, second):
            first.drop(Force.LISTED)
            second.drop(Force.LISTED)


def _offers(between: Sequence[Unit], first: Found, second: Found) -> bool:
    links = (
        Role.OR | Role.SLASH | Role.COMMA | Role.A | Role.THE | Role.ADVERB | Role.IMAGE
        | Role.IMAGES | Role.IT | Role.THIS | Role.BE | Role.MAY | Role.QUOTE | Role.LIKELY
        | Role.AND | Role.NOT | Role.DASH | Role.COLON | Role.PART | Role.SKIP | Role.SEEM
        | Role.HALF | Role.OPENING | Role.CLOSING
    )  # fmt: skip
    if any(not u.roles & links for u in between) or any(
        u.roles & Role.BUT and not u.roles & Role.ADVERB for u in between
    ):
        return False
    disjunct = any(u.roles & (Role.OR | Role.SLASH) or u.word == "|" for u in between)
    denied = any(u.roles & Role.NOT and u.word != "nor" for u in between)
    if disjunct:
        return not denied or not (first.negated or second.negated)
    plain = not any(
        u.roles & (Role.BE | Role.SEEM | Role.NOT | Role.COLON | Role.THIS | Role.IT)
        for u in between
    )
    return plain and any(u.roles & Role.AND for u in between) and first.negated is second.negated


def _halves(found: list[Found]) -> None:
    """Let "partly real" leave open what else its sentence says."""
    if any(item.half and item.base is Label.REAL for item in found):
        for item in found:
            item.drop(Force.LISTED)


def _by_sentence(found: Sequence[Found]) -> dict[int, list[Found]]:
    groups: dict[int, list[Found]] = {}
    for item in found:
        groups.setdefault(item.sentence, []).append(item)
    return groups


def _questions(parts: Sequence[Sentence], found: list[Found]) -> None:
    """Answer "Is it fake? No.": a question with one label and the yes or no behind it."""
    inside = _by_sentence(found)
    for number, sentence in enumerate(parts[:-1]):
        if not sentence.question:
            continue
        asked = inside.get(number, [])
        labels = {i.label for i in asked}
        reply = parts[number + 1].units
        if (
            len(labels) != 1
            or any(i.force in (Force.LISTED, Force.QUOTED) for i in asked)
            or not reply
        ):
            continue
        first = reply[0]
        ellipsis = " ".join(u.word for u in reply)
        if parts[number + 1].question:
            continue
        if ellipsis in _NAYS or ellipsis in _YEAS:
            first = Unit("", Role.NO if ellipsis in _NAYS else Role.YES, 0, 0)
        elif not first.roles & (Role.YES | Role.NO) or (
            len(reply) > 1
            and not reply[1].roles
            & (Role.COMMA | Role.DASH | Role.IT | Role.BECAUSE | Role.THE | Role.THIS)
        ):
            continue
        later = [i for i in inside.get(number + 1, []) if i.place >= Place.BARE]
        if later:
            continue
        item = asked[-1]
        item.negated = item.negated != bool(first.roles & Role.NO)
        item.subject, item.force, item.place = Subject.IMAGE, Force.STATED, Place.STATED
        item.sentence = number + 1


def _options(parts: Sequence[Sentence], found: list[Found]) -> None:
    """Take options (``A. Real``, ``B. Fake``) for a list, and a letter behind them for its word."""
    options: dict[str, list[Found]] = {}
    inside = _by_sentence(found)
    for item in found:
        mark = parts[item.sentence].option
        single = len(inside[item.sentence]) == 1
        if (
            mark
            and single
            and len(parts[item.sentence].units) <= 5
            and item.place in (Place.BARE, Place.NOWHERE)
        ):
            options.setdefault(mark, []).append(item)
    _inline_options(parts, found, options)
    listed = [i for items in options.values() for i in items]
    if len(options) < 2 or len({i.label for i in listed}) < 2:
        return
    for item in listed:
        item.drop(Force.LISTED)
    _letter(parts, found, options)


def _inline_options(
    parts: Sequence[Sentence], found: list[Found], options: dict[str, list[Found]]
) -> None:
    """Find "(A) Real (B) Fake" within one sentence."""
    for item in found:
        if parts[item.sentence].option and item.unit == 0:
            options.setdefault(parts[item.sentence].option, []).append(item)
        if (
            item.place is Place.FIELD
            or not item.unit
            or not parts[item.sentence].units[item.unit :]
        ):
            continue
        mark = parts[item.sentence].units[item.unit - 1]
        if len(mark.word) == 3 and mark.word[0] == "(" and mark.word[1].isalnum():
            options.setdefault(mark.word[1], []).append(item)


def _letter(parts: Sequence[Sentence], found: list[Found], options: dict[str, list[Found]]) -> None:
    for number in range(len(parts) - 1, -1, -1):
        words = [
            u
            for u in parts[number].units
            if not u.roles & (Role.QUOTE | Role.COLON | Role.OPENING | Role.CLOSING | Role.COMMA)
        ]
        if words and words[0].roles & (Role.HEAD | Role.IT | Role.THE | Role.ME):
            words = [
                u
                for u in words
                if not u.roles & (Role.HEAD | Role.BE | Role.THE | Role.ME | Role.IT | Role.ADVERB)
            ]
        letter = words[0].word.strip("()") if len(words) == 1 else ""
        if letter in options:
            chosen = options[letter][-1]
            copy = Found(
                words[0].start,
                words[0].end,
                chosen.base,
                0,
                chosen.negated,
                Subject.IMAGE,
                Force.STATED,
                Place.ANNOUNCED,
            )
            copy.sentence = number
            found.append(copy)
            return


def _particle(parts: Sequence[Sentence], plain: str) -> bool | None:
    """Return what a leading or announced yes or no says; None where there is none or both."""
    said: set[bool] = set()
    for sentence in (*parts[:1], *parts[-1:]):
        value = _yes_or_no(sentence, plain)
        if value is not None:
            said.add(value)
    if len(said) != 1:
        first = _yes_or_no(parts[0], plain) if parts else None
        return first if len(said) == 2 and first is not None and len(parts) > 2 else None
    return said.pop()


def _yes_or_no(sentence: Sentence, plain: str) -> bool | None:
    units = [
        u
        for u in sentence.units
        if not u.roles & (Role.QUOTE | Role.DASH | Role.OPENING | Role.CLOSING)
    ]
    if sentence.question or not units:
        return None
    if units[0].roles & Role.HEAD or units[0].roles & (Role.THE | Role.ME):
        rest = [
            u for u in units[1:] if not u.roles & (Role.COLON | Role.BE | Role.HEAD | Role.QUOTE)
        ]
        units = rest or units
    words = [u.word for u in units]
    if (
        any(u.roles & Role.YES for u in units)
        and any(u.roles & Role.NO and u.word == "no" for u in units)
        and len(units) <= 6
    ):
        return None
    follow = units[1].roles if len(units) > 1 else Role.COMMA
    free = (
        Role.COMMA
        | Role.IT
        | Role.ME
        | Role.THIS
        | Role.THE
        | Role.DASH
        | Role.BECAUSE
        | Role.BE
        | Role.COLON
        | Role.THERE
    )
    if units[0].roles & Role.YES and follow & (free | Role.IMAGE):
        return True
    if units[0].roles & Role.NO and follow & free:
        return False
    text = " ".join(words)
    if text in _YEAS:
        return True
    if text in _NAYS:
        return False
    return languages.particle(plain[sentence.start : sentence.end])
