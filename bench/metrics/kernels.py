"""Compiled loops: walks down ranked scores, one for each resample, and along runs of regions.

A resample's weights stay in the processor's nearest cache, and every figure comes
out of one walk, where arrays of all weights would be written and read a dozen times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from bench.metrics.ranking import EPSILON

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bench.metrics.stats import Floats

CLIP = 1e-12
"""Keeps a precision of nothing found at 0."""


def _compiled(signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile when imported, and keep what was compiled where a folder can be written."""

    def compile_(function: Callable[..., Any]) -> Callable[..., Any]:
        build: Any = numba.njit  # its types know no signature with options
        try:
            compiled: Callable[..., Any] = build(
                signature, cache=True, nogil=True, error_model="numpy"
            )(function)
        except RuntimeError:  # no folder to keep it in
            compiled = build(signature, nogil=True, error_model="numpy")(function)
        return compiled

    return compile_


@_compiled("f8[:,:](u2[:,::1], i8[::1], i8[::1], b1[::1], f8, f8[::1])")
def curve_values(  # noqa: PLR0917  compiled functions take places only
    counts: NDArray[np.uint16],
    cluster: NDArray[np.int64],
    fake: NDArray[np.int64],
    end: NDArray[np.bool_],
    caught_rate: float,
    alarm_rates: Floats,
) -> Floats:
    """Compute the figures of the ROC and precision-recall curves of each resample.

    Args:
        counts: (r, c) how often each cluster was drawn.
        cluster: (n,) cluster of each sample, the surest fake first.
        fake: (n,) 1 or 0.
        end: (n,) the sample is the last of those with its score.
        caught_rate: True-positive rate at which the false-positive rate is wanted.
        alarm_rates: (k,) rising false-positive rates at which the true-positive rate is wanted.

    Returns:
        (r, 4 + k): AUROC by trapezoids; average precision Σ (R_i − R_{i−1}) P_i; equal
        error rate, interpolated; false-positive rate; true-positive rates.
    """
    out = np.full((len(counts), 4 + len(alarm_rates)), np.nan)
    for row in range(len(counts)):
        drawn = counts[row]
        fakes, reals = 0, 0
        for i in range(len(cluster)):
            weight = np.int64(drawn[cluster[i]])
            fakes += weight * fake[i]
            reals += weight * (1 - fake[i])
        needed = (caught_rate - EPSILON) * fakes
        if needed <= 0:
            out[row, 3] = 0.0 / reals
        caught, alarms, caught_before, alarms_before = 0, 0, 0, 0
        area, precision, crossed, passed = 0, 0.0, False, 0
        for i in range(len(cluster)):
            weight = np.int64(drawn[cluster[i]])
            caught += weight * fake[i]
            alarms += weight * (1 - fake[i])
            if not end[i]:
                continue
            area += (caught + caught_before) * (alarms - alarms_before)
            precision += (caught - caught_before) * (caught / max(caught + alarms, 1))
            if caught >= needed > caught_before:
                out[row, 3] = alarms / reals
            while passed < len(alarm_rates) and (alarms > (alarm_rates[passed] + EPSILON) * reals):
                out[row, 4 + passed] = caught_before / fakes
                passed += 1
            if not crossed and alarms * fakes >= (fakes - caught) * reals:
                crossed = True
                before, beyond = alarms_before / reals, alarms / reals
                gap_before = 1 - caught_before / fakes - before
                gap_after = beyond - 1 + caught / fakes
                share = gap_before / (gap_before + gap_after)
                out[row, 2] = before + share * (beyond - before)
            caught_before, alarms_before = caught, alarms
        out[row, 4 + passed :] = caught / fakes
        out[row, 0] = area / 2 / (float(caught) * alarms)
        out[row, 1] = precision / caught
    return out


