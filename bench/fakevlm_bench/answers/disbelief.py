# ruff: noqa: E501
"""Labels that somebody disbelieves, and labels rejected behind their word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.scopes import TURN, parts_around

_REJECTED_ITSELF = re.compile(
    r"\b(?:never|not|nobody|no one|doubt|deny|disagree|claims?|claiming|idea|absurd|nonsense|"
    r"correctly|rightly|if|whether|hardly|cannot|can't)\b|n't\b"
)
_WRONGLY = r"(?:falsely|wrongly|incorrectly|mistakenly|erroneously|wrongfully|unjustly|unfairly)"
_DISBELIEF = re.compile(
    r"\b(?P<not>not |n't |never |hardly )?(?:(?:i'm|am|remain|are|be|feel|very|rather|quite|deeply|"
    r"highly|still|somewhat) ){0,3}(?:s[kc]eptical|incredulous|unconvinced|unpersuaded) "
    r"(?:that|about|of|as to)\b"
    r"|\b(?P<not2>not |n't |never )?ha(?:ve|ving|d) (?:(?:a|some|great|much|such|real) )*"
    r"(?:hard time|difficulty|difficulties|trouble|problems?) (?:in )?"
    r"(?:believing|accepting|seeing|thinking|buying|imagining|calling|taking)\b"
    r"|\b(?P<not3>not |n't |never )?(?:find|finds|found|hard|difficult|tough)\b(?! it hard to accept that)"
    r"[^,;.]{0,12}? ?"
    r"(?:(?:hard|difficult|tough|impossible) )?(?:for me )?to "
    r"(?:accept|see|swallow|buy|take)\b(?= (?:that |it |this |the |how ))"
)
_REFUTED = re.compile(
    r"\b(?:suspicions?|accusations?|allegations?|claims?|myths?|rumou?rs?|charges?|theory|theories|"
    r"hypothesis|idea|notion|belief|assertions?|assumptions?|fears?|talk) (?:that|of|about)\b"
)
_FRAMED = re.compile(
    r"\b(?:the|any) (?:\w+ )?(?:claim|idea|notion|suggestion|assumption|hypothesis|theory|belief|view|"
    r"assertion|allegation|argument|rumou?r|accusation)\b"
)
"""What `outer_frames` has read already."""
_WEAK = re.compile(
    r"\b(?:arguments?|cases?|evidence|reasons?|reasoning|proof|grounds?) (?:that|for|of|in favou?r of|"
    r"to)\b"
)
_UNFOUNDED = re.compile(
    r"\b(?:is|are|was|were|seems?|looks?|appears?|remains?|proved?|has been|have been)"
    r" (?:(?!not\b)\w+ )?"
    r"(?:unfounded|baseless|groundless|unsubstantiated|untenable|debunked|refuted|a myth|"
    r"unjustified|without (?:any )?(?:basis|foundation|merit))\b"
)
_THIN = re.compile(
    r"\b(?:is|are|was|were|seems?|looks?|appears?|remains?) (?:\w+ )?(?:weak|thin|flimsy|poor|"
    r"unconvincing|feeble|shaky|unpersuasive|insufficient|not convincing|not strong)\b"
    r"|\b(?:do not|don't|does not|doesn't|did not|didn't|fails? to|hardly|barely|never) "
    r"(?:really |quite )?(?:convince|persuade|hold|stand|add up|impress)"
)
_NIL = re.compile(
    r"\b(?:likelihood|probability|chances?|odds|possibility)\b.{1,60}?\b(?:is|are)"
    r" (?:(?:virtually|practically|almost|nearly|close to|next to|as good as|effectively|basically)"
    r" )+(?:nil|none|nothing|nonexistent|non-existent|naught)\b"
)
_BEHIND = re.compile(
    r"^[\"')\s]*(?:(?:label|tag|classification|verdict|answer|reading|call) )?"
    r"(?:,? ?(?:which|that|but (?:that|this|it|the \w+)) )?"
    r"(?:is|was|would be|seems|are|were|has been|being)"
    r" (?:(?:simply|clearly|just|plainly|obviously|totally|completely|entirely|quite|the) ){0,2}"
    r"(?:incorrect|wrong|mistaken|inaccurate|erroneous|a mistake|an error|a misnomer|a false positive|"
    r"a false negative|a false alarm|unjustified|unwarranted|misplaced|not correct|not right|"
    r"misleading|false)\b"
)
_WRONGLY_BEHIND = re.compile(
    rf"^(?: (?:image|photo|photograph|picture))?[\"')\s]*(?:, |- |\()\s*(?:(?:but|and|quite|very|though) )?{_WRONGLY}\b\s*(?:[.!)\n,]|$|(?:so|i think|in my)\b)"
)
_WHICH_WRONG = re.compile(
    r"^(?: (?:image|photo|photograph|picture))?[\"')\s]*(?:, |- |\(|; )?\s*(?:but |and )?(?:which|that|this)"
    r"(?:'s| is| was| would be| seems) (?:(?:simply|clearly|just|plainly|obviously|totally|completely|entirely|quite) ){0,2}"
    r"(?:incorrect|wrong|mistaken|inaccurate|erroneous|a mistake|an error|false|untrue|not true|not correct|not right)"
    r"\b[\s.!)\"']*(?:$|[,;:-])"
)
_FALSE_ALARM = re.compile(
    r"^[^.;]{0,12}?\bbut (?:the|this|that|it|its) ?(?:\w+ )?(?:is|was|seems|looks) "
    r"(?:\w+ )?(?:a false (?:positive|negative|alarm)|wrong|incorrect|mistaken|an error|a mistake)\b"
)
_QUOTED_LABEL = re.compile(
    r"^\W{0,9}(?:.{0,30}\b(?:say|think|believe|doubt|deny|dispute|that|but|and|so|however|because|find|consider) )?\W{0,9}"
    r"(?:the )?(?:(?:label|tag|classification|verdict|answer|flag|word|term|category)s? )?(?:of )?\W{0,9}$"
)
_LABELLED = re.compile(
    r"\b(?:labell?ed|tagged|flagged|classified|marked|presented|reported|described|listed|detected|"
    r"identified|branded)(?: \w+)? (?:as|to be) (?:an? |being )?[\"' ]*$"
    r"|\b(?:labell?ed|tagged|flagged|marked|captioned|branded|rated|titled|called|declared|deemed|judged) (?:it |this |that |the \w+ )?(?:as )?(?:an? )?[\"' ]*$"
)
_ACCUSED = re.compile(
    rf"\b{_WRONGLY} (?:accused of|suspected of|presented|sold|marketed|passed off|advertised|billed|"
    r"reported|described|portrayed|promoted|shared|circulated|labell?ed|tagged|flagged|classified|marked|"
    r"listed|identified|branded|captioned|called|deemed|declared)(?: (?:as|to be|being|online))*"
    r"(?: (?:an?|the))?[\"' ]*$"
)
_MISLABELLED = re.compile(
    r"\bmis-?(?:labell?ed|identified|classified|described|represented|presented|tagged|captioned|"
    r"sold|flagged|judged|reported|diagnosed|attributed)(?: it| this)? (?:as|to be)(?: being)?(?: (?:an?|the))?[\"' ]*$"
)
_UNSURE = re.compile(
    r"\b(?:not|never|nobody|no|if|whether|may|might|could|can|cannot|would|should|unless|often|"
    r"sometimes|easily|hardly|who|images|photos|pictures|claims?|says?|said|think|thinks|believes?)\b|n't\b|\?"
)
_MYTH = re.compile(
    r"\b(?:it|this|that)(?:'s| is| was| has been|'s been| isn't| wasn't)(?P<not> (?:not|no|hardly|never))?"
    r"(?: (?:just|only|merely|simply|clearly|purely|obviously|nothing but|all|such))*"
    r"(?: (?:an?|the|one))?(?: (?:(?!not\b)[\w-]+)){0,2} (?P<what>myth|rumou?r|hoax|legend|fairy tale|falsehood|canard|"
    r"conspiracy theory|fabrication|fiction|tall tale|untruth|gossip|hearsay|rubbish|hogwash|baloney|bunk|humbug)"
    r"(?: \w+ly)? (?:that|to the effect that)\b"
)
_SURE_MYTH = frozenset(
    {"myth", "falsehood", "canard", "untruth", "fabrication", "rubbish", "fairy tale"}
)


def _turned(item: Candidate) -> None:
    """Turn a mention round; what was no evidence becomes what seems."""
    if item.force in (Force.LISTED, Force.QUOTED):
        return
    item.negated = not item.negated
    item.subject, item.force, item.place = Subject.IMAGE, Force.HEDGED, Place.SEEMING


def disbelieved(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Turn round what somebody can't believe; leave open what has weak arguments."""
    match = _DISBELIEF.search(text)
    if match is not None and "hard to accept" not in match.group():  # a negation already
        turn = TURN.search(text, match.end())
        inside = [i for i in items if match.end() <= i.start - start
                  < (turn.start() if turn else len(text))]  # fmt: skip
        denied = match["not"] or match["not2"] or match["not3"]
        if len(inside) == 1 and not denied and inside[0].place > Place.NOWHERE:
            _turned(inside[0])
        else:
            for item in inside:
                item.drop(Force.HYPOTHETICAL)
    _myths(text, start, items)
    for front, back in (
        (_REFUTED, _UNFOUNDED),
        (_REFUTED, _THIN),
        (_WEAK, _UNFOUNDED),
        (_WEAK, _THIN),
    ):
        claim = front.search(text)
        end = back.search(text, claim.end()) if claim is not None else None
        if claim is None or end is None:
            continue
        inside = [i for i in items if claim.end() <= i.start - start < end.start()]
        if not _FRAMED.search(text):
            for item in inside:
                item.drop(Force.HYPOTHETICAL)
    nil = _NIL.search(text)
    if nil is not None:
        for item in items:
            if nil.start() <= item.start - start < nil.end():
                item.drop(Force.HYPOTHETICAL)


