"""Compiled loops over the n-grams of texts, which are numbered once and then only counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fakevlm_bench.metrics.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fakevlm_bench.metrics.stats import Floats

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Spreads keys over a table (Fibonacci hashing, Knuth 1998, §6.4)."""


@compiled("i8(i4[::1], i8[::1], i8)")
def find(table: NDArray[np.int32], keys: NDArray[np.int64], key: int) -> int:
    """Return a key's place in a table of 1 + the keys' numbers, or the empty one it would take."""
    last = len(table) - 1
    place = np.int64((np.uint64(key) * MIX) >> np.uint64(33)) & last
    while table[place] and keys[table[place] - 1] != key:
        place = (place + 1) & last
    return int(place)


@compiled("i4[:,::1](i8[::1], i8[::1], i8, i8)")
def number(
    tokens: NDArray[np.int64], lengths: NDArray[np.int64], kinds: int, orders: int
) -> NDArray[np.int32]:
    """Number the distinct n-grams of texts, over all orders, in the order of their first ones.

    Args:
        tokens: (t,) of all texts on end, each below `kinds`.
        lengths: (k,) tokens of each text.
        kinds: How many different tokens there may be.
        orders: Longest n-gram.

    Returns:
        (t, orders): that of the n-gram that begins at each token, −1 beyond the text's end.
    """
    grams = np.full((len(tokens), orders), -1, np.int32)
    keys, table, count, start = np.empty(grams.size, np.int64), np.zeros(1024, np.int32), 0, 0
    for length in lengths:
        for first in range(start, start + length):
            gram = -1
            for order in range(min(orders, start + length - first)):
                key = (gram + 1) * kinds + tokens[first + order]
                place = find(table, keys, key)
                if not table[place]:
                    keys[count] = key
                    count += 1
                    table[place] = count
                    if 2 * count > len(table):
                        table = np.zeros(2 * len(table), np.int32)
                        for known in range(count):
                            table[find(table, keys, keys[known])] = known + 1
                        place = find(table, keys, key)
                gram = table[place] - 1
                grams[first, order] = gram
        start += length
    return grams


@compiled("i8(i4[:,:], i8, i4[::1], i4[::1])")
def tally(
    grams: NDArray[np.int32], order: int, times: NDArray[np.int32], distinct: NDArray[np.int32]
) -> int:
    """Count one text's n-grams into `times`; list the distinct ones, and return their number."""
    count = 0
    for i in range(len(grams) - order):
        gram = grams[i, order]
        if not times[gram]:
            distinct[count] = gram
            count += 1
        times[gram] += 1
    return count


@compiled("f8[:,::1](i8[::1], i8[::1], i8[::1], i8, i8)")
def matches(
    tokens: NDArray[np.int64],
    lengths: NDArray[np.int64],
    references: NDArray[np.int64],
    kinds: int,
    orders: int,
) -> Floats:
    """Count the n-grams of each answer that are in a reference.

    Each counts at most as often as it is in the reference that has most of it.

    Args:
        tokens: (t,) of all texts on end, each sample's references and then its answer.
        lengths: (k,) tokens of each text.
        references: (n,) how many each sample has.
        kinds: How many different tokens there may be.
        orders: Longest n-gram.

    Returns:
        (n, orders)
    """
    counts = np.zeros((len(references), orders))
    text, start = 0, 0
    for sample in range(len(references)):
        sizes = lengths[text : text + references[sample] + 1]
        text, end = text + len(sizes), start + sizes.sum()
        grams = number(tokens[start:end], sizes, kinds, orders)
        mine, theirs = np.zeros(grams.size, np.int32), np.zeros(grams.size, np.int32)
        most = np.zeros(grams.size, np.int32)
        own, there = np.empty(len(grams), np.int32), np.empty(len(grams), np.int32)
        for order in range(orders):
            answer = tally(grams[len(grams) - sizes[-1] :], order, mine, own)
            place = 0
            for size in sizes[:-1]:
                for gram in there[: tally(grams[place : place + size], order, theirs, there)]:
                    most[gram] = max(most[gram], theirs[gram])
                    theirs[gram] = 0
                place += size
            for gram in own[:answer]:
                counts[sample, order] += min(mine[gram], most[gram])
        start = end
    return counts


@compiled("i8[::1](i4[:,::1], i8[::1], i8[::1], i8)")
def documents(
    grams: NDArray[np.int32], bounds: NDArray[np.int64], references: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Count the samples in whose references each n-gram occurs, (count,).

    Args:
        grams: (t, orders), as `number` returns them.
        bounds: (k + 1,) where each text's tokens begin, and where the last one's end.
        references: (n,) as in `matches`.
        count: Of distinct n-grams.
    """
    counts, last, text = np.zeros(count, np.int64), np.full(count, -1, np.int64), 0
    for sample in range(len(references)):
        answer = text + references[sample]
        for gram in grams[bounds[text] : bounds[answer]].ravel():
            if gram >= 0 and last[gram] != sample:
                last[gram] = sample
                counts[gram] += 1
        text = answer + 1
    return counts


@compiled("f8[::1](i4[:,::1], i8[::1], i8[::1], f8[::1])")
def likeness(
    grams: NDArray[np.int32],
    bounds: NDArray[np.int64],
    references: NDArray[np.int64],
    weight: Floats,
) -> Floats:
    """Compare each reference with its answer: cosines of weighted counts.

    As in CIDEr-D, the answer's are clipped to the reference's in their product.

    Args:
        grams: (t, orders), as `number` returns them.
        bounds: (k + 1,) where each text's tokens begin, and where the last one's end.
        references: (n,) as in `matches`.
        weight: Inverse document frequency of each distinct n-gram.

    Returns:
        (k,), the sum over the orders; 0 for answers.
    """
    alike = np.zeros(len(bounds) - 1)
    mine, theirs = np.zeros(len(weight), np.int32), np.zeros(len(weight), np.int32)
    longest = np.diff(bounds).max() + 1
    said, there = np.empty(longest, np.int32), np.empty(longest, np.int32)
    text = 0
    for sample in range(len(references)):
        first, text = text, text + references[sample] + 1
        for order in range(grams.shape[1]):
            answer = tally(grams[bounds[text - 1] : bounds[text]], order, mine, said)
            norm = 0.0
            for gram in said[:answer]:
                norm += (mine[gram] * weight[gram]) ** 2
            for k in range(first, text - 1):
                dot, their_norm = 0.0, 0.0
                reference = grams[bounds[k] : bounds[k + 1]]
                for gram in there[: tally(reference, order, theirs, there)]:
                    value = theirs[gram] * weight[gram]
                    dot += min(mine[gram] * weight[gram], value) * value
                    their_norm += value**2
                    theirs[gram] = 0
                if norm > 0 and their_norm > 0:
                    alike[k] += dot / (np.sqrt(norm) * np.sqrt(their_norm))
            for gram in said[:answer]:
                mine[gram] = 0
    return alike
