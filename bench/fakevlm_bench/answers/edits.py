# ruff: noqa: E501
"""A real photograph that was edited is no real one: "a real photo with a fake face"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.types import Label

_DONE = (
    r"manipulated|altered|doctored|photoshopped|inpainted|tampered with|falsified|spliced|"
    r"composited|face-?swapped|morphed|edited|modified|changed|retouched|replaced|swapped|"
    r"exchanged|pasted|inserted|superimposed|overlaid|removed|erased|added|cloned|substituted|"
    r"grafted|painted (?:in|over)"
)
_EDITED = re.compile(
    rf"\b(?:has|have|had|was|were|is|are|been|being|then|later|subsequently|digitally|partly|"
    rf"partially|heavily|locally) (?:\w+ly |been |being |later |then )?(?:{_DONE})\b"
    rf"|\b(?:{_DONE}) (?:by|with|using|via|through|in) (?:\w+ )?(?:inpainting|photoshop|ai|gimp|"
    r"splicing|face-?swap\w*|software|generative \w+|a[n]? \w+ (?:tool|model)|diffusion|editing)\b"
    r"|^(?=\W{0,9}(?:it|this|that|the (?:image|photo|picture|photograph)) (?:was|had been|used to be|started (?:out )?as|began as|began life as) )"
    r"(?:(?!\b(?:taken|shot|captured|made|posted|years|long)\b)[^.;?]){0,80}?\b(?P<until>before|until|till) "
    rf"(?:(?:an?|the) )?(?:(?!it\b|this\b|that\b)[\w-]+ ){{1,3}}?(?:{_DONE}|put)\b"
    r"|\bwith (?:an?|the|some|several|two|its|his|her) (?:\w+ ){0,2}?(?:(?:ai-generated|generated|"
    r"deepfaked?|swapped|replaced|inpainted|manipulated|altered|pasted(?:-in)?) (?!images?\b|photos?\b)"
    r"|(?:fake|faked|synthetic|artificial|computer-generated) (?:face|head|background|sky|person|"
    r"people|body|region|area|part|figure)s?\b)"
)
_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|apart from|aside from|other than|save for|with the exception of|bar)\b"
)
_DENIED = re.compile(
    r"\b(?:not|never|no|nothing|none|neither|nor|without|if|whether|would|could|may|might|must have"
    r"|unless|can|hardly|nobody)\b|n't\b|\?"
)
_CONTRAST = re.compile(
    r"\b(?:instead|far from|rather than|as opposed|unlike|claim\w*|said to|people think|allege\w*|"
    r"correction|rumou?r\w*|suspect\w*)\b"
)
_NEGATED = re.compile(r"\b(?:not|no|never|nothing|none|without)\b|n't\b")
_OPPOSED = re.compile(r"\b(?:but|except|although|though)\b")
_LIGHT = re.compile(
    r"\b(?:only|slightly|lightly|minor|minimally|brightness|contrast|exposure|colou?rs?|crop\w*|"
    r"white balance|saturation|filters?|sharpen\w*|resized?|compress\w*|watermark)\b"
)
_DIGITAL = re.compile(
    r"\b(?:manipulated|doctored|photoshopped|inpainted|inpainting|tampered|spliced|composited|"
    r"face-?swap\w*|morphed|edited|retouched|pasted|superimposed|falsified|digital\w*|photoshop|ai|"
    r"ai-generated|generated|deepfake\w*|fake|faked|synthetic|software|faces?|heads?|background|sky|"
    r"regions?|areas?|pixels?)\b"
)
_OF_THING = re.compile(r"\b(?:of|showing|depicting|with) [^,;]*$")
"""What was edited is perhaps the house in the photograph."""
_REST = re.compile(r"\b(?:the )?(?:rest|remainder|everything else|all else|remaining \w+)\b")

_REST_FIRST = re.compile(
    r"^\W{0,9}(?:(?:and|but|while|though|although|yet) )?(?:the (?:rest|remainder|remaining)|everything else|all else|"
    r"all the rest|the other parts?)\b[^,;]{0,40}$"
)
_ALL_BUT = re.compile(
    r"\b(?:everything|all|anything|every \w+|the (?:whole|entire) \w+) (?:\w+ )?(?:but|except(?: for)?|save(?: for)?|besides|bar|barring|"
    r"other than|apart from|aside from|excluding|minus) [^,;]{1,60}$"
)

_PARTS = (
    r"(?:skies|sky|faces?|heads?|backgrounds?|foreground|hands?|man|woman|person|people|figures?|child|car|lamp|sign|text|eyes?|"
    r"mouth|hair|body|region|area|parts?|objects?|dog|cat|animal|building|tree|clouds?|moon|sun|one \w+)"
)
_EXCEPTED = re.compile(
    r"^\W{0,9}(?:except(?: for)?|apart from|aside from|other than|with the exception of|save for|but for|barring|excluding) "
    rf"(?:[\w-]+ ){{0,3}}{_PARTS}\b[^.;]{{0,60}}, "
)
_BEFORE_THAT = re.compile(
    rf"^\W{{0,9}}(?:before|until|till) [^,;]{{0,40}}?\b(?:{_DONE}|editing|manipulation|alteration)\b[^,;]{{0,40}}, "
    r"[^,;]{0,20}\b(?:was|were|had been|used to be)\b"
)
_ONCE = re.compile(
    r"^\W{0,9}(?:it|this|that|the (?:image|photo|picture|photograph)) (?:(?:was|had been) (?:once|originally|initially|at first|"
    r"formerly|previously)|(?:once|originally|initially) was|used to be|started (?:out )?as|began (?:life )?as) (?:an? )?$"
)


def _once(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Concede what an image was once, which does not say what it is now."""
    for item in items:
        stated = item.place is Place.STATED and item.base is Label.REAL and not item.negated
        if stated and _ONCE.match(text[: item.start - start]):
            item.force, item.place = Force.HEDGED, Place.CONCEDED