def _myths(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Turn round what is called a myth; leave open a rumour, and a myth that is denied."""
    match = _MYTH.search(text)
    if match is None:
        return
    turn = TURN.search(text, match.end())
    end = turn.start() if turn else len(text)
    for item in items:
        if match.start() <= item.start - start < match.end():
            item.drop(Force.LISTED)
    inside = [i for i in items if match.end() <= i.start - start < end]
    sure = match["what"] in _SURE_MYTH and not match["not"] and "n't" not in match.group()
    if sure and len(inside) == 1 and not _UNSURE.search(text) and not inside[0].negated:
        _turned(inside[0])
        return
    for item in inside:
        item.drop(Force.HYPOTHETICAL)


def rejected(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Turn round a label that is rejected behind its word, or said to be given falsely."""
    for item in items:
        before, _, after = parts_around(text, start, item)
        named = _QUOTED_LABEL.match(before) and (after[:1] in "\"'" or before.strip(" \"'"))
        labelled = _LABELLED.search(before)
        rejected = (named and _BEHIND.match(after)) or (
            labelled
            and (
                _WRONGLY_BEHIND.match(after)
                or _FALSE_ALARM.match(after)
                or _WHICH_WRONG.match(after)
            )
        )
        if labelled and rejected and re.search(rf"\b(?:not|never|{_WRONGLY})\b|n't\b", before):
            item.drop(Force.HYPOTHETICAL)
            continue
        accused = _ACCUSED.search(before)
        if item.place > Place.NOWHERE:
            accused = accused or _MISLABELLED.search(before)
        if accused and (_UNSURE.search(before) or "?" in after):
            item.drop(Force.HYPOTHETICAL)
            continue
        if rejected and _REJECTED_ITSELF.search(f"{before} {after}"):
            item.drop(Force.HYPOTHETICAL)
        elif (rejected and item.place > Place.NOWHERE) or accused:
            item.negated = True
            item.subject, item.force, item.place = Subject.IMAGE, Force.STATED, Place.STATED
