# ruff: noqa: E501, SIM905
"""What is said of an object or of what the image shows, and nouns that say real or fake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.scopes import parts_around
from fakevlm_bench.types import Label

_IMAGE = (
    r"(?:image|photo|photograph|picture|pic|shot|snapshot|portrait|selfie|screenshot|video|frame|"
    r"one|deepfake|fake|forgery|composite|montage)"
)
_SEEMS = r"(?:looks?|looked|appears?|appeared|seems?|seemed|feels?)"
_CONTENT = re.compile(
    r"\b(?:in|on|within|inside|of) it\b|\bit (?:shows|depicts|portrays|features|captures|displays|"
    r"contains|represents|pictures|records|documents)\b"
    r"|\b(?:shown|depicted|seen|pictured|portrayed|featured|captured|displayed|represented|visible)\b"
)
_INSIDE = re.compile(
    rf"\b(?:in|on|within|inside|of|by|at|from|here in) (?:it|(?:the|this|that) (?:\w+ )?{_IMAGE})\b"
)
_OWN_SUBJECT = re.compile(
    rf"\b(?:it|it's|this|that|{_IMAGE}|suggests?|indicates?|points?|proves?|reveals?)\b(?! (?:shows|depicts))"
)
"""Behind what is shown, the clause goes on to the image itself: "visible seams show that it is"."""
_PREDICATE = re.compile(
    r"\b(?:is|are|was|were|looks?|seems?|appears?|has|have|does|might|may|could|must)\b"
)
_THE = re.compile(r"^\W{0,9}(?:and |but |so |however, |while |though |although |yet )?(?:the|a|an|its|every|each|"
                  r"what|whatever|everything|everyone|all|both|any|some|only|his|her|their|that|this)\b")  # fmt: skip
_OBJECT = re.compile(
    r"^\W{0,9}(?:(?:this|that|it|which|(?:the|his|her|its|an?) [\w-]+(?: [\w-]+)?) "
    r"(?:proves?|confirms?|shows?|demonstrates?|suggests?|indicates?) (?:that )?)?"
    r"(?P<whose>the|this|that|these|those|his|her|their|its|your|my) (?P<noun>(?:[\w-]+ ){1,3}?)"
    r"(?:on \w+ \w+ |in (?:the|his|her) \w+ )?"
    r"(?:is|are|was|were|looks?|seems?|appears?|has been|have been)\b"
)
_ASPECTS = frozenset(
    (
        "absence anatomy answer area areas artefacts artifacts artwork assessment authenticity "
        "background blur body bokeh bottom call case category chance chances check choice claim "
        "class classification clip colors colours composite composition compression conclusion "
        "confidence content correct creation decision depth detail details determination document "
        "ear ears edge edges element elements entire everything evidence example eye eyes face "
        "faces file final finger fingers footage foreground frame geometry grain guess hand hands "
        "hints idea illustration image images input item jpeg jpg judgement judgment label lack "
        "letters light lighting likelihood likely limbs lips man metadata mouth nature noise nose "
        "notion odds one only opinion option origin overall part parts pattern patterns people "
        "person perspective photo photograph photographs photos pic picture pictures png portrait "
        "possibility prediction presence probability proportions rating reflection reflections "
        "region regions rendering rest result sample scan scene score screenshot section selfie "
        "shadow shadows short shot sign signature-less signs skin sky snapshot source status "
        "surface surfaces teeth text texts texture textures that thing tones traces truth upshot "
        "verdict video view which who whole woman writing "
    ).split()
)  # fmt: skip
_ARTS = frozenset({"painting", "drawing", "sketch", "sculpture", "artifact"})
_OF_ART = re.compile(r"\b(?:genuine|original|authentic|real|true|forged|counterfeit|forgery|fake)$")


def about_things(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Drop what is said of an object, or of what the image shows."""
    for item in items:
        before, word, _ = parts_around(text, start, item)
        if item.place <= Place.NOWHERE or item.place in (Place.FIELD, Place.ANNOUNCED):
            continue
        clause = re.split(r",|;|\bbut\b|\bwhile\b|\bso\b|\band\b|:", before)[-1]
        contents = [*_CONTENT.finditer(clause)] if _THE.match(clause) else []
        content = contents[-1] if contents else None
        if content and _OWN_SUBJECT.search(_INSIDE.sub("", clause[content.end() :])):
            content = None
        verb = content and _PREDICATE.search(clause, content.end())
        image = content and re.match(
            rf"\W{{0,9}}(?:\w+ )?(?:the|this|that) (?:\w+ )?{_IMAGE}\b", clause
        )
        if content and verb and not image:
            item.drop(Force.STATED)
            item.subject = Subject.REGION
            continue
        thing = _OBJECT.match(clause)
        if thing is None:
            continue
        nouns = set(thing["noun"].split())
        art = nouns & _ARTS and _OF_ART.search(word)
        owned = thing["whose"] in ("his", "her", "their") and item.place is Place.SIGN
        if (
            (
                item.place is Place.SIGN
                and item.subject is not Subject.IMAGE
                and not nouns & _ASPECTS
            )
            or owned
            or art
        ):
            item.drop(Force.STATED)
            item.subject = Subject.REGION


