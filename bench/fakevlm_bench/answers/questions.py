"""Questions for yes or no in other languages, and those that ask whether an image is clean."""

from __future__ import annotations

import re

from fakevlm_bench.answers.tongues import CHINESE, GERMAN
from fakevlm_bench.types import Label

_CLEAN = re.compile(
    r"\W{0,9}(?:is|are|was|were|would you say|do you think)\b[^?]{0,60}?\b(?P<not>not )?"
    r"(?:free (?:of|from)|without|devoid of)\b[^?]{0,30}?\b(?:manipulations?|edits?|editing|"
    r"tampering|alterations?|modifications?|generation|ai|artifacts|artefacts|retouching|forgery)\b"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_WHETHER = re.compile(r"\u662f\u4e0d\u662f|\u662f\u5426")
_CHINESE_OR = re.compile(r"\u8fd8\u662f|\u6216|\u771f\u5047|\u771f\u4f2a")
_GERMAN = re.compile(
    r"\W{0,9}(?:ist|sind|war|waren|wurde|wurden|handelt|hat|zeigt|w\u00e4re|k\u00f6nnte|kann|stammt)"
    r" (?:es|das|die|der|dieses|diese|dieser|hier|dies|sich)\b"
)
_GERMAN_OR = re.compile(r"\boder\b")


def asks_for_clean(piece: str) -> Label | None:
    """Return REAL for "Is this image free of manipulation?", None for any other question.

    Args:
        piece: A question, normalised.
    """
    match = _CLEAN.match(piece)
    if match is None or match["not"] or " or " in piece:
        return None
    return Label.REAL


def foreign_question(piece: str) -> Label | None:
    """Return the label that a Chinese or German question for yes or no asks for.

    Args:
        piece: A question, normalised.

    Returns:
        None where it offers both, is denied, or is in another language.
    """
    question = piece.rstrip("? ")
    if _CHINESE.search(question):
        asks = question.endswith("\u5417") or _CHINESE_WHETHER.search(question)
        tongue, question = CHINESE, _CHINESE_WHETHER.sub("", question.rstrip("\u5417"))
        if not asks or _CHINESE_OR.search(question):
            return None
    elif _GERMAN.match(question):
        tongue = GERMAN
        if _GERMAN_OR.search(question):
            return None
    else:
        return None
    fake, real = tongue.fake.search(question), tongue.real.search(question)
    if tongue.no.search(question) or (fake is None) is (real is None):
        return None
    return Label.FAKE if fake is not None else Label.REAL
