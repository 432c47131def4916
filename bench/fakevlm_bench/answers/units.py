# ruff: noqa: SIM905
"""The words of a sentence as units: words and phrases with their roles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from fakevlm_bench.answers.lexicon import CAMERAS, LEXICON, MADE, MAKERS, SHOOT, Entry
from fakevlm_bench.answers.numerals import Unit, spell
from fakevlm_bench.answers.vocabulary import Role

Token: TypeAlias = tuple[str, int, int]
"""A word with (start, end)."""

PUNCTUATION = {
    ",": Role.COMMA, ":": Role.COLON, "=": Role.COLON, "-": Role.DASH,
    "(": Role.OPENING, "[": Role.OPENING,
    "{": Role.OPENING, ")": Role.CLOSING, "]": Role.CLOSING, "}": Role.CLOSING, "/": Role.SLASH,
    '"': Role.QUOTE, "%": Role.PERCENT, ".": Role.STOP, "!": Role.STOP, ";": Role.STOP,
    "?": Role.QUESTION, "\n": Role.LINE, "|": Role.COLON, "&": Role.AND, "<": 0, ">": 0, "+": 0,
    **dict.fromkeys(("->", "-->", "=>", "==>", "==", "===", ":=", "=->", "--->"), Role.COLON),
}  # fmt: skip
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


def roles_of(phrase: str) -> int:
    """Return the roles of a word or phrase in lower case; 0 for an unknown one."""
    words = tuple(phrase.split())
    entry = LEXICON.get(words[0]) if words else None
    if entry is None:
        return 0
    if len(words) == 1:
        return entry.roles or 0
    return next((r for w, r in entry.phrases.get(words[1], ()) if w == words), 0)


def units_of(tokens: list[Token]) -> list[Unit]:
    """Return the units of a sentence: the longest phrases of the lexicon, else single words."""
    units: list[Unit] = []
    place, count = 0, len(tokens)
    while place < count:
        word, start, end = tokens[place]
        maker = _maker(tokens, place)
        if maker is not None:
            role, after = maker
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
    if word in PUNCTUATION:
        return PUNCTUATION[word]
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


def _maker(tokens: list[Token], place: int) -> tuple[int, int] | None:
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
        if name in PUNCTUATION and name not in '"(':
            return None
    return None


def _whole_maker(tokens: list[Token], place: int) -> int:
    """Return the place behind "AI model", "neural network", "artificial intelligence tool"."""
    limit = min(place + 4, len(tokens))
    while place < limit and tokens[place][0] in _TAIL:
        place += 1
    return place
