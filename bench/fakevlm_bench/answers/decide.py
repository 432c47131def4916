"""From evidence to a verdict: which mention decides, in a stated order.

==========================  ==================================================================
rule                        what decides
==========================  ==================================================================
``announced verdict``       the last mention that a word such as *verdict* announces
``form fields``             fields with yes or no, where they agree
``statement``               the last sentence that states something about this image
``hedged statement``        where nothing is stated: the last that seems or is likely
``yes or no``               where the question is known
``bare word``               words that stand alone, where they agree
``hints``                   signs and parts, where they agree and nothing was left open
==========================  ==================================================================

A later rule never overrules an earlier one. What conflicts within one is no verdict, unless a
word of contrast or of revision (*but*, *actually*, *on closer inspection*) orders it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.types import Label

Decision = tuple[Label | None, str]


def decide(candidates: Sequence[Candidate], yes: Label | None = None) -> Decision:
    """Decide.

    Args:
        candidates: Mentions in the order of the text.
        yes: What a leading yes or no says, where the answer has one and the question is known.

    Returns:
        The verdict and the rule that decided; None with the reason.
    """
    evidence = [item for item in candidates if item.place > Place.NOWHERE and not item.half]
    evidence += [i for i in candidates if i.half and i.place > Place.NOWHERE]
    evidence.sort(key=lambda item: (item.sentence, item.start))
    evidence = _corrected(evidence)
    announced = [item for item in evidence if item.place is Place.ANNOUNCED]
    stated = [item for item in evidence if item.place is Place.STATED]
    fields = [item for item in evidence if item.place is Place.FIELD]
    if announced:
        return _announced(announced, stated)
    if fields:
        return _fields(fields, stated)
    if stated:
        return _statements(evidence)
    seeming = [item for item in evidence if item.place is Place.SEEMING]
    bare_before = [
        i for i in evidence
        if i.place is Place.BARE and seeming and i.sentence < seeming[0].sentence
        and i.label is not seeming[-1].label
    ]  # fmt: skip
    if bare_before and not any(i.revised or i.corrected for i in seeming):
        return None, "a bare word and a hedged statement conflict"
    if seeming:
        return _last(seeming, "hedged statement")
    bare = [item for item in evidence if item.place is Place.BARE]
    if yes is not None:
        agrees = all(item.label is yes for item in bare)
        return (yes, "yes or no") if agrees else (None, "yes or no and a word conflict")
    if bare:
        return _last(bare, "bare word")
    return _hints(candidates, evidence)


def _corrected(evidence: list[Candidate]) -> list[Candidate]:
    """Leave out what a later word takes back: "Real. Sorry, I meant …"."""
    places = [n for n, i in enumerate(evidence) if i.corrected and i.place >= Place.BARE]
    return evidence[places[-1] :] if places else evidence


def _announced(announced: Sequence[Candidate], stated: Sequence[Candidate]) -> Decision:
    last = announced[-1]
    same = [i for i in announced if i.sentence == last.sentence]
    if any(i.label is not last.label for i in same) and not last.turned and not _contrast(same):
        return None, "announced verdicts conflict"
    later = [i for i in stated if i.sentence > last.sentence and i.label is not last.label]
    if later:
        if later[-1].turned:
            return later[-1].label, "revised statement"
        return None, "announced verdict and a later statement conflict"
    return last.label, "announced verdict"


def _contrast(same: Sequence[Candidate]) -> bool:
    return any(i.turned for i in same)


def _fields(fields: Sequence[Candidate], stated: Sequence[Candidate]) -> Decision:
    labels = {item.label for item in fields}
    if len(labels) == 2:
        real = any(i.base is Label.REAL for i in fields if i.label is Label.REAL)
        forged = any(i.base is Label.FAKE for i in fields if i.label is Label.FAKE)
        if real or not forged:
            return None, "form fields conflict"
        labels = {Label.FAKE}  # "deepfake: no, edited: yes"
    (label,) = labels
    if any(item.label is not label for item in stated):
        return None, "form fields and a statement conflict"
    return label, "form fields"


def _statements(evidence: Sequence[Candidate]) -> Decision:
    """Take the last sentence that states; what only seems counts behind it where it revises."""
    verdict: Label | None = None
    rule = "statement"
    for _, group in groupby(evidence, key=lambda item: item.sentence):
        inside = list(group)
        stated = [i for i in inside if i.place is Place.STATED]
        seeming = [i for i in inside if i.place is Place.SEEMING]
        if stated:
            verdict, rule = _last(stated, "statement")
        elif (
            verdict is not None
            and seeming
            and seeming[-1].revised
            and seeming[-1].label is not verdict
        ):
            verdict, rule = seeming[-1].label, "revised statement"
    return verdict, rule


def _last(items: Sequence[Candidate], rule: str) -> Decision:
    """Take the last of several mentions of one rank; a conflict needs a word that orders it."""
    last = items[-1]
    turn = max((place for place, item in enumerate(items) if item.turned), default=0)
    if any(item.label is not last.label for item in items[turn:]):
        return None, f"{rule}s conflict"
    return last.label, rule


def _hints(candidates: Sequence[Candidate], evidence: Sequence[Candidate]) -> Decision:
    left_open = any(
        i.force is Force.HYPOTHETICAL and i.subject is Subject.IMAGE for i in candidates
    )
    weak = [i for i in evidence if i.place is Place.SIGN]
    if weak and weak[-1].turned:
        last = weak[-1]
        left_open = any(
            i.force is Force.HYPOTHETICAL and i.subject is Subject.IMAGE
            and (i.sentence, i.start) > (last.sentence, last.start) for i in candidates
        )  # fmt: skip
    if not weak and any(i.place is Place.POSSIBLE for i in evidence):
        return None, "only possible"
    if left_open or not weak:
        return None, "left open" if left_open else "no statement about this image"
    labels = {i.label for i in weak}
    return (labels.pop(), "hints") if len(labels) == 1 else (None, "hints conflict")
