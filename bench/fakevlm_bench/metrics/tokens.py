"""Texts as numbers of tokens, in whatever script they are written.

Texts in Latin letters are cut into tokens as sacrebleu's ``13a`` does, Chinese as its ``zh``
does, other scripts that put spaces between words as its ``intl`` does, and those that do not
(Japanese, Thai, Lao, Khmer, Burmese, Tibetan) into characters, its ``char``; a figure's
signature names the one that was used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

TOKENIZERS = ("13a", "zh", "intl", "char")
CHARACTERS = ("zh", "char")
"""Tokenizers under which ROUGE compares characters."""

_LETTERS = regex.compile(
    r"(?P<kana>[\p{Hiragana}\p{Katakana}])|(?P<han>\p{Han})"
    r"|(?P<char>[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}])"
    r"|(?P<latin>\p{Latin}[\p{Latin}\p{M}]*)"
    r"|(?P<intl>[\p{L}--\p{Common}](?:[\p{L}--\p{Latin}]|\p{M})*)",
    regex.VERSION1,
)
"""What counts as one token where scripts are weighed: a word, or a character without spaces."""

_ACCENTED = regex.compile(r"[\p{Latin}--[A-Za-zªºﬀ-ﬆＡ-Ｚａ-ｚ]]|[A-Za-z]\p{M}", regex.VERSION1)
"""A letter that English words do not have."""

_OTHER = regex.compile(
    r"(?:[[\p{L}\p{N}]--[\p{Latin}\p{Common}]]|[\u0660-\u0669])"
    r"(?:[[\p{L}\p{N}]--[\p{Latin}\p{Common}]]|[\p{M}\u0660-\u0669\u0640\u200c\u200d\u30fc])*",
    regex.VERSION1,
)
"""A run of letters that are not Latin."""


def choose_tokenizer(references: Sequence[Sequence[str]]) -> str:
    """Choose the tokenizer that fits most samples' first reference; of several, ``13a`` first."""
    firsts = Counter(fitting(texts[0]) for texts in references if len(texts))
    return max(TOKENIZERS, key=lambda name: firsts[name])


def fitting(text: str) -> str:
    """Return the tokenizer that fits the script of most of a text; empty without letters.

    Words count where there are spaces, characters where there are none.
    """
    counts = Counter(match.lastgroup for match in _LETTERS.finditer(text))
    if not counts:
        return ""
    japanese = 5 * counts["kana"] > counts["han"]
    votes = {
        "13a": counts["latin"],
        "zh": 0 if japanese else counts["han"],
        "intl": counts["intl"],
        "char": counts["char"] + (counts["kana"] + counts["han"]) * japanese,
    }
    return max(TOKENIZERS, key=lambda name: votes[name])


def may_be_english(references: Sequence[Sequence[str]]) -> bool:
    """Say whether texts may be English: Latin, and most without letters that English lacks."""
    firsts = [texts[0] for texts in references if len(texts)]
    foreign = sum(bool(_ACCENTED.search(text)) for text in firsts)
    return choose_tokenizer(references) == "13a" and 2 * foreign <= len(firsts)


@cache
def _cutters() -> tuple[Any, Any]:
    from rouge_score_rs.tokenizers import DefaultTokenizer, UnicodeTokenizer

    build: Any = DefaultTokenizer
    return build(use_stemmer=True).tokenize, UnicodeTokenizer().tokenize


def words(line: str) -> list[str]:
    """Cut a line into ROUGE's words, each in ASCII.

    Latin ones are `rouge_score`'s, with their Porter stems. Those of other scripts, which
    `rouge_score` drops, are the words of UAX 29 (characters where there are no spaces), after
    NFKC and case folding; each is spelled by its code points.
    """
    stems, foreign = _cutters()
    if line.isascii():
        return list(stems(line))
    cut, start = [], 0
    for run in _OTHER.finditer(line):
        cut += stems(line[start : run.start()])
        cut += [_spelled(word) for word in foreign(run.group())]
        start = run.end()
    return [*cut, *stems(line[start:])]


def _spelled(word: str) -> str:
    """Spell a word in ASCII, as no Latin word is written."""
    return "zq0x" + "x".join(f"{ord(letter):x}" for letter in word)


class Vocabulary(dict[str, int]):
    """Numbers the distinct pieces of texts as they are met, and the tokens in each.

    ``13a`` looks at one neighbour of a character only and never beyond a space, so it cuts
    the pieces between spaces independently and each distinct one needs cutting once; for
    the others a piece is the whole text.
    """

    def __init__(self, tokenizer: str) -> None:
        """Start empty; `tokenizer` is one of `TOKENIZERS`."""
        super().__init__()
        from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
        from sacrebleu.tokenizers.tokenizer_char import TokenizerChar
        from sacrebleu.tokenizers.tokenizer_intl import TokenizerV14International
        from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

        tokenizers = (Tokenizer13a, TokenizerZh, TokenizerV14International, TokenizerChar)
        cut: Any = dict(zip(TOKENIZERS, tokenizers, strict=True))[tokenizer]
        self._cut = cut()
        self._whole = tokenizer != "13a"
        self.tokens: dict[str, int] = {}
        self._pieces: list[list[int]] = []

    def __missing__(self, piece: str) -> int:
        """Cut a new piece and number it and its tokens."""
        tokens = self._cut(piece).split()
        self._pieces.append([self.tokens.setdefault(t, len(self.tokens)) for t in tokens])
        self[piece] = len(self._pieces) - 1
        return self[piece]

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the token numbers of all texts on end, and each text's length in tokens."""
        pieces, sizes = self._split(texts)
        counts = np.fromiter(map(len, self._pieces), dtype=np.int64, count=len(self._pieces))
        flat = np.fromiter(chain.from_iterable(self._pieces), dtype=np.int64)
        lengths = np.diff(np.append(0, np.cumsum(counts[pieces]))[np.append(0, np.cumsum(sizes))])
        return flat[spans((np.cumsum(counts) - counts)[pieces], counts[pieces])], lengths

    def _split(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers of all texts' pieces on end, and how many each text has."""
        stripped = [text.rstrip() for text in texts]  # as sacrebleu does
        if self._whole:
            whole = np.array([self[text] for text in stripped], dtype=np.int64)
            return whole, np.ones(len(texts), dtype=np.int64)
        distinct, pieces, starts = split(stripped)
        return np.array([self[piece] for piece in distinct], np.int64)[pieces], np.diff(starts)


def split(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int32], NDArray[np.int32]]:
    """Cut texts at every space.

    Returns:
        The distinct pieces; the place among these of each piece of all texts on end; and,
        (n + 1,), where each text's pieces begin and the last one's end.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    cut = pc.split_pattern(pa.array(texts, type=pa.large_string()), " ")
    pieces = cut.flatten().dictionary_encode()
    return pieces.dictionary.to_pylist(), pieces.indices.to_numpy(), cut.offsets.to_numpy()


def spans(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the indices start, start + 1, … of each span, one span after the other.

    Args:
        starts: (k,) first index of each span.
        sizes: (k,) length of each span.
    """
    return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
