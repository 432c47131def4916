# ruff: noqa: E501, SIM905
"""What reaches across sentences: corrections, other speakers, "it isn't one"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject, by_sentence
from fakevlm_bench.answers.lexer import Sentence
from fakevlm_bench.answers.particles import answer_questions
from fakevlm_bench.types import Label

_CORRECTION = re.compile(
    r"(?:^|[,;:.(\-]|\b(?:oh|well|so|actually|but|and|then)\b)[\s\"]*"
    r"(?:(?:strike|scratch) that|make that|correction(?=\s?[:,\-]| -)|oops|"
    r"(?:ignore|disregard|forget) (?:that(?=[\s,.:;-]*(?:$|[,.:;-]))|what i said)|"
    r"that (?:was|is) (?:wrong|a mistake)|i was wrong|my mistake|i made a mistake|i got that wrong|"
    r"(?:edit|update|erratum)(?=\s?:)|no,? wait|wait,? no|(?:revised|corrected|updated) (?:answer|verdict))\b|"
    r"\b(?:i meant|i mean(?= |,|:)|i misspoke|(?:let me |i |i have to )correct(?:ing)? (?:myself|that)|"
    r"correcting myself|just kidding|(?:my )?apologies|i take (?:that|this|it) back|i take back what i said|"
    r"i stand corrected|let me rephrase|(?:answer|verdict) changed to|"
    r"changed (?:my|the) (?:answer|verdict) to|changed my mind)\b"
)
_RETRACTED = re.compile(
    r"\b(?:strike|scratch|ignore|disregard|forget) (?:that|this|what i said)\b|i take (?:that|it) back"
)
_NO = re.compile(r"\W*(?:no|nope|wait|hmm,? no|er,? no|uh,? no)[,: -]+")
_SPEAKER = re.compile(
    r"\W*(?:user|human|system|prompt|instructions?|customer|interviewer|questioner)\s?(?:\d\s?)?:"
)
_PARTY = re.compile(
    r"(?:(?<=\n)|\A|(?<=[.!?;]))[ \n>\-|]{0,6}(?P<name>(?:the )?(?:prosecut(?:or|ion)|defen(?:der|[cs]e(?: attorney| lawyer)?)|judge|jury|juror|"
    r"(?:devil's )?advocate|critic|s[ck]eptic|believer|optimist|pessimist|expert|analyst|speaker|agent|person|reviewer|debater|panell?ist|"
    r"witness|opponent|proponent|detective|examiner|annotator|rater|moderator|referee|arbiter|chair|student|teacher|"
    r"alice|bob|carol|charlie|dave|eve|pro|con)(?: [a-z]| \d{1,2})?)\s{0,3}:"
)
_PRESIDING = re.compile(r"(?:the )?(?:judge|jury|moderator|referee|arbiter|chair)")
_THINKING = r"(?:(?:i|we)(?: really| strongly| still| also)? (?P<mine>(?:do not|don't|did not|doubt|think|believe|am sure|'m sure|know|suspect|guess|bet|am convinced)[a-z' ]{0,18}?) (?:that )?)?"
_ELLIPSIS = re.compile(
    r"(?:^|[,;:(-]|\b(?:but|and|yet|though|however|still|so|therefore|thus|hence|because|indeed|sure)\b)"
    r"[\s,\"]*(?:(?:in fact|of course|actually|clearly|obviously|sadly|alas|unfortunately|indeed)[\s,]+)?"
    rf"(?:{_THINKING}(?:(?P<subject>it|this|that|the (?:image|photo|picture|photograph))(?: really| truly| actually| clearly| definitely| obviously| certainly| just| simply)?)?\s?(?P<verb>'s|is|was|isn't|wasn't|ain't|does|doesn't|does not)\b"
    r"(?P<rest>(?: (?:not|definitely|certainly|really|clearly|in fact|indeed|actually|simply|just|surely|probably|most likely|exactly|quite|n't))*)"
    r"(?: one| so| that| the case)?|(?P<whole>i doubt (?:it|that)|i (?:do not|don't) think so|i think not|not really|not quite))[\s\"')]*$"
)
_ELLIPTIC = tuple(
    "'s|is|was|n't|does|not|definitely|certainly|really|clearly|fact|indeed|actually|simply|just|"
    "surely|probably|likely|exactly|quite|one|so|that|case|it".split("|")
)
_DENYING = re.compile(r"\bnot\b|n't\b|\bdoubt\b")
_REACH = 160
"""Characters at the end of a sentence in which an ellipsis stands."""


def across_sentences(parts: Sequence[Sentence], candidates: list[Candidate], plain: str) -> None:
    """Apply what one sentence does to others; append the mentions that an ellipsis makes.

    Args:
        parts: Sentences in the order of the text.
        candidates: Mentions in the order of the text; changed in place, ellipses are appended.
        plain: The normalised text, as long as the body.
    """
    _echoes(parts, candidates, plain)
    _debates(parts, candidates, plain)
    _corrections(parts, candidates, plain)
    answer_questions(parts, candidates, plain)
    _ellipses(parts, candidates, plain)


def _text(part: Sentence, plain: str) -> str:
    return plain[part.start : part.end].strip(" \n.!;")


def _echoes(parts: Sequence[Sentence], candidates: list[Candidate], plain: str) -> None:
    """Quote what a user's or a system's line says, up to the end of the line."""
    inside = by_sentence(candidates)
    quoting = False
    for number, part in enumerate(parts):
        if number and "\n" in plain[parts[number - 1].end - 1 : part.start + 1]:
            quoting = False
        quoting = quoting or _SPEAKER.match(plain, part.start, part.end) is not None
        if quoting:
            for item in inside.get(number, []):
                item.drop(Force.QUOTED)
                item.subject = Subject.QUESTION


def _debates(parts: Sequence[Sentence], candidates: list[Candidate], plain: str) -> None:
    """Quote the parties of a debate that contradict each other; who presides over it decides."""
    if _PARTY.search(plain) is None:
        return
    inside = by_sentence(candidates)
    speaker = ""
    spoken: dict[str, list[Candidate]] = {}
    for number, part in enumerate(parts):
        if number and "\n" in plain[parts[number - 1].end - 1 : part.start + 1]:
            speaker = ""
        match = _PARTY.match(plain, part.start, part.end)
        if match is not None:
            speaker = match["name"].strip()
        if speaker and not _PRESIDING.match(speaker):
            spoken.setdefault(speaker, []).extend(inside.get(number, []))
    claims = [item for items in spoken.values() for item in items if item.place > Place.CONCEDED]
    announced = [
        item for item in candidates if item.place is Place.ANNOUNCED and item not in claims
    ]
    if announced or len(spoken) < 2 or len({item.label for item in claims}) < 2:
        return
    for item in claims:
        item.drop(Force.QUOTED)


def _corrections(parts: Sequence[Sentence], candidates: list[Candidate], plain: str) -> None:
    """Mark what corrects, and drop what is taken back without another word."""
    inside = by_sentence(candidates)
    waiting: int | None = None
    for number, part in enumerate(parts):
        items = inside.get(number, [])
        if waiting is not None and items:
            items[0].corrected = items[0].corrected or number == waiting + 1
            waiting = None
        if len(part.tokens) > 60:
            continue
        match = _CORRECTION.search(plain[part.start : part.end].lstrip())
        if match is not None:
            later = [i for i in items if i.start >= part.end - len(match.string) + match.start()]
            decisive = any(item.place >= Place.BARE for item in later)
            for item in later:
                item.corrected = True
                weak = item.place in (Place.NOWHERE, Place.SIGN) and not decisive
                if weak and item.force in (Force.STATED, Force.HEDGED):
                    item.place, item.subject = Place.BARE, Subject.IMAGE
            if not items:
                waiting = number
        elif items and number and _NO.match(plain, part.start, part.end):
            before = inside.get(number - 1, [])
            if (
                before
                and all(i.place is Place.BARE for i in before)
                and len(parts[number - 1].tokens) <= 4
            ):
                items[0].corrected = True
    if waiting is not None and _RETRACTED.search(_text(parts[waiting], plain)):
        for item in candidates:
            if item.sentence < waiting:
                item.drop(Force.LISTED)


def _ellipses(parts: Sequence[Sentence], candidates: list[Candidate], plain: str) -> None:
    """Read "…, but it isn't one", "Therefore it is not": what the words before it named."""
    inside = by_sentence(candidates)
    last: list[Candidate] = []
    for number, part in enumerate(parts):
        items = inside.get(number, [])
        start = max(part.start, part.end - _REACH)
        text = plain[start : part.end].rstrip(" \n.!;")
        elliptic = text.endswith(_ELLIPTIC) and not part.question
        match = _ELLIPSIS.search(text) if elliptic else None
        if match is not None:
            place = start + match.start()
            before = [item for item in items if item.end <= place]
            alone = not items and part.tokens and place == part.start
            if len(before) == len(items) and (before or alone):
                new = _resolved(
                    before or last, match, place, start + match.end(), within=bool(before)
                )
                if new is not None:
                    new.sentence = number
                    candidates.append(new)
        last = items if items else last if len(part.tokens) <= 12 else []
    candidates.sort(key=lambda item: (item.sentence, item.start))


def _resolved(
    before: Sequence[Candidate], match: re.Match[str], start: int, end: int, *, within: bool
) -> Candidate | None:
    """Return the statement that an ellipsis makes; None where it names nothing or both."""
    before = [item for item in before if item.force is not Force.LISTED]
    bases = {item.base for item in before}
    if not before or (not within and any(i.place >= Place.STATED for i in before)):
        return None
    if len(bases) > 1:
        for item in before:
            item.drop(Force.LISTED)
        return None
    ellipsis = " ".join(match[name] or "" for name in ("mine", "verb", "rest", "whole"))
    denied = len(_DENYING.findall(ellipsis)) % 2 == 1 or match["whole"] is not None
    if match["whole"] is None and match["subject"] is None and not denied:
        return None
    (base,) = bases
    for item in before:
        item.place = min(item.place, Place.CONCEDED)
    base = Label(base)
    return Candidate(
        start, end, base, 0, denied, Subject.IMAGE, Force.STATED, Place.STATED, turned=True
    )
