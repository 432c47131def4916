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

    ``13a`` looks at one neighbour of a character only and never beyond a space, so it cuts
    the pieces between spaces independently and each distinct one needs cutting once; for
    ``zh`` a piece is the whole text.
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
        pieces, sizes = self._split(texts)
        known = np.fromiter(map(len, self._pieces), dtype=np.int64, count=len(self._pieces))
        flat = np.fromiter(chain.from_iterable(self._pieces), dtype=np.int64)
        lengths = np.diff(np.append(0, np.cumsum(known[pieces]))[np.append(0, np.cumsum(sizes))])
        return flat[spans((np.cumsum(known) - known)[pieces], known[pieces])], lengths

    def _split(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the numbers of all texts' pieces on end, and how many each text has."""
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
    """Give the indices start, start + 1, … of each span, one span after the other."""
    return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
