"""Options that are only listed (``A. Real``, ``B. Fake``), and a letter that chooses one."""

from __future__ import annotations

from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject, by_sentence
from fakevlm_bench.answers.lexer import Sentence
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role


def read_options(parts: Sequence[Sentence], candidates: list[Candidate]) -> None:
    """Take options (``A. Real``, ``B. Fake``) for a list, and a letter behind them for its word.

    Args:
        parts: Sentences in the order of the text.
        candidates: Mentions so far; changed in place.
    """
    options: dict[str, list[Candidate]] = {}
    inside = by_sentence(candidates)
    for item in candidates:
        mark = parts[item.sentence].option
        single = len(inside[item.sentence]) == 1
        if (
            mark
            and single
            and len(parts[item.sentence].units) <= 5
            and item.place in (Place.BARE, Place.NOWHERE)
        ):
            options.setdefault(mark, []).append(item)
    _inline_options(parts, candidates, options)
    offers = [i for items in options.values() for i in items]
    if len(options) < 2 or len({i.label for i in offers}) < 2:
        return
    for item in offers:
        item.drop(Force.LISTED)
    _letter(parts, candidates, options)


def _inline_options(
    parts: Sequence[Sentence], candidates: list[Candidate], options: dict[str, list[Candidate]]
) -> None:
    """Find "(A) Real (B) Fake" within one sentence."""
    for item in candidates:
        if parts[item.sentence].option and item.unit == 0:
            options.setdefault(parts[item.sentence].option, []).append(item)
        if (
            item.place is Place.FIELD
            or not item.unit
            or not parts[item.sentence].units[item.unit :]
        ):
            continue
        mark = parts[item.sentence].units[item.unit - 1]
        letter = parts[item.sentence].units[item.unit - 2] if item.unit > 1 else mark
        if mark.word == ")" and len(letter.word) == 1 and letter.word.isalnum():
            options.setdefault(letter.word, []).append(item)
        if len(mark.word) == 3 and mark.word[0] == "(" and mark.word[1].isalnum():
            options.setdefault(mark.word[1], []).append(item)


_CHOICES = frozenset({"choose", "chose", "pick", "picked", "select", "selected", "choice", "answer",
                      "option", "go", "vote"})  # fmt: skip
_CHOOSING = _CHOICES | frozenset(
    {"i", "i'd", "i'll", "i'm", "we", "would", "will", "with", "for", "the", "correct", "right",
     "best", "is", "letter", "so", "therefore", "thus", "hence", "my", "and", "it", "must", "be",
     "final", "going", "'d", "'ll", ",", ":", "(", ")", '"'}
)  # fmt: skip


def _chosen(sentence: Sentence) -> tuple[str, list[Unit]]:
    """Read "I choose B", "The correct answer is A": the letter, and its unit."""
    words = [word for word, _, _ in sentence.tokens]
    rest = [token for token in sentence.tokens if token[0] not in _CHOOSING]
    if len(words) > 12 or len(rest) != 1 or not _CHOICES & set(words):
        return "", []
    word, start, end = rest[0]
    return word.strip("()"), [Unit(word, 0, start, end)]


def _letter(
    parts: Sequence[Sentence], candidates: list[Candidate], options: dict[str, list[Candidate]]
) -> None:
    for number in range(len(parts) - 1, -1, -1):
        words = [
            u
            for u in parts[number].units
            if not u.roles & (Role.QUOTE | Role.COLON | Role.OPENING | Role.CLOSING | Role.COMMA)
        ]
        if words and words[0].roles & (Role.HEAD | Role.IT | Role.THE | Role.ME):
            words = [
                u
                for u in words
                if not u.roles & (Role.HEAD | Role.BE | Role.THE | Role.ME | Role.IT | Role.ADVERB)
            ]
        letter = words[0].word.strip("()") if len(words) == 1 else ""
        if letter not in options:
            letter, words = _chosen(parts[number])
        if letter in options:
            choice = options[letter][-1]
            copy = Candidate(
                words[0].start,
                words[0].end,
                choice.base,
                0,
                choice.negated,
                Subject.IMAGE,
                Force.STATED,
                Place.ANNOUNCED,
            )
            copy.sentence = number
            candidates.append(copy)
            return