_NOUN_PHRASE = re.compile(
    r"^\W{0,9}(?:(?:it|this|that)(?: is|'s) |what )?(?P<article>this|that|the|a|an|such an?) (?:[\w-]+ ){0,3}$"
)
_WHOLE_PHRASE = re.compile(r"^\W{0,9}(?:(?:what|such) )?an? (?:[\w-]+ ){0,3}$")
_ENDS = re.compile(rf"^(?: {_IMAGE})?\W{{0,9}}$")
_SO_THAT = re.compile(
    rf"^(?: (?:{_IMAGE}|\w+))?,? ?(?:so \w+ )?(?P<joint>that |which |so \w+ that it |so \w+ it |it |"
    rf"but it |yet it )?(?:\w+ly |really |still |even |also )?{_SEEMS} (?:\w+ )*?$"
)

_MAKING = re.compile(
    r"\b(?:the|this|that|an?|such|its|whoever) (?:[\w-]+ ){0,2}?(?:fakery|forgery|fake|deepfake|ai|generator|cgi|render|"
    r"rendering|simulation|composite|editing|edit|editor|manipulation|forger|faker|montage|deception|trickery|gan|"
    r"photoshopping|face-?swap|made it|made this) [^.;?]{0,40}?\b(?:good|excellent|great|impressive|convincing|skil\w+|well|"
    r"perfect\w*|clever\w*|superb\w*|master\w+|remarkabl[ey]|fine|nice|amazing|brilliant\w*|job|work|flawless\w*)\b[^.?]{0,30}?"
    rf"(?:[,:;-]|\band\b|\bso\b)[^.?]{{0,30}}?\b{_SEEMS}\b"
)
_PRAISED = re.compile(
    r"\b(?:good|excellent|great|impressive|convincing|skil\w+|clever|superb|masterful|remarkable|fine|amazing|brilliant|flawless) "
    r"(?:fakery|forgery|cgi|render|rendering|editing|edit|manipulation|deception|trickery|photoshopping|face-?swap|ai)\b[^.?]{0,30}?[,:;-]"
    rf"[^.?]{{0,30}}?\b{_SEEMS}\b|\bai at its best\b[^.?]{{0,30}}?\b{_SEEMS}\b"
)
_DENIED = re.compile(r"\b(?:no|not|never|without|nor|if|than|far from)\b|n't\b")
_SO_SHARP = re.compile(
    r"^\W{0,9}(?:(?:it|this|that)(?: is|'s) )?(?:what )?(?:an?|such an?|the|this|that) "
    r"(?:(?!is\b|was\b|are\b|has\b|looks?\b|seems?\b|appears?\b)[\w-]+,? ){1,5}?so [\w-]+(?: and [\w-]+)?,? "
    rf"(?:that )?(?:(?:it|this|one|everything|the \w+) )?(?:\w+ ){{0,2}}?{_SEEMS} (?:\w+ )*[\"' ]*$"
)
_REACH = 300
"""Characters in front of what seems in which its making is looked for."""


def _made_to_seem(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Leave open what the work of a forger looks like, and "a photo so sharp that it looks"."""
    for item in items:
        if item.place is not Place.SEEMING:
            continue
        before = parts_around(text, start, item)[0][-_REACH:]
        made = item.label is Label.REAL and (_MAKING.search(before) or _PRAISED.search(before))
        if (made and not _DENIED.search(before)) or _SO_SHARP.match(before):
            item.drop(Force.HEDGED)


def noun_and_seeming(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Read "this deepfake looks real": the noun says what it is, the verb what it looks like."""
    if len(items) == 1 and items[0].place is Place.BARE and not items[0].negated:
        before, _, after = parts_around(text, start, items[0])
        if _WHOLE_PHRASE.match(before) and _ENDS.match(after):
            items[0].place = Place.STATED
    _made_to_seem(text, start, items)
    for first, second in pairwise(items):
        if first.label is second.label or second.place not in (
            Place.SEEMING,
            Place.CONCEDED,
            Place.BARE,
            Place.NOWHERE,
        ):
            continue
        before, _, _ = parts_around(text, start, first)
        article = _NOUN_PHRASE.match(before)
        between = _SO_THAT.match(text[first.end - start : second.start - start])
        if article is None or between is None or first.negated:
            continue
        if second.place is Place.NOWHERE and first.place is Place.NOWHERE:
            continue
        second.drop(Force.HEDGED)
        if article["article"] in ("this", "that", "the") or between["joint"]:
            first.subject, first.force = Subject.IMAGE, Force.STATED
            first.place = max(first.place, Place.STATED)
