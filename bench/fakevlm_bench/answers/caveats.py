# ruff: noqa: E501
"""What a whole sentence does to its mentions: caveats, disbelief, contents, rejected labels.

The clause reader judges a word by what stands before it. What is said behind it ("the label 'fake'
is incorrect"), and what a sentence is about as a whole ("the person in it is real"), is read here.
Where such a sentence is not understood to the end, its mentions are left out: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers.disbelief import disbelieved, rejected
from fakevlm_bench.answers.edits import edited
from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.scopes import TURN, parts_around
from fakevlm_bench.answers.things import about_things, noun_and_seeming

_CAN = r"(?:cannot|can't|can not|could not|couldn't|can never|(?:un|not )able to|not possible to|"
_CAN += r"impossible to|hard to|difficult to|not be possible to|won't|would not|wouldn't|"
_CAN += r"do not|don't|not)"
_CAVEAT = re.compile(
    rf"\b{_CAN} (?:be )?(?:(?:\w+ly|quite|altogether|with certainty) )+(?:be )?"
    r"(?:exclude|excluded|rule|ruled|dismiss|dismissed|discount|discounted|discard|discarded|"
    r"eliminate|eliminated|preclude|precluded)\b"
    r"|\b(?:cannot|can't|can not|could not|couldn't) (?:be )?(?:dismissed?|discount(?:ed)?)\b"
)
_TO_SAY = re.compile(
    r"\b(?:need|want|require|take|without|like|have to see|love)\b[^.;]{0,80}?\b(?:to|before i can|"
    r"could) (?:say|tell|know|judge|determine|decide|be sure|confirm|assess|see) (?:if|whether|that)\b"
)
_UNLIKE = re.compile(
    r"^\W{0,9}(?:unlike|in contrast to|as opposed to|compared (?:to|with)|whereas|different from) "
    r"[^,]{1,60},(?: which [^,]{1,60},)?"
)
_OR_NOT = re.compile(r"\s+or not\b(?=\s*[,:-])")
_CAN_BE = re.compile(
    r"\b(?:can|could|may|might|must|should|will) (?:either )?be\b[^.;]{0,30}\([^)]{1,12}\),?"
    r" or\b[^.;]{0,30}\([^)]{1,12}\)"
)
_FIRST = re.compile(
    r"\b(?:i'd|i would|i'd have|i would have|i|we'd|we would|i had)"
    r" (?:at )?(?:first|initially|originally) (?:have )?"
    r"(?:say|said|call|called|guess|guessed|thought|think|took|take|assume|assumed|went|go|answer)\b"
    r"|^\W{0,9}my (?:first|initial|original) (?:thought|guess|impression|instinct|answer|idea|reaction)\b"
)
_EVERYTHING = re.compile(
    r"\b(?:everything|anything|all|what|things?|something|nothing|much|the (?:features|qualities|properties|details|hallmarks|marks))"
    r" (?:that )?(?:an? |any |every )?(?:\w+ )?$"
)
_HAS = re.compile(
    r"^[\"' ]*(?:[\w-]+ ){0,2}?(?:has|have|had|shows?|needs?|lacks?|would|should|must|"
    r"offers?|displays?|exhibits?)\b"
)
_TEST_FOR = re.compile(
    r"\b(?:tests?|checks?|criteri(?:on|a)|hallmarks?|checklists?|rules?|standards?|requirements?|"
    r"exams?|screenings?)\b[^,;:]{0,30}? (?:for|of|against)(?: an?| any)?(?: \w+)? ?$"
)
_GENERIC = re.compile(
    r"^(?:fakes|forgeries|deepfakes|composites|photoshops)\b"
    r"|^[\w-]+(?: [\w-]+)? (?:images|photos|photographs|pictures|content|pics|shots|fakes)\b"
    r"|^(?:[\w-]+ )?(?:image|photo|photograph|picture|deepfake|fake)\b"
)
_SARCASM = re.compile(r"(?:^|\s)/s\s*$")
_SCORN = re.compile(
    r"^\W{0,9}(?:(?:oh|yeah|yea|yes),? )*(?:yeah|yea|right|sure|oh|ha(?:ha)?|lol|suu+re|of course|"
    r"riiight|wow|totally|so)\b"
)
_SCARE = re.compile(
    r"(?:\b(?:totally|so|very|a|an|such|such a|quite|completely|absolutely|perfectly|really|this|the)"
    r" )\"$"
)
_SUCH = re.compile(
    r"\b(?:such|what) (?:an? )?(?:[\w-]+ )?[\"']$|\bso-called [\"']$"
    r"|^\W{0,9}(?:[\w-]+, )?(?:nice|great|lovely|some|quite an?|behold|(?:just )?look at (?:this|that)) [\"']$"
)
_LAUGHTER = re.compile(r"\b(?:lol|lmao|rofl|ha(?:ha)+|hehe|yeah,? right|as if|not)\b[\s.!)]*$")
_SUCH_PLAIN = re.compile(
    r"^\W{0,9}(?:\w+, )?(?:such|what) (?:an? )?(?:[\w-]+ )?[\"']?$"
    r"|^\W{0,9}(?:so|very|totally|sure|yeah|how|completely|absolutely),? $"
)
_PART_LOOKS = re.compile(
    r"^\W{0,9}(?:\w+\W{1,5})?(?:the|its|his|her|their|these|those|some|both|one) (?:[\w-]+ ){1,5}"
    r"(?:looks?|appears?|seems?|feels?) (?:\w+ ){0,3}[\"' ]*$"
)
_PRINTER = re.compile(r"\b(?:3-?d|laser|ink-?jet|resin) ?print(?:er|ed|ing)")
_THING_MADE = re.compile(
    r"^\W{0,9}(?:an?|the|some|two|three) (?!\w*(?:image|photo|picture))[\w-]+ $"
)


_MOST = 40
"""Mentions of one sentence that are looked at; more are a list or a loop."""


def caveats(text: str, start: int, items: Sequence[Candidate], *, alone: bool) -> None:
    """Change the mentions of one sentence by what the sentence as a whole says.

    Args:
        text: The sentence, normalised.
        start: Where it begins in the answer.
        items: Its mentions, in order; changed in place.
        alone: The answer has no other sentence.
    """
    if not items or len(items) > _MOST:
        return
    _not_excluded(text, start, items)
    _left_open(text, start, items)
    disbelieved(text, start, items)
    rejected(text, start, items)
    _generic(text, start, items)
    _ironic(text, start, items)
    about_things(text, start, items)
    noun_and_seeming(text, start, items)
    edited(text, start, items)
    if alone:
        _part_alone(text, start, items)
    if alone and text.strip(" .!\n") == "true":
        items[0].drop(Force.LISTED)


def _not_excluded(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Drop what cannot fully be excluded, which is a caveat and no mention."""
    for match in _CAVEAT.finditer(text):
        turn = TURN.search(text, match.end())
        before = [*TURN.finditer(text, 0, match.start())]
        begin = before[-1].end() if before else 0
        end = turn.start() if turn else len(text)
        behind = [i for i in items if match.end() <= i.start - start < end]
        for item in behind or [i for i in items if begin <= i.start - start < match.start()]:
            item.drop(Force.HYPOTHETICAL)


