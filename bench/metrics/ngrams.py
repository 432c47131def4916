"""BLEU and CIDEr-D: n-grams of answers and references, counted without a loop over them.

English is cut into tokens as sacrebleu's ``13a`` does, Chinese as its ``zh``
does; a figure's signature names the one that was used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.stats import Floats

CHINESE = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
ORDERS = 4


def choose_tokenizer(references: Sequence[Sequence[str]]) -> str:
    """Choose ``zh`` where most samples' first reference holds Chinese, else ``13a``."""
    firsts = [texts[0] for texts in references if len(texts)]
    chinese = sum(bool(CHINESE.search(text)) for text in firsts)
    return "zh" if 2 * chinese > len(firsts) else "13a"


class Vocabulary:
    """Numbers tokens as they are met."""

    def __init__(self, tokenizer: str) -> None:
        """Start empty; `tokenizer` is ``13a`` or ``zh``."""
        from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
        from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

        self.tokenizer = tokenizer
        cut: Any = TokenizerZh if tokenizer == "zh" else Tokenizer13a
        self._cut = cut()
        self._tokens: dict[str, int] = {}
        self._pieces: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """Count the distinct tokens met so far."""
        return len(self._tokens)

    def read(self, text: str) -> list[int]:
        """Give a text's token numbers.

        ``13a`` looks at one neighbour of a character only, so that it cuts the pieces
        between spaces independently, and each distinct piece needs cutting once.
        """
        if self.tokenizer == "zh":
            return self._numbers(text)
        if "-\n" in text or "<skipped>" in text:
            text = text.replace("<skipped>", "").replace("-\n", "")
        known, numbers = self._pieces, []
        for piece in text.split():
            if piece not in known:
                known[piece] = self._numbers(piece)
            numbers += known[piece]
        return numbers

    def _numbers(self, text: str) -> list[int]:
        tokens = self._cut(text.rstrip()).split()
        return [self._tokens.setdefault(token, len(self._tokens)) for token in tokens]


@dataclass(frozen=True)
class Order:
    """The n-grams of one order; an entry is an n-gram that occurs at one sample.

    Attributes:
        sample: ``int64`` (k,), where the entry belongs.
        prefix: ``int64`` (k,), the entry of its first n − 1 tokens, in the order below.
        token: ``int64`` (k,), its last token.
        answer: ``int64`` (k,), how often it occurs in the answer.
        text: ``int64`` (m,), reference texts in which entries occur, one row for each pair.
        entry: ``int64`` (m,), the entries that occur in them.
        count: ``int64`` (m,), how often.
    """

    sample: NDArray[np.int64]
    prefix: NDArray[np.int64]
    token: NDArray[np.int64]
    answer: NDArray[np.int64]
    text: NDArray[np.int64]
    entry: NDArray[np.int64]
    count: NDArray[np.int64]

    def most(self) -> NDArray[np.int64]:
        """Count each entry in the reference that has most of it, (k,)."""
        most = np.zeros(len(self.sample), dtype=np.int64)
        np.maximum.at(most, self.entry, self.count)
        return most


@dataclass(frozen=True)
class Corpus:
    """Answers and their references, counted.

    Attributes:
        orders: n-grams of orders 1 to 4.
        lengths: ``int64`` (n,), tokens of each answer.
        owner: ``int64`` (r,), the sample of each reference text.
        reference_lengths: ``int64`` (r,), tokens of each reference.
    """

    orders: list[Order]
    lengths: NDArray[np.int64]
    owner: NDArray[np.int64]
    reference_lengths: NDArray[np.int64]


def count(
    answers: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> Corpus:
    """Count the n-grams of each answer and of its references."""
    import pandas as pd

    n = len(answers)
    texts = [vocabulary.read(text) for text in chain(answers, *references)]
    owner = np.repeat(np.arange(n), [len(texts) for texts in references])
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    tokens = np.fromiter(chain.from_iterable(texts), dtype=np.int64, count=int(lengths.sum()))
    text = np.repeat(np.arange(len(texts)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(tokens))
    size = len(vocabulary)
    entry = np.concatenate((np.arange(n), owner))[text]
    start = np.arange(len(tokens))
    orders: list[Order] = []
    for order in range(1, ORDERS + 1):
        whole = left[start] >= order
        start = start[whole]
        entry, names = pd.factorize(entry[whole] * size + tokens[start + order - 1])
        prefix, token = names // size, names % size
        sample = prefix if order == 1 else orders[-1].sample[prefix]
        mine = text[start] < n
        answer = np.bincount(entry[mine], minlength=len(names))
        pairs = (text[start[~mine]] - n) * len(names) + entry[~mine]
        codes, pairs = pd.factorize(pairs)
        orders.append(
            Order(sample, prefix, token, answer, pairs // len(names) if len(names) else pairs,
                  pairs % len(names) if len(names) else pairs, np.bincount(codes))
        )  # fmt: skip
    return Corpus(orders, lengths[:n], owner, lengths[n:])


def bleu_columns(corpus: Corpus) -> Floats:
    """Give the (n, 10) counts that corpus BLEU is a function of.

    Columns: matches of orders 1 to 4, n-grams of orders 1 to 4 in the answer, length
    of the answer, length of the reference closest to it (the shorter of two).
    """
    n = len(corpus.lengths)
    columns = [
        np.bincount(order.sample, np.minimum(order.answer, order.most()), minlength=n)
        for order in corpus.orders
    ]
    columns += [np.maximum(corpus.lengths - k, 0) for k in range(ORDERS)]
    distance = np.abs(corpus.reference_lengths - corpus.lengths[corpus.owner])
    nearest = np.lexsort((corpus.reference_lengths, distance, corpus.owner))
    owners, first = np.unique(corpus.owner[nearest], return_index=True)
    closest = np.zeros(n)
    closest[owners] = corpus.reference_lengths[nearest[first]]
    return np.stack([*columns, corpus.lengths, closest], axis=1).astype(np.float64)


def bleu(sums: Floats, order: int = ORDERS, smooth: bool = False) -> Floats:
    """Compute corpus BLEU in [0, 1] (Papineni et al. 2002) from sums (b, 10).

    Args:
        sums: Of `bleu_columns` over the corpus, for each of b resamples.
        order: Longest n-gram.
        smooth: Halve the count of a missing order again and again, as mteval-v13a and
            sacrebleu do (Chen & Cherry 2014, method 3); without it a missing order gives 0.
    """
    matches, totals = sums[:, :order], sums[:, 4 : 4 + order]
    length, reference = sums[:, 8], sums[:, 9]
    missing = matches == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        penalty = np.where(length < reference, np.exp(1 - reference / length), 1.0)
        halved = 1 / (2.0 ** np.cumsum(missing, axis=1) * totals)
        precision = np.where(missing, halved if smooth else 0.0, matches / totals)
        value = penalty * np.exp(np.log(precision).mean(axis=1))
    return np.where((matches.any(axis=1)) & (totals > 0).all(axis=1), value, 0.0)
