"""BLEU and CIDEr-D: n-grams of answers and references, numbered once and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.metrics.stats import Floats
from bench.metrics.tokens import Vocabulary

ORDERS = 4


@dataclass(frozen=True)
class Corpus:
    """Answers and their references, compared.

    Attributes:
        matches: (n, 4), n-grams of each order of each answer that its references have too.
        likeness: (r,), sum over the orders of the cosine between a reference and the answer.
        lengths: ``int64`` (n,), tokens of each answer.
        owner: ``int64`` (r,), the sample of each reference text.
        reference_lengths: ``int64`` (r,), tokens of each reference.
    """

    matches: Floats
    likeness: Floats
    lengths: NDArray[np.int64]
    owner: NDArray[np.int64]
    reference_lengths: NDArray[np.int64]


def count(
    answers: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> Corpus:
    """Count the n-grams of each answer that are in its references too, and weigh them."""
    from bench.metrics import gram_kernels

    n = len(answers)
    owner = np.repeat(np.arange(n), [len(texts) for texts in references])
    texts = [*(text for every in references for text in every), *answers]
    tokens, lengths = vocabulary.read(texts)
    bounds = np.append(0, np.cumsum(lengths))
    grams = gram_kernels.number(tokens, lengths, len(vocabulary.tokens), ORDERS)
    kinds = int(grams.max(initial=-1)) + 1
    documents = gram_kernels.documents(grams, bounds[: len(owner) + 1], owner, kinds)
    weight = np.log(n) - np.log(np.maximum(documents, 1))
    matches, likeness = gram_kernels.compare(grams, bounds, owner, n, weight)
    return Corpus(matches, likeness, lengths[len(owner) :], owner, lengths[: len(owner)])


def bleu_columns(corpus: Corpus) -> Floats:
    """Give the (n, 10) counts that corpus BLEU is a function of.

    Columns: matches of orders 1 to 4, n-grams of orders 1 to 4 in the answer, length
    of the answer, length of the reference closest to it (the shorter of two).
    """
    totals = np.maximum(corpus.lengths[:, None] - np.arange(ORDERS), 0)
    distance = np.abs(corpus.reference_lengths - corpus.lengths[corpus.owner])
    nearest = np.lexsort((corpus.reference_lengths, distance, corpus.owner))
    owners, first = np.unique(corpus.owner[nearest], return_index=True)
    closest = np.zeros(len(corpus.lengths))
    closest[owners] = corpus.reference_lengths[nearest[first]]
    return np.column_stack([corpus.matches, totals, corpus.lengths, closest])


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
    n, owner = len(corpus.lengths), corpus.owner
    bigrams, theirs = corpus.lengths - 1, corpus.reference_lengths - 1
    difference = np.maximum(bigrams, 0)[owner] - np.maximum(theirs, 0)
    total = corpus.likeness * np.exp(-(difference**2) / (2 * sigma**2)) * 10 / ORDERS
    value: Floats = np.bincount(owner, total, n) / np.bincount(owner, minlength=n)
    return value