@_compiled("f8[:,:,:](u2[:,::1], i8[::1], i8[::1], i8[::1], i8[::1], b1[::1], i8[::1])")
def part_values(  # noqa: PLR0917
    counts: NDArray[np.uint16],
    real: NDArray[np.int64],
    fakes: NDArray[np.int64],
    below: NDArray[np.int64],
    upto: NDArray[np.int64],
    end: NDArray[np.bool_],
    starts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Rank several parts' fakes against the same real images, on each resample.

    Args:
        counts: (r, c) how often each cluster was drawn.
        real: (m,) cluster of each real image, the lowest score first.
        fakes: (n,) cluster of each fake, part after part, the surest first in each.
        below: (n,) how many real images have a lower score.
        upto: (n,) how many have no higher score.
        end: (n,) the fake is the last in its part of those with its score.
        starts: (p + 1,) where each part begins, and where the last one ends.

    Returns:
        (r, p, 2): AUROC, and average precision as if each part held as many real
        images as fakes.
    """
    parts = len(starts) - 1
    out = np.full((len(counts), parts, 2), np.nan)
    passed = np.zeros(len(real) + 1, np.int64)
    for row in range(len(counts)):
        drawn = counts[row]
        for i in range(len(real)):
            passed[i + 1] = passed[i] + drawn[real[i]]
        reals = passed[-1]
        for part in range(parts):
            total = 0
            for i in range(starts[part], starts[part + 1]):
                total += drawn[fakes[i]]
            area, precision, caught, caught_before = np.int64(0), 0.0, np.int64(0), np.int64(0)
            per_fake, per_real = 1 / total, 1 / reals
            for i in range(starts[part], starts[part + 1]):
                weight = np.int64(drawn[fakes[i]])
                caught += weight
                area += weight * (passed[below[i]] + passed[upto[i]])
                if end[i]:
                    recall = caught * per_fake
                    alarms = (reals - passed[below[i]]) * per_real
                    precision += (caught - caught_before) * (recall / max(recall + alarms, CLIP))
                    caught_before = caught
            out[row, part, 0] = area / 2 / (float(total) * reals)
            out[row, part, 1] = precision * per_fake
    return out


@_compiled("i8[::1](u1[::1])")
def run_edges(body: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Read numbers between commas, and give their running sums.

    Args:
        body: ASCII bytes.

    Returns:
        (k,); of a single -1 where it is no list of numbers, each below 10 ** 12.
    """
    edges = np.zeros(len(body) // 2 + 1, np.int64)
    count, total, number, digits = 0, 0, 0, 0
    for i in range(len(body) + 1):
        character = body[i] if i < len(body) else 44
        if 48 <= character <= 57 and digits < 12:
            number = number * 10 + character - 48
            digits += 1
        elif character == 44 and digits:
            total += number
            edges[count] = total
            count, number, digits = count + 1, 0, 0
        else:
            return np.full(1, -1, np.int64)
    return edges[:count].copy()


@_compiled("i8(i8[::1], i8[::1])")
def shared(first: NDArray[np.int64], second: NDArray[np.int64]) -> int:
    """Count the places in both of two sets of half-open intervals, as rising edges."""
    i, j, both = 0, 0, 0
    while i < len(first) and j < len(second):
        end = min(first[i + 1], second[j + 1])
        both += max(end - max(first[i], second[j]), 0)
        if first[i + 1] == end:
            i += 2
        if second[j + 1] == end:
            j += 2
    return both


@_compiled("i8[::1](i8[::1], i8)")
def around(edges: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Measure intervals of the pixels of rows of `width`.

    Returns:
        Area, and the tightest box ``(x0, y0, x1, y1)``, half-open; empty without pixels.
    """
    found = np.array([0, width, 0, 0, 0], np.int64)
    for i in range(0, len(edges), 2):
        start, last = edges[i], edges[i + 1] - 1
        if last < start:
            continue
        if found[0] == 0:
            found[2] = start // width
        found[0] += last + 1 - start
        found[4] = last // width + 1
        one_row = start // width == last // width
        found[1] = min(found[1], start % width if one_row else 0)
        found[3] = max(found[3], last % width + 1 if one_row else width)
    return found if found[0] else np.zeros(5, np.int64)
