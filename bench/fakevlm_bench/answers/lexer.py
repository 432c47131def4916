# ruff: noqa: SIM905
"""From a normalised answer to sentences of units: words and phrases with their roles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from fakevlm_bench.answers.numerals import Unit, spell
from fakevlm_bench.answers.vocabulary import (
    CAMERAS,
    LEXICON,
    MADE,
    MAKERS,
    SAYING,
    SHOOT,
    Entry,
    Role,
)

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*(?![^\W\d])|tl;\s?dr|a\.\s?i\.?(?=\W|$)|(?:e\.g|i\.e|etc|vs|v\.s|approx|no(?=\.\s?\d))\.(?!\s*\n)|"
    r"\([a-e1-9]\)|[^\W_]+(?:['-][^\W_]+)*|\[[ x]\]|n't\b|"
    r"'(?:s|d|ll|re|ve)\b|\n\s*|[-=]{1,3}>|:=|={2,3}|[.!?;,:()\[\]{}|/\"%=<>&+\-]"
)
_LETTER = re.compile(
    r"[ \t>\-+(\[|]*(?:option |answer )?[(\[]?(?P<mark>[a-e]|\d{1,2})[).\]:](?=\s)"
)
_PUNCTUATION = {
    ",": Role.COMMA, ":": Role.COLON, "=": Role.COLON, "-": Role.DASH,
    "(": Role.OPENING, "[": Role.OPENING,
    "{": Role.OPENING, ")": Role.CLOSING, "]": Role.CLOSING, "}": Role.CLOSING, "/": Role.SLASH,
    '"': Role.QUOTE, "%": Role.PERCENT, ".": Role.STOP, "!": Role.STOP, ";": Role.STOP,
    "?": Role.QUESTION, "\n": Role.LINE, "|": Role.COLON, "&": Role.AND, "<": 0, ">": 0, "+": 0,
    **dict.fromkeys(("->", "-->", "=>", "==>", "==", "===", ":=", "=->", "--->"), Role.COLON),
}  # fmt: skip
_COMPOUND = re.compile(
    r"^(?:non|un)-|-(?:generated|created|made|produced|edited|altered|manipulated|"
    r"rendered)$|\[[ x]\]"
)
_LEADS = frozenset({"|", ">", "-", "+", "->", "=>"})
_FULL = Role.STOP | Role.QUESTION
_ENDS = _FULL | Role.LINE
_BY = frozenset({"by", "with", "using", "through", "via", "from", "in", "on", "as"})
_SOURCES = frozenset(
    ("product output creation work result comes came originates stems originated").split()
)
_AGENTIVE = MADE | SHOOT | _SOURCES
_TAIL = frozenset(
    (
        "model models tool tools system systems program programs software network networks "
        "intelligence generator generators algorithm algorithms technology camera cameras phone "
        "technique techniques diffusion adversarial ai method methods sensor engine engines"
    ).split()
)
_LONGEST = 200
"""Units of one sentence; a longer one is cut, so that no rule looks at more."""


Token: TypeAlias = tuple[str, int, int]
"""A word with (start, end)."""


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
        return _units(self.tokens)

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
    found: list[Sentence] = []
    begin = 0
    for place, (word, _, _) in enumerate(tokens):
        role = _PUNCTUATION.get(word, 0)
        long = place - begin >= _LONGEST
        if not role and not long:
            continue
        if role & _FULL and _inside(tokens, begin, place):
            continue
        if not (role & _ENDS or long) or (role & Role.LINE and _runs_on(tokens, begin, place)):
            continue
        _close(found, plain, tokens, (begin, place + 1), role)
        begin = place + 1
    _close(found, plain, tokens, (begin, len(tokens)), 0)
    return found


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
    found: list[Sentence], plain: str, tokens: list[Token], span: tuple[int, int], role: int
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
        if found and not role & Role.LINE:
            found[-1].end = tokens[end - 1][2]
            found[-1].question |= bool(role & Role.QUESTION)
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
    found.append(Sentence(words, tokens[begin][1], stop, bool(role & Role.QUESTION), option))


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


def roles_of(phrase: str) -> int:
    """Return the roles of a word or phrase in lower case; 0 for an unknown one."""
    words = tuple(phrase.split())
    entry = LEXICON.get(words[0]) if words else None
    if entry is None:
        return 0
    if len(words) == 1:
        return entry.roles or 0
    return next((r for w, r in entry.phrases.get(words[1], ()) if w == words), 0)


def _units(tokens: list[Token]) -> list[Unit]:
    units: list[Unit] = []
    place, count = 0, len(tokens)
    while place < count:
        word, start, end = tokens[place]
        made = _made(tokens, place)
        if made is not None:
            role, after = made
            units.append(Unit(word, role, start, tokens[after - 1][2]))
            place = after
            continue
        entry = LEXICON.get(word)
        size, roles = _longest(tokens, place, entry) if entry is not None else (1, None)
        if roles is None:
            units.append(Unit(word, _roles_alone(word), start, end))
        else:
            text = word if size == 1 else " ".join(t[0] for t in tokens[place : place + size])
            units.append(Unit(text, roles, start, tokens[place + size - 1][2]))
        place += size
    spell(units)
    return units


def _longest(tokens: Sequence[Token], place: int, entry: Entry) -> tuple[int, int | None]:
    """Return how many words the longest known phrase has that begins here, and its roles."""
    if entry.phrases and place + 1 < len(tokens):
        for words, roles in entry.phrases.get(tokens[place + 1][0], ()):
            size = len(words)
            if size == 2 or tuple(t[0] for t in tokens[place : place + size]) == words:
                return size, roles
    return 1, entry.roles


@lru_cache(maxsize=10_000)
def _roles_alone(word: str) -> int:
    """Return the roles of a word that the lexicon does not hold."""
    if word in _PUNCTUATION:
        return _PUNCTUATION[word]
    if word[0].isdigit():
        return Role.NUMBER
    for prefix in ("non-", "un-"):
        base = word[len(prefix) :]
        if word.startswith(prefix) and base in LEXICON:
            roles = LEXICON[base].roles or 0
            if roles & (Role.FAKE | Role.REAL):
                return Role.REAL if roles & Role.FAKE else Role.FAKE
    if word.endswith("n't"):
        return Role.NOT
    if word.endswith("'s"):
        owner = LEXICON.get(word[:-2])
        image = owner is not None and bool((owner.roles or 0) & Role.IMAGE)
        return Role.THE if image else Role.WORD
    return Role.ADVERB if word.endswith("ly") else Role.WORD


def _made(tokens: list[Token], place: int) -> tuple[int, int] | None:
    """Read "generated with an AI model", "taken by a camera": (role, place behind it)."""
    word = tokens[place][0]
    agentive = word in _AGENTIVE or ("-" in word and word.rsplit("-", 1)[-1] in MADE)
    if not agentive or place + 2 >= len(tokens):
        return None
    if tokens[place + 1][0].endswith("ly"):
        place += 1
    if place + 2 >= len(tokens) or (
        tokens[place + 1][0] not in _BY and tokens[place + 1][0] != "of"
    ):
        return None
    makers, role = (CAMERAS, Role.REAL) if word in SHOOT else (MAKERS, Role.FAKE)
    for ahead in range(place + 2, min(place + 8, len(tokens))):
        name = tokens[ahead][0]
        if name in makers or name.split("-")[0] in makers:
            return role, _whole_maker(tokens, ahead + 1)
        if name in _PUNCTUATION and name not in '"(':
            return None
    return None


def _whole_maker(tokens: list[Token], place: int) -> int:
    """Return the place behind "AI model", "neural network", "artificial intelligence tool"."""
    limit = min(place + 4, len(tokens))
    while place < limit and tokens[place][0] in _TAIL:
        place += 1
    return place
