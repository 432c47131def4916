# ruff: noqa: SIM905
"""From a normalised answer to its sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fakevlm_bench.answers.lexicon import SAYING
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.units import PUNCTUATION, Token, roles_of, units_of
from fakevlm_bench.answers.vocabulary import Role

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*(?![^\W\d])|tl;\s?dr|a\.\s?i\.?(?=\W|$)|(?:e\.g|i\.e|etc|vs|v\.s|approx|no(?=\.\s?\d))\.(?!\s*\n)|"
    r"\([a-e1-9]\)|[^\W_]+(?:['-][^\W_]+)*|\[[ x]\]|n't\b|"
    r"'(?:s|d|ll|re|ve)\b|\n\s*|[-=]{1,3}>|:=|={2,3}|[.!?;,:()\[\]{}|/\"%=<>&+\-]"
)
_LETTER = re.compile(
    r"[ \t>\-+(\[|]*(?:option |answer )?[(\[]?(?P<mark>[a-e]|\d{1,2})[).\]:](?=\s)"
)
_COMPOUND = re.compile(
    r"^(?:non|un)-|-(?:generated|created|made|produced|edited|altered|manipulated|"
    r"rendered)$|\[[ x]\]"
)
_LEADS = frozenset({"|", ">", "-", "+", "->", "=>"})
_FULL = Role.STOP | Role.QUESTION
_ENDS = _FULL | Role.LINE
_LONGEST = 200
"""Units of one sentence; a longer one is cut, so that no rule looks at more."""


@dataclass
class Sentence:
    """Words up to a full stop, a semicolon or the end of a line; `end` includes the stop."""

    tokens: list[Token]
    start: int
    end: int
    question: bool = False
    option: str = ""

    @cached_property
    def units(self) -> list[Unit]:
        """Words and phrases with their roles."""
        return units_of(self.tokens)

    @property
    def says_something(self) -> bool:
        """Whether any word of it can belong to one that says real or fake."""
        return any(
            word in SAYING or (("-" in word or word[0] == "[") and _COMPOUND.search(word))
            for word, _, _ in self.tokens
        )


def tokens_of(plain: str) -> list[Token]:
    """Return the words, numbers and marks of normalised text."""
    return [
        ("\n" if word[0] == "\n" else word, *match.span())
        for match in _TOKEN.finditer(plain)
        for word in (match.group(),)
    ]


def sentences(plain: str) -> list[Sentence]:
    """Split normalised text into sentences of units.

    Args:
        plain: As `fakevlm_bench.answers.plain_text.normalise` returns it.
    """
    tokens = tokens_of(plain)
    parts: list[Sentence] = []
    begin = 0
    for place, (word, _, _) in enumerate(tokens):
        role = PUNCTUATION.get(word, 0)
        long = place - begin >= _LONGEST
        if not role and not long:
            continue
        if role & _FULL and _inside(tokens, begin, place):
            continue
        if not (role & _ENDS or long) or (role & Role.LINE and _runs_on(tokens, begin, place)):
            continue
        _close(parts, plain, tokens, (begin, place + 1), role)
        begin = place + 1
    _close(parts, plain, tokens, (begin, len(tokens)), 0)
    return parts


def _inside(tokens: list[Token], begin: int, place: int) -> bool:
    """Say whether a stop ends nothing: "A. Real", "(real?)"."""
    following = tokens[place + 1][0] if place + 1 < len(tokens) else ""
    if tokens[place][0] == "?":
        return following == ")"
    marker = tokens[place - 1][0] if place else ""
    first = place == begin + 1 and (begin == 0 or tokens[begin - 1][0] == "\n")
    return (
        first
        and tokens[place][0] == "."
        and len(marker) <= 2
        and (marker.isdigit() or marker in "abcde")
        and following not in ("", "\n")
    )


def _close(
    parts: list[Sentence], plain: str, tokens: list[Token], span: tuple[int, int], role: int
) -> None:
    """Append the sentence tokens[begin:end], or stretch the one before over its stop."""
    begin, end = span
    if begin >= end:
        return
    words = _joined(tokens[begin:end])
    if role & Role.QUESTION:
        words = [t for t in words if t[0] != "?"]
    while words and words[0][0][0] in "|>-+=<":
        words = words[1:]
    while words and words[-1][0] in ("|", "==", "==="):
        words = words[:-1]
    if not words:
        if parts and not role & Role.LINE:
            parts[-1].end = tokens[end - 1][2]
            parts[-1].question |= bool(role & Role.QUESTION)
        return
    option = ""
    if begin == 0 or tokens[begin - 1][0] == "\n":
        marked = _LETTER.match(plain, words[0][1])
        if marked:
            option = marked["mark"]
            words = [t for t in words if t[1] >= marked.end()]
    last = tokens[end - 1]
    stop = (
        last[2] if role & (Role.STOP | Role.QUESTION) else last[1] if role & Role.LINE else last[2]
    )
    parts.append(Sentence(words, tokens[begin][1], stop, bool(role & Role.QUESTION), option))


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """Drop stops; a line that goes on behind a heading has a colon at its end."""
    words: list[Token] = []
    fresh = added = False
    for token in tokens:
        word = token[0]
        if word == "\n":
            if words and len(words) <= 6 and words[-1][0] != ":":
                words.append((":", token[1], token[2]))
                added = True
            fresh = True
        elif word in (".", "!", ";") or (fresh and word in _LEADS):
            continue
        else:
            words.append(token)
            fresh = added = False
    if added:
        words.pop()
    return words


def _runs_on(tokens: list[Token], begin: int, place: int) -> bool:
    """Say whether a line goes on in the next: behind ``Verdict:``, a heading, or hard wrapping."""
    line = tokens[begin:place]
    if len(line) > 60:
        return False
    while line and line[-1][0] in ('"', "\n", "-", "|", ")", "]", "}"):
        line = line[:-1]
    if not line:
        return False
    colon = line[-1][0] == ":"
    words = [
        word for word, _, _ in line if word not in ("\n", ":", '"', "-", "(", ")", "[", "]", "|")
    ]
    if len(words) <= 4 and words:
        roles = roles_of(" ".join(words).removeprefix("my ").removeprefix("the "))
        if roles & Role.HEAD or (colon and roles_of(words[-1]) & Role.HEAD):
            return True
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None or following[0] in "\n-|>+(" or colon:
        return False
    return len(words) >= 8 and ":" not in [word for word, _, _ in line] and following[0] in _FLOW


_FLOW = frozenset(
    (
        "and or but of the a an is are was it that which with in on at by to for from not as this "
        "image photo"
    ).split()
)
