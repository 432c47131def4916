# ruff: noqa: E501
"""Yes and no: alone, announced, and as answers to the answer's own questions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers import languages
from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject, by_sentence
from fakevlm_bench.answers.lexer import Sentence
from fakevlm_bench.answers.lexicon import LEXICON
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_YEAS = frozenset(
    {"it is", "it does", "i do", "definitely", "absolutely", "correct", "true", "certainly",
     "that is correct", "i think so", "that's correct", "it has", "it was", "it is indeed", "you bet", "without a doubt", "no doubt", "it certainly is", "it definitely is",
     "of course", "sure", "sure is", "yes", "yes it is", "for sure", "undoubtedly", "of course it is",
     "without question", "very much so", "i believe it is", "i think it is", "it must be",
     "it sure is", "that is true", "i believe so"}
)  # fmt: skip
_NAYS = frozenset(
    {"it is not", "it isn't", "not a chance", "no chance", "i think not", "hardly", "far from it", "no",
     "no way", "not likely", "unlikely", "i doubt that", "i do not", "i don't", "never", "of course not", "not in the least",
     "not remotely", "nope", "nah", "it can't be", "it cannot be", "i don't believe so", "not even close",
     "it certainly is not", "it certainly isn't", "not in my opinion", "probably not", "i believe not",
     "surely not", "nowhere near", "out of the question", "impossible", "no it isn't", "anything but", "it does not", "it doesn't", "not at all", "i don't think so",
     "i do not think so", "false", "incorrect", "definitely not", "certainly not",
     "absolutely not", "it has not", "it was not", "by no means", "it hasn't", "it wasn't",
     "no it is not", "not really", "i doubt it"}
)  # fmt: skip
_OPENERS = frozenset(
    {"well", "hmm", "in a", "in one", "word", "in short", "oh", "sorry", "come on", "in practice", "in reality", "honestly", "frankly",
     "clearly", "actually", "um", "and", "but", "so", "hm", "please", "ok", "okay"}
)  # fmt: skip
_LIGHT = frozenset(
    {
        "really",
        "definitely",
        "certainly",
        "absolutely",
        "very",
        "quite",
        "indeed",
        "most",
        "clearly",
    }
)


_REPLIES = frozenset(
    first
    for first, entry in LEXICON.items()
    for roles in ((entry.roles or 0), *(r for rows in entry.phrases.values() for _, r in rows))
    if roles & (Role.YES | Role.NO)
)
_LONGEST_REPLY = 16
"""Words of a sentence that, as a whole, may mean yes or no."""
_ENCLOSING = Role.QUOTE | Role.DASH | Role.OPENING | Role.CLOSING
_ANNOUNCING = Role.COLON | Role.BE | Role.HEAD | Role.QUOTE
_BEHIND_REPLY = (
    Role.COMMA | Role.IT | Role.ME | Role.THIS | Role.THE | Role.DASH | Role.BECAUSE | Role.BE
    | Role.COLON | Role.THERE
)  # fmt: skip
_NEGATIVE = re.compile(r"\W*(?:is|are|was|were|does|do|has|have)n't\b")

_OF_LOOKS = re.compile(r"\b(?:do|does|did|would)(?:n't)?\b[^.?]{0,60}\b(?:look|seem|appear|feel)\b")

_BUT_IS_IT = re.compile(r"\bis (?:it|this|that)(?: really| actually| truly)?(?: so)?\s?\?")


def answer_questions(parts: Sequence[Sentence], candidates: list[Candidate], plain: str) -> None:
    """Answer "Is it fake? No.": a question with one label and the yes or no behind it.

    Args:
        parts: Sentences in the order of the text.
        candidates: Mentions so far; changed in place.
        plain: The normalised text, as long as the body.
    """
    inside = by_sentence(candidates)
    for number, sentence in enumerate(parts[:-1]):
        question = inside.get(number, [])
        if not question or not (sentence.question or _is_bare(question, sentence)):
            continue
        if len({i.label for i in question}) != 1 or any(
            i.force in (Force.LISTED, Force.QUOTED) for i in question
        ):
            continue
        place, reply = _reply(parts, number + 1, alone=not sentence.question)
        if reply is None or any(i.place >= Place.BARE for i in inside.get(place, [])):
            continue
        item = question[-1]
        if reply and item.negated and not _NEGATIVE.match(plain, sentence.start, sentence.end):
            continue  # "It is not real? Yes."
        item.negated = not reply
        item.subject, item.force, item.place = Subject.IMAGE, Force.STATED, Place.STATED
        if _OF_LOOKS.search(plain, sentence.start, item.start):
            item.force, item.place = Force.HEDGED, Place.SEEMING
            if _BUT_IS_IT.search(plain, item.end, item.end + 200):
                item.drop(Force.HYPOTHETICAL)
        item.sentence = place


def _is_bare(question: Sequence[Candidate], sentence: Sentence) -> bool:
    return all(item.place is Place.BARE for item in question) and len(sentence.tokens) <= 3


def _reply(parts: Sequence[Sentence], place: int, *, alone: bool) -> tuple[int, bool | None]:
    """Read the reply to a question: (its sentence, yes or no or None)."""
    words = _words(parts[place])
    if words[:2] == ["in", "theory"] or words[:1] == ["theoretically"]:
        place += 1
        words = _words(parts[place]) if place < len(parts) else []
    if not words or parts[place].question:
        return place, None
    while words and (words[0] in _OPENERS or " ".join(words[:2]) in _OPENERS):
        words = words[1:] if words[0] in _OPENERS else words[2:]
    text = " ".join(words)
    if not alone and len(words) == 1 and languages.particle(text) is not None:
        return place, languages.particle(text)
    if alone and text not in ("yes", "no"):
        return place, None
    light = [w for w in words if w not in _LIGHT] or words
    for replies, value in ((_NAYS, False), (_YEAS, True)):
        if text in replies or " ".join(light) in replies:
            return place, value
    units = [u for u in parts[place].units if not u.roles & Role.ADVERB] or parts[place].units
    if not units[0].roles & (Role.YES | Role.NO):
        return place, None
    free = Role.COMMA | Role.DASH | Role.IT | Role.BECAUSE | Role.THE | Role.THIS
    if len(units) > 1 and not units[1].roles & free:
        return place, None
    return place, bool(units[0].roles & Role.YES)


def _words(sentence: Sentence) -> list[str]:
    return [word for word, _, _ in sentence.tokens if word[0].isalpha()]


def particle(parts: Sequence[Sentence], plain: str) -> bool | None:
    """Return what a leading or announced yes or no says; None where there is none or both.

    Args:
        parts: Sentences in the order of the text.
        plain: The normalised text, as long as the body.
    """
    if not parts:
        return None
    first = _yes_or_no(parts[0], plain)
    last = _yes_or_no(parts[-1], plain) if len(parts) > 1 else first
    if first is None or last is None:
        return last if first is None else first
    return first if first is last or len(parts) > 2 else None


def _yes_or_no(sentence: Sentence, plain: str) -> bool | None:
    """Return what a sentence says that is a yes or a no, or that begins with one."""
    if sentence.question:
        return None
    written = plain[sentence.start : sentence.end]
    tokens = [word for word, _, _ in sentence.tokens]
    if len(tokens) > _LONGEST_REPLY and _REPLIES.isdisjoint(tokens):
        return languages.particle(written)
    units = _reply_units(sentence)
    if not units:
        return None
    text = " ".join(u.word for u in units)
    both = any(u.roles & Role.YES for u in units) and any(
        u.roles & Role.NO and u.word == "no" for u in units
    )
    if both and len(units) <= 6:
        return None
    follow = units[1].roles if len(units) > 1 else Role.COMMA
    if units[0].roles & Role.YES and follow & (_BEHIND_REPLY | Role.IMAGE):
        return True
    if units[0].roles & Role.NO and follow & _BEHIND_REPLY:
        return False
    whole = " ".join(word for word in tokens if word[0].isalpha())
    for reply in (text, whole):
        if reply in _YEAS or reply in _NAYS:
            return reply in _YEAS
    return languages.particle(written)


def _reply_units(sentence: Sentence) -> list[Unit]:
    """Return the units of a reply, without marks and without what announces it."""
    units = [u for u in sentence.units if not u.roles & _ENCLOSING]
    if units and units[0].roles & (Role.HEAD | Role.THE | Role.ME):
        return [u for u in units[1:] if not u.roles & _ANNOUNCING] or units
    return units
