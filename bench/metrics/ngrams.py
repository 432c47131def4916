"""BLEU and CIDEr-D: n-grams of answers and references, counted without a loop over them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bench.metrics.settings import threads
from bench.metrics.stats import Floats
from bench.metrics.tokens import Vocabulary

ORDERS = 4
CHUNK = 256
"""Samples that are counted at once; changes no figure."""


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
        chunks: A few samples each: first sample, first reference text, n-grams of orders 1 to 4.
        lengths: ``int64`` (n,), tokens of each answer.
        owner: ``int64`` (r,), the sample of each reference text.
        reference_lengths: ``int64`` (r,), tokens of each reference.
    """

    chunks: list[tuple[int, int, list[Order]]]
    lengths: NDArray[np.int64]
    owner: NDArray[np.int64]
    reference_lengths: NDArray[np.int64]

    def orders(self) -> list[Order]:
        """Join the chunks: n-grams of orders 1 to 4 of all samples."""
        return _merge(self.chunks)


def count(
    answers: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> Corpus:
    """Count the n-grams of each answer and of its references."""
    tokens, lengths = vocabulary.read(answers)
    owner = np.repeat(np.arange(len(answers)), [len(texts) for texts in references])
    theirs, reference_lengths = vocabulary.read([text for texts in references for text in texts])
    ends, reference_ends = np.cumsum(lengths), np.cumsum(reference_lengths)

    def chunk(start: int) -> tuple[int, int, list[Order]]:
        mine = slice(start, start + CHUNK)
        texts = slice(*np.searchsorted(owner, [start, start + CHUNK]))
        part = np.concatenate((_part(tokens, ends, mine), _part(theirs, reference_ends, texts)))
        sizes = np.concatenate((lengths[mine], reference_lengths[texts]))
        places = np.concatenate((np.arange(len(lengths[mine])), owner[texts] - start))
        orders = _count_chunk(part, sizes, places, len(lengths[mine]), len(vocabulary.tokens))
        return start, texts.start, orders

    with ThreadPoolExecutor(threads()) as pool:
        chunks = list(pool.map(chunk, range(0, len(answers), CHUNK)))
    return Corpus(chunks, lengths, owner, reference_lengths)


def _part(tokens: NDArray[np.int64], ends: NDArray[np.int64], texts: slice) -> NDArray[np.int64]:
    """Give the tokens of some neighbouring texts."""
    bounds = np.append(0, ends)[[texts.start, min(texts.stop, len(ends))]]
    return tokens[slice(*bounds)]


def _count_chunk(
    tokens: NDArray[np.int64],
    lengths: NDArray[np.int64],
    places: NDArray[np.int64],
    n: int,
    kinds: int,
) -> list[Order]:
    """Count the n-grams of a few samples: small enough for the processor's cache.

    Args:
        tokens: Of the n answers and then of their references, on end.
        lengths: Of each of these texts.
        places: Sample of each text, from 0.
        n: Number of samples.
        kinds: Number of different tokens.
    """
    alone = len(np.unique(places[n:])) == len(places) - n  # no sample has two references
    text_of = np.zeros(n, dtype=np.int64)
    text_of[places[n:]] = np.arange(len(places) - n)
    text = np.repeat(np.arange(len(lengths)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(tokens))
    start, entry, bits = np.arange(len(tokens)), places[text], max(kinds, 1).bit_length()
    orders: list[Order] = []
    for order in range(1, ORDERS + 1):
        whole = np.flatnonzero(left >= order)
        start, left = start[whole], left[whole]
        entry, names = numbered(entry[whole] << bits | tokens[start + order - 1])
        prefix, token = names >> bits, names & ((1 << bits) - 1)
        sample = prefix if order == 1 else orders[-1].sample[prefix]
        mine = int(np.searchsorted(start, lengths[:n].sum()))
        answer, theirs = np.bincount(entry[:mine], minlength=len(names)), entry[mine:]
        if alone:
            times = np.bincount(theirs, minlength=len(names))
            kept = np.flatnonzero(times)
            found = (text_of[sample[kept]], kept, times[kept])
        else:
            size = max(len(names), 1)
            codes, pairs = numbered((text[start[mine:]] - n) * size + theirs)
            found = (pairs // size, pairs % size, np.bincount(codes, minlength=len(pairs)))
        orders.append(Order(sample, prefix, token, answer, *found))
    return orders


def numbered(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each code's number and the distinct codes in the order in which they occur.

    Arrow's hash table is twice as fast as that of `pandas.factorize`.
    """
    import pyarrow as pa

    found = pa.array(codes).dictionary_encode()
    return found.indices.to_numpy().astype(np.int64), found.dictionary.to_numpy()


def _merge(chunks: list[tuple[int, int, list[Order]]]) -> list[Order]:
    """Join the chunks' orders; each comes with its first sample and first reference."""
    merged = []
    below = np.zeros(len(chunks), dtype=np.int64)
    below[:] = [first for first, _, _ in chunks]
    for k in range(ORDERS):
        parts = [orders[k] for _, _, orders in chunks]
        sizes = np.array([len(part.sample) for part in parts], dtype=np.int64)
        offsets = np.cumsum(sizes) - sizes
        moved = [
            Order(
                part.sample + first,
                part.prefix + base,
                part.token,
                part.answer,
                part.text + first_text,
                part.entry + offset,
                part.count,
            )
            for part, (first, first_text, _), base, offset in zip(
                parts, chunks, below, offsets, strict=True
            )
        ]
        names = [field.name for field in fields(Order)]
        joined = [np.concatenate([getattr(part, name) for part in moved]) for name in names]
        merged.append(Order(*joined))
        below = offsets
    return merged


def bleu_columns(corpus: Corpus) -> Floats:
    """Give the (n, 10) counts that corpus BLEU is a function of.

    Columns: matches of orders 1 to 4, n-grams of orders 1 to 4 in the answer, length
    of the answer, length of the reference closest to it (the shorter of two).
    """
    n = len(corpus.lengths)
    columns = [np.zeros(n) for _ in range(ORDERS)]
    for start, _, orders in corpus.chunks:
        for column, order in zip(columns, orders, strict=True):
            found = np.bincount(order.sample, np.minimum(order.answer, order.most()))
            column[start : start + len(found)] = found
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
    total = np.zeros(len(owner))
    grams = np.zeros(n, dtype=np.int64)  # of the empty prefix, one for each sample
    for order in corpus.orders():
        size = int(order.token.max(initial=0)) + 1
        grams, _ = numbered(grams[order.prefix] * size + order.token)
        named = np.zeros(len(grams), dtype=np.bool_)
        named[order.entry] = True
        documents = np.bincount(grams[named], minlength=int(grams.max(initial=0)) + 1)
        idf = np.log(n) - np.log(np.maximum(documents[grams], 1))
        answer, reference = order.answer * idf, order.count * idf[order.entry]
        dot = np.minimum(answer[order.entry], reference) * reference
        norms = np.sqrt(np.bincount(order.sample, answer**2, n)[owner])
        norms *= np.sqrt(np.bincount(order.text, reference**2, len(owner)))
        similar = np.bincount(order.text, dot, len(owner))
        total += np.divide(similar, norms, out=np.zeros(len(owner)), where=norms > 0)
    total *= np.exp(-(difference**2) / (2 * sigma**2)) * 10 / ORDERS
    value: Floats = np.bincount(owner, total, n) / np.bincount(owner, minlength=n)
    return value