def _all_but(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Leave open "everything but the face is real", and a rest that is real."""
    for item in items:
        if item.place not in (Place.SIGN, Place.BARE, Place.SEEMING, Place.STATED):
            continue
        before = text[: item.start - start]
        if item.label is Label.REAL and (
            _REST_FIRST.match(before)
            or _ALL_BUT.search(before)
            or _EXCEPTED.match(before)
            or _BEFORE_THAT.match(before)
        ):
            item.drop(Force.HYPOTHETICAL)
            item.subject = Subject.IMAGE


def edited(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Let an assertion of editing outweigh the real photograph that was edited.

    What was only brightened or cropped, and what may have been edited, is left open.

    Args:
        text: The sentence, normalised.
        start: Where it begins in the answer.
        items: Its mentions, in order; changed in place.
    """
    _all_but(text, start, items)
    _assert_edited(text, start, items)
    _once(text, start, items)


def _assert_edited(text: str, start: int, items: Sequence[Candidate]) -> None:
    """Turn or drop the real photograph of a sentence that says it was edited."""
    real = [i for i in items if i.label is Label.REAL and i.base is Label.REAL]
    real = [i for i in real if i.place >= Place.SIGN]
    if not real:
        return
    partial = _EXCEPT.search(text)
    if partial is None:
        partial = _EDITED.search(text)
    if partial is None or _CONTRAST.search(text):
        return
    begin = partial.start()
    if partial.groupdict().get("until"):
        begin = partial.start("until")
    if real[0].start - start > begin and not _REST.search(text):
        return
    denied = _DENIED.search(text)
    if _NEGATED.search(text) and not _OPPOSED.search(text):
        return
    if _LIGHT.search(text):
        for item in items:
            item.drop(Force.LISTED)
        return
    behind = text[real[0].end - start : begin]
    sure = denied is None
    sure = sure and bool(_DIGITAL.search(text)) and not _OF_THING.search(behind)
    for item in items:
        if item.place > Place.NOWHERE and item.label is Label.REAL:
            item.drop(Force.LISTED)
    if not sure or (_EXCEPT.search(text) and not _SAYS_FAKE.search(text, partial.end())):
        return
    first = real[0]
    first.base, first.negated = Label.REAL, True
    first.subject, first.force, first.place = Subject.IMAGE, Force.STATED, Place.STATED


_SAYS_FAKE = re.compile(
    rf"\b(?:{_DONE}|fake|faked|ai-generated|synthetic|generated|artificial|computer-generated|cgi)\b"
)
