"""BLEU and CIDEr-D: n-grams of answers and references, numbered once and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics.stats import Floats
from fakevlm_bench.metrics.tokens import Vocabulary

ORDERS = 4


@dataclass(frozen=True)
class Corpus:
    """Answers and their references, as tokens.

    Attributes:
        tokens: ``int64`` (t,), of all texts on end, each sample's references and then its answer.
        texts: ``int64`` (k,), tokens of each of these texts.
        references: ``int64`` (n,), how many each sample has.
        kinds: How many different tokens there are.
        matches: (n, 4), n-grams of each order of each answer that are in its references.
    """

    tokens: NDArray[np.int64]
    texts: NDArray[np.int64]
    references: NDArray[np.int64]
    kinds: int
    matches: Floats

    @property
    def is_answer(self) -> NDArray[np.bool_]:
        """``bool`` (k,), the text is an answer."""
        marks = np.zeros(len(self.texts), dtype=np.bool_)
        marks[np.cumsum(self.references + 1) - 1] = True
        return marks

    def lengths(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Count each answer's tokens, (n,), and each reference's, (r,); whose each one is, (r,)."""
        owner = np.repeat(np.arange(len(self.references)), self.references)
        return self.texts[self.is_answer], self.texts[~self.is_answer], owner


def count(
    answers: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> Corpus:
    """Count the n-grams of each answer that are in its references too.

    Args:
        answers: n texts.
        references: Of each answer, possibly several.
        vocabulary: Cuts and numbers tokens.
    """
    from fakevlm_bench.metrics import gram_kernels

    every = [text for answer, own in zip(answers, references, strict=True)
             for text in (*own, answer)]  # fmt: skip
    tokens, texts = vocabulary.read(every)
    sizes, kinds = np.array([*map(len, references)], dtype=np.int64), len(vocabulary.tokens)
    matches = gram_kernels.matches(tokens, texts, sizes, kinds, ORDERS)
    return Corpus(tokens, texts, sizes, kinds, matches)


def bleu_columns(corpus: Corpus) -> Floats:
    """Compute the (n, 10) counts that corpus BLEU is a function of.

    Columns: matches of orders 1 to 4, n-grams of orders 1 to 4 in the answer, length
    of the answer, length of the reference closest to it (the shorter of two).
    """
    mine, theirs, owner = corpus.lengths()
    totals = np.maximum(mine[:, None] - np.arange(ORDERS), 0)
    nearest = np.lexsort((theirs, np.abs(theirs - mine[owner]), owner))
    owners, first = np.unique(owner[nearest], return_index=True)
    closest = np.zeros(len(mine))
    closest[owners] = theirs[nearest[first]]
    return np.column_stack([corpus.matches, totals, mine, closest])


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


def cider_d(corpus: Corpus, sigma: float = 6.0) -> Floats:
    """Compute CIDEr-D of each answer, (n,), in [0, 10] (Vedantam et al. 2015, §4 and §6).

    Document frequencies are those of this corpus's references. As in the authors'
    code, lengths are counted in bigrams and the mean is taken over the references.

    Args:
        corpus: Every sample has at least one reference.
        sigma: Of the Gaussian penalty on the difference in length.
    """
    from fakevlm_bench.metrics import gram_kernels

    mine, theirs, owner = corpus.lengths()
    n, bounds = len(mine), np.append(0, np.cumsum(corpus.texts))
    grams = gram_kernels.number(corpus.tokens, corpus.texts, corpus.kinds, ORDERS)
    kinds = int(grams.max(initial=-1)) + 1
    documents = gram_kernels.documents(grams, bounds, corpus.references, kinds)
    weight = np.log(n) - np.log(np.maximum(documents, 1))
    alike = gram_kernels.likeness(grams, bounds, corpus.references, weight)[~corpus.is_answer]
    difference = np.maximum(mine - 1, 0)[owner] - np.maximum(theirs - 1, 0)
    total = alike * np.exp(-(difference**2) / (2 * sigma**2)) * 10 / ORDERS
    value: Floats = np.bincount(owner, total, n) / np.bincount(owner, minlength=n)
    return value
