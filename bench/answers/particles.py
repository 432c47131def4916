"""Yes and no: alone, announced, and as answers to the answer's own questions."""

from __future__ import annotations

from collections.abc import Sequence

from bench.answers import languages
from bench.answers.evidence import Force, Found, Place, Subject, by_sentence
from bench.answers.lexer import Sentence, Unit
from bench.answers.vocabulary import Role

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


def answer_questions(parts: Sequence[Sentence], found: list[Found]) -> None:
    """Answer "Is it fake? No.": a question with one label and the yes or no behind it."""
    inside = by_sentence(found)
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


def particle(parts: Sequence[Sentence], plain: str) -> bool | None:
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
