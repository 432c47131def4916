"""From a normalised answer to sentences of units: words and phrases with their roles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.answers.vocabulary import CAMERAS, LEXICON, MADE, MAKERS, SHOOT, Role

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*(?![^\W\d])|a\.\s?i\.?(?=\W|$)|(?:e\.g|i\.e|etc|vs|v\.s|approx|no(?=\.\s?\d))\.(?!\s*\n)|"
    r"\([a-e1-9]\)|[^\W_]+(?:['-][^\W_]+)*|\[[ x]\]|n't\b|'(?:s|d|ll|re|ve)\b|\n|[.!?;,:()\[\]{}|/\"%=<>&+\-]"
)
_LETTER = re.compile(r"[ \t>\-+(\[|]*(?:option |answer )?[(\[]?(?P<mark>[a-e]|\d{1,2})[).\]:](?=\s)")
_PUNCTUATION = {
    ",": Role.COMMA, ":": Role.COLON, "=": Role.COLON, "-": Role.DASH, "(": Role.OPENING, "[": Role.OPENING,
    "{": Role.OPENING, ")": Role.CLOSING, "]": Role.CLOSING, "}": Role.CLOSING, "/": Role.SLASH,
    '"': Role.QUOTE, "%": Role.PERCENT, ".": Role.STOP, "!": Role.STOP, ";": Role.STOP,
    "?": Role.QUESTION, "\n": Role.LINE, "|": Role.COLON, "&": Role.AND, "<": 0, ">": 0, "+": 0,
}  # fmt: skip
_ENDS = Role.STOP | Role.QUESTION | Role.LINE
_BY = frozenset({"by", "with", "using", "through", "via", "from", "in", "on", "as"})
_SOURCES = frozenset({"product", "output", "creation", "work", "result", "comes", "came", "originates", "stems", "originated"})
_LONGEST = 400
"""Units of one sentence; a longer one is cut, so that no rule looks at more."""


@dataclass(slots=True)
class Unit:
    """A word or phrase: its text, its roles, and (start, end) in the body."""

    word: str
    roles: int
    start: int
    end: int


@dataclass(slots=True)
class Sentence:
    """Units up to a full stop, a semicolon or the end of a line; `end` includes the stop."""

    units: list[Unit]
    start: int
    end: int
    question: bool = False
    option: str = ""


def tokens_of(plain: str) -> list[tuple[str, int, int]]:
    """Return the words, numbers and marks of normalised text."""
    return [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(plain)]


def sentences(plain: str) -> list[Sentence]:
    """Split normalised text into sentences of units.

    Args:
        plain: As `bench.answers.plain.normalise` returns it.
    """
    tokens = tokens_of(plain)
    found: list[Sentence] = []
    begin = 0
    for place, (word, _, _) in enumerate(tokens):
        role = _PUNCTUATION.get(word, 0)
        long = place - begin >= _LONGEST
        if role & (Role.STOP | Role.QUESTION) and _inside(tokens, begin, place):
            continue
        if not (role & _ENDS or long) or (role & Role.LINE and _runs_on(tokens, begin, place)):
            continue
        _close(found, plain, tokens, begin, place + 1, role)
        begin = place + 1
    _close(found, plain, tokens, begin, len(tokens), 0)
    return found


def _inside(tokens: list[tuple[str, int, int]], begin: int, place: int) -> bool:
    """Say whether a stop ends nothing: "A. Real", "(real?)"."""
    following = tokens[place + 1][0] if place + 1 < len(tokens) else ""
    if tokens[place][0] == "?":
        return following == ")"
    marker = tokens[place - 1][0] if place else ""
    first = place == begin + 1 and (begin == 0 or tokens[begin - 1][0] == "\n")
    return first and tokens[place][0] == "." and len(marker) <= 2 and (marker.isdigit() or marker in "abcde") and following not in ("", "\n")


def _close(
    found: list[Sentence], plain: str, tokens: list[tuple[str, int, int]], begin: int, end: int, role: int
) -> None:
    """Append the sentence tokens[begin:end], or stretch the one before over its stop."""
    if begin >= end:
        return
    words = [t for t in tokens[begin:end] if not _PUNCTUATION.get(t[0], 0) & _ENDS or t[0] == "?"]
    if role & Role.QUESTION:
        words = [t for t in words if t[0] != "?"]
    while words and words[0][0] == "|":
        words = words[1:]
    while words and words[-1][0] == "|":
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
    stop = last[2] if role & (Role.STOP | Role.QUESTION) else last[1] if role & Role.LINE else last[2]
    found.append(Sentence(_units(words), tokens[begin][1], stop, bool(role & Role.QUESTION), option))


def _runs_on(tokens: list[tuple[str, int, int]], begin: int, place: int) -> bool:
    """Say whether a line goes on in the next: behind ``Verdict:``, a lone heading, or hard wrapping."""
    line = tokens[begin:place]
    while line and line[-1][0] in ('"', "\n", "-", "|", ")", "]", "}"):
        line = line[:-1]
    if not line:
        return True
    colon = line[-1][0] == ":"
    words = [word for word, _, _ in line if word not in ("\n", ":", '"', "-", "(", ")", "[", "]", "|")]
    if len(words) <= 4 and words:
        roles = _roles(" ".join(words).removeprefix("my ").removeprefix("the "))
        if roles & Role.HEAD or (colon and _roles(words[-1]) & Role.HEAD):
            return True
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None or following[0] in "\n-|>+(" or colon:
        return False
    return len(words) >= 8 and ":" not in [word for word, _, _ in line] and following[0] in _FLOW


_FLOW = frozenset("and or but of the a an is are was it that which with in on at by to for from not as this image photo".split())


def _roles(phrase: str) -> int:
    words = tuple(phrase.split())
    return next((r for w, r in LEXICON.get(words[0], ()) if w == words), 0) if words else 0


def _units(tokens: list[tuple[str, int, int]]) -> list[Unit]:
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
        for words, roles in LEXICON.get(word, ()):
            size = len(words)
            if size == 1 or tuple(t[0] for t in tokens[place : place + size]) == words:
                units.append(Unit(" ".join(words), roles, start, tokens[place + size - 1][2]))
                place += size
                break
        else:
            units.append(_single(word, start, end))
            place += 1
    return units


def _single(word: str, start: int, end: int) -> Unit:
    if word in _PUNCTUATION:
        return Unit(word, _PUNCTUATION[word], start, end)
    if word[0].isdigit():
        return Unit(word, Role.NUMBER, start, end)
    for prefix in ("non-", "un-"):
        base = word[len(prefix) :]
        if word.startswith(prefix) and base in LEXICON:
            roles = LEXICON[base][-1][1]
            if roles & (Role.FAKE | Role.REAL):
                return Unit(word, Role.REAL if roles & Role.FAKE else Role.FAKE, start, end)
    if word.endswith("n't"):
        return Unit(word, Role.NOT, start, end)
    if word.endswith("'s"):
        roles = LEXICON.get(word[:-2], [((), 0)])[-1][1]
        return Unit(word, roles & Role.IMAGE and Role.THE, start, end)
    if word.endswith("ly"):
        return Unit(word, Role.ADVERB, start, end)
    return Unit(word, Role.WORD, start, end)


def _made(tokens: list[tuple[str, int, int]], place: int) -> tuple[int, int] | None:
    """Read "generated with an AI model", "taken by a camera": (role, place behind it)."""
    word = tokens[place][0]
    base = word.rsplit("-", 1)[-1]
    known = word in MADE or word in SHOOT or word in _SOURCES or base in MADE
    if not known or place + 2 >= len(tokens):
        return None
    if tokens[place + 1][0].endswith("ly"):
        place += 1
    if place + 2 >= len(tokens) or tokens[place + 1][0] not in _BY and tokens[place + 1][0] != "of":
        return None
    makers, role = (CAMERAS, Role.REAL) if word in SHOOT else (MAKERS, Role.FAKE)
    for ahead in range(place + 2, min(place + 8, len(tokens))):
        name = tokens[ahead][0]
        if name in makers or name.split("-")[0] in makers:
            return role, _whole_maker(tokens, ahead + 1)
        if name in _PUNCTUATION and name not in '"(':
            return None
    return None


def _whole_maker(tokens: list[tuple[str, int, int]], place: int) -> int:
    """Return the place behind "AI model", "neural network", "artificial intelligence tool"."""
    tail = {"model", "models", "tool", "tools", "system", "systems", "program", "programs", "software", "network", "networks", "intelligence",
            "generator", "generators", "algorithm", "algorithms", "technology", "camera", "cameras", "phone", "techniques", "technique", "diffusion",
            "adversarial", "ai", "methods", "method", "sensor", "engine", "engines"}  # fmt: skip
    limit = min(place + 4, len(tokens))
    while place < limit and tokens[place][0] in tail:
        place += 1
    return place
