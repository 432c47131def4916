"""Texts as numbers of tokens.

English is cut into tokens as sacrebleu's ``13a`` does, Chinese as its ``zh``
does; a figure's signature names the one that was used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHINESE = re.compile(r"[㐀-䶿一-鿿豈-﫿]")


def choose_tokenizer(references: Sequence[Sequence[str]]) -> str:
    """Choose ``zh`` where most samples' first reference holds Chinese, else ``13a``."""
    firsts = [texts[0] for texts in references if len(texts)]
    chinese = sum(bool(CHINESE.search(text)) for text in firsts)
    return "zh" if 2 * chinese > len(firsts) else "13a"


class Vocabulary(dict[str, int]):
    """Numbers the distinct pieces of texts as they are met, and the tokens in each.

    ``13a`` looks at one neighbour of a character only, so it cuts the pieces between
    spaces independently and each distinct one needs cutting once; for ``zh`` a piece
    is the whole text.
    """

    def __init__(self, tokenizer: str) -> None:
        """Start empty; `tokenizer` is ``13a`` or ``zh``."""
        super().__init__()
        from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
        from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

        cut: Any = TokenizerZh if tokenizer == "zh" else Tokenizer13a
        self._cut = cut()
        self._whole = tokenizer == "zh"
        self.tokens: dict[str, int] = {}
        self._pieces: list[list[int]] = []

    def __missing__(self, piece: str) -> int:
        """Cut a new piece and number it and its tokens."""
        tokens = self._cut(piece).split()
        self._pieces.append([self.tokens.setdefault(t, len(self.tokens)) for t in tokens])
        self[piece] = len(self._pieces) - 1
        return self[piece]

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the token numbers of all texts on end, and each text's length in tokens."""
        cut = [self._split(text) for text in texts]
        sizes = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut))
        every = chain.from_iterable(cut)
        pieces = np.fromiter(map(self.__getitem__, every), dtype=np.int64, count=int(sizes.sum()))
        known = np.fromiter(map(len, self._pieces), dtype=np.int64, count=len(self._pieces))
        flat = np.fromiter(chain.from_iterable(self._pieces), dtype=np.int64)
        lengths = np.diff(np.append(0, np.cumsum(known[pieces]))[np.append(0, np.cumsum(sizes))])
        return flat[spans((np.cumsum(known) - known)[pieces], known[pieces])], lengths

    def _split(self, text: str) -> list[str]:
        text = text.rstrip()
        if self._whole:
            return [text]
        if "-\n" in text or "<skipped>" in text:
            text = text.replace("<skipped>", "").replace("-\n", "")
        return text.split()


def spans(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the indices start, start + 1, … of each span, one span after the other."""
    return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
