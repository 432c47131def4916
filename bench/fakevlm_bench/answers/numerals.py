# ruff: noqa: SIM905
"""Units of a sentence, and numbers among them that are written as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakevlm_bench.answers.vocabulary import Role

_DIGITS = {
    **{word: value for value, word in enumerate((
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen").split())},
    **{word: 20 + 10 * value for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split())},
}  # fmt: skip
_WHOLES = {"ten": "10", "hundred": "100", "five": "5"}


@dataclass(slots=True)
class Unit:
    """A word or phrase: its text, its roles, and (start, end) in the body."""

    word: str
    roles: int
    start: int
    end: int


def spell(units: list[Unit]) -> None:
    """Write "ninety-five percent", "nine out of ten" in digits."""
    for place, unit in enumerate(units):
        value = _spelled(unit.word)
        if value is None:
            continue
        following = units[place + 1 : place + 4]
        if place and following and units[place - 1].roles & Role.NUMBER:
            continue
        if len(following) > 1 and value >= 20 and (_spelled(following[0].word) or 99) < 10:
            value += _spelled(following[0].word) or 0
            following[0].word, following[0].roles = "", Role.ADVERB
            following = [*units[place + 2 : place + 5]]
            units[place + 1].word = "and"
        if not following or not (following[0].roles & Role.PERCENT or _of_ten(following)):
            continue
        unit.word, unit.roles = str(value), Role.NUMBER
        for later in following:
            if later.word in _WHOLES:
                later.word, later.roles = _WHOLES[later.word], Role.NUMBER


def _of_ten(following: Sequence[Unit]) -> bool:
    words = [u.word for u in following]
    return words[:2] == ["out", "of"] and len(words) > 2 and words[2] in _WHOLES


def _spelled(word: str) -> int | None:
    """Return the number that a word names, below one hundred."""
    if word in _DIGITS:
        return _DIGITS[word]
    if "-" not in word:
        return None
    tens, _, ones = word.partition("-")
    if ones and _DIGITS.get(tens, 0) >= 20 and 0 < _DIGITS.get(ones, 99) < 10:
        return _DIGITS[tens] + _DIGITS[ones]
    return None