def _left_open(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Drop what is asked for, what is offered, what another image is, and first guesses."""
    asked = _TO_SAY.search(text)
    if asked is not None:
        for item in items:
            if item.start - start >= asked.start():
                item.drop(Force.HYPOTHETICAL)
    if _CAN_BE.search(text):
        for item in items:
            item.drop(Force.LISTED)
    first = parts_around(text, start, items[0])
    if _OR_NOT.match(first[2]) and not first[0].strip(" \"'"):
        items[0].drop(Force.LISTED)
    other = _UNLIKE.match(text)
    if other is not None:
        for item in items:
            if item.start - start < other.end():
                item.drop(Force.LISTED)
    guess = _FIRST.search(text)
    if guess is not None:
        turn = TURN.search(text, guess.end())
        for item in items:
            if guess.end() <= item.start - start < (turn.start() if turn else len(text)):
                item.force, item.place = Force.HEDGED, min(item.place, Place.CONCEDED)


def _generic(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Drop "every test for fakes", "everything a real photo has", a thing from a printer."""
    for item in items:
        before, word, after = parts_around(text, start, item)
        tested = _TEST_FOR.search(before) and _GENERIC.match(word + after)
        if tested or (
            _EVERYTHING.search(before) and _GENERIC.match(word + after) and _HAS.match(after)
        ):
            item.drop(Force.LISTED)
            item.subject = Subject.GENERAL
        made = word in ("generated", "produced", "created", "made") and _THING_MADE.match(before)
        if _PRINTER.search(after) or (made and item.place is Place.BARE):
            item.drop(Force.LISTED)


def _ironic(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Leave open what is meant ironically: ``/s``, scare quotes behind a scornful word."""
    sarcastic = _SARCASM.search(text)
    scorn = _SCORN.match(text)
    for item in items:
        before, _, after = parts_around(text, start, item)
        scare = scorn and _SCARE.search(before) and after[:1] == '"'
        scare = scare or (_SUCH.search(before) and after[:1] in ("'", '"'))
        laughed = _LAUGHTER.search(after) and (
            _SUCH_PLAIN.match(before) or before[-1:] == after[:1] == '"'
        )
        if sarcastic or scare or laughed:
            item.drop(Force.QUOTED)


def _part_alone(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Leave open what one part looks like, where an answer says no more than that."""
    if len(items) != 1 or items[0].place is not Place.SIGN:
        return
    before, _, after = parts_around(text, start, items[0])
    if _PART_LOOKS.match(before) and not re.search(r"\w", after):
        items[0].drop(Force.HYPOTHETICAL)
