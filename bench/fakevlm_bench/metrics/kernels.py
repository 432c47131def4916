"""Compiled loops: walks down ranked scores, one for each resample, and along runs of regions.

Resamples come in blocks (b, c, w), whose w neighbours the processor works on at once; every
figure comes out of one walk, where arrays of all weights would be written and read a dozen
times. Counts are whole numbers far below 2 ** 53, so that their sums are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from fakevlm_bench.metrics.ranking import EPSILON

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from fakevlm_bench.metrics.stats import Floats

CLIP = 1e-12
"""Keeps a precision of nothing found at 0."""


def compiled(signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile when imported, and keep what was compiled where a folder can be written."""

    def compile_(function: Callable[..., Any]) -> Callable[..., Any]:
        build: Any = numba.njit  # its types know no signature with options
        try:
            fast: Callable[..., Any] = build(
                signature, cache=True, nogil=True, error_model="numpy"
            )(function)
        except RuntimeError:  # no folder to keep it in
            fast = build(signature, nogil=True, error_model="numpy")(function)
        return fast

    return compile_


@compiled("f8[:,::1](u2[:,:,::1], f8[:,::1])")
def sums(blocks: NDArray[np.uint16], values: Floats) -> Floats:
    """Sum (c, k) values of clusters over each resample: (b · w, k)."""
    width, columns = blocks.shape[2], values.shape[1]
    out = np.empty((len(blocks) * width, columns))
    total, drawn = np.empty((columns, width)), np.empty(width)
    for block in range(len(blocks)):
        total[:] = 0
        for cluster in range(len(values)):
            for k in range(width):
                drawn[k] = blocks[block, cluster, k]
            for column in range(columns):
                value, into = values[cluster, column], total[column]
                if value != 0:
                    for k in range(width):
                        into[k] += value * drawn[k]
        out[block * width : (block + 1) * width] = total.T
    return out


STRIDE = 128
"""Samples between the places where a walk is remembered."""


@compiled("f8[::1](u2[:,::1], i8[::1], i8[::1], b1[::1], i8[::1], f8[:,:,::1], i8, f8[::1])")
def crossing(  # noqa: PLR0917  compiled functions take places only
    drawn: NDArray[np.uint16],
    cluster: NDArray[np.int64],
    fake: NDArray[np.int64],
    end: NDArray[np.bool_],
    places: NDArray[np.int64],
    passed: Floats,
    k: int,
    line: Floats,
) -> Floats:
    """Find where a resample's walk crosses ``line[0] · alarms + line[1] · caught = line[2]``.

    Args:
        drawn: (c, w) how often each cluster was drawn.
        cluster: (n,) as in `curve_values`, as are `fake` and `end`.
        fake: (n,)
        end: (n,)
        places: (p,) where the walk was remembered, the first one 0.
        passed: (p, 2, w) false alarms and caught fakes until there.
        k: Which resample of the block.
        line: (3,)

    Returns:
        False alarms and caught fakes at the last score before, then at the first one on or
        beyond it; those of the walk's end twice where it stays below.
    """
    low, high = 0, len(places)
    while high - low > 1:
        middle = (low + high) // 2
        if line[0] * passed[middle, 0, k] + line[1] * passed[middle, 1, k] >= line[2]:
            high = middle
        else:
            low = middle
    now = passed[low, :, k].copy()
    around_line = np.append(now, now)
    for i in range(places[low], len(cluster)):
        now[fake[i]] += drawn[cluster[i], k]
        if end[i]:
            around_line[2:] = now
            if line[0] * now[0] + line[1] * now[1] >= line[2]:
                return around_line
            around_line[:2] = now
    return around_line


@compiled("f8[:,::1](u2[:,:,::1], i8[::1], i8[::1], b1[::1], f8, f8[::1])")
def curve_values(  # noqa: PLR0917  compiled functions take places only
    blocks: NDArray[np.uint16],
    cluster: NDArray[np.int64],
    fake: NDArray[np.int64],
    end: NDArray[np.bool_],
    caught_rate: float,
    alarm_rates: Floats,
) -> Floats:
    """Compute the figures of the ROC and precision-recall curves of each resample.

    Args:
        blocks: (b, c, w) how often each cluster was drawn.
        cluster: (n,) cluster of each sample, the surest fake first.
        fake: (n,) 1 or 0.
        end: (n,) the sample is the last of those with its score.
        caught_rate: True-positive rate at which the false-positive rate is wanted.
        alarm_rates: (k,) false-positive rates at which the true-positive rate is wanted.

    Returns:
        (b · w, 4 + k): AUROC by trapezoids; average precision Σ (R_i − R_{i−1}) P_i; equal
        error rate, interpolated; false-positive rate; true-positive rates.
    """
    width = blocks.shape[2]
    out = np.empty((len(blocks) * width, 4 + len(alarm_rates)))
    now, before = np.empty((2, width)), np.empty((2, width))
    (alarms, caught), (alarms_before, caught_before) = now, before
    area, precision = np.empty(width), np.empty(width)
    places = np.zeros(len(cluster) // STRIDE + 1, np.int64)
    passed = np.zeros((len(places), 2, width))
    for block in range(len(blocks)):
        now[:], before[:], area[:], precision[:], count = 0, 0, 0, 0, 1
        for i in range(len(cluster)):
            drawn, side = blocks[block, cluster[i]], now[fake[i]]
            for k in range(width):
                side[k] += drawn[k]
            if not end[i]:
                continue
            for k in range(width):
                area[k] += (caught[k] + caught_before[k]) * (alarms[k] - alarms_before[k])
            for k in range(width):
                share = caught[k] / max(caught[k] + alarms[k], 1.0)
                precision[k] += (caught[k] - caught_before[k]) * share
            for k in range(width):
                alarms_before[k], caught_before[k] = alarms[k], caught[k]
            if i + 1 - places[count - 1] >= STRIDE:
                places[count], passed[count] = i + 1, now
                count += 1
        for k in range(width):
            reals, fakes, row = alarms[k], caught[k], out[block * width + k]
            walk = (blocks[block], cluster, fake, end, places[:count], passed[:count], k)
            row[0] = area[k] / 2 / (fakes * reals)
            row[1] = precision[k] / fakes
            ends = crossing(*walk, np.array([fakes, reals, fakes * reals]))
            low, high = ends[0] / reals, ends[2] / reals
            gap_before, gap_after = 1 - ends[1] / fakes - low, high - 1 + ends[3] / fakes
            row[2] = low + gap_before / (gap_before + gap_after) * (high - low)
            needed = (caught_rate - EPSILON) * fakes
            ends = crossing(*walk, np.array([0.0, 1.0, needed]))
            row[3] = ends[2] / reals if needed > 0 else 0.0 / reals
            for j in range(len(alarm_rates)):
                allowed = np.floor((alarm_rates[j] + EPSILON) * reals)
                row[4 + j] = crossing(*walk, np.array([1.0, 0.0, allowed + 1]))[1] / fakes
    return out


@compiled("f8[:,:,::1](u2[:,:,::1], i8[::1], i8[::1], i8[::1], i8[::1], b1[::1], i8[::1])")
def part_values(  # noqa: PLR0917  compiled functions take places only
    blocks: NDArray[np.uint16],
    real: NDArray[np.int64],
    fakes: NDArray[np.int64],
    below: NDArray[np.int64],
    upto: NDArray[np.int64],
    end: NDArray[np.bool_],
    starts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Rank several parts' fakes against the same real images, on each resample.

    Args:
        blocks: (b, c, w) how often each cluster was drawn.
        real: (m,) cluster of each real image, the lowest score first.
        fakes: (n,) cluster of each fake, part after part, the surest first in each.
        below: (n,) how many real images have a lower score.
        upto: (n,) how many have no higher score.
        end: (n,) the fake is the last in its part of those with its score.
        starts: (p + 1,) where each part begins, and where the last one ends.

    Returns:
        (b · w, p, 2): AUROC, and average precision as if each part held as many real
        images as fakes.
    """
    width, parts = blocks.shape[2], len(starts) - 1
    out = np.empty((len(blocks) * width, parts, 2))
    passed = np.zeros((len(real) + 1, width))
    total, area, precision = np.empty(width), np.empty(width), np.empty(width)
    caught, caught_before = np.empty(width), np.empty(width)
    for block in range(len(blocks)):
        for i in range(len(real)):
            drawn, already, then = blocks[block, real[i]], passed[i], passed[i + 1]
            for k in range(width):
                then[k] = already[k] + drawn[k]
        reals = passed[-1]
        for part in range(parts):
            total[:], area[:], precision[:], caught[:], caught_before[:] = 0, 0, 0, 0, 0
            for i in range(starts[part], starts[part + 1]):
                counts = blocks[block, fakes[i]]
                for k in range(width):
                    total[k] += counts[k]
            per_fake, per_real = 1 / total, 1 / reals
            for i in range(starts[part], starts[part + 1]):
                drawn, lower, no_higher = blocks[block, fakes[i]], passed[below[i]], passed[upto[i]]
                for k in range(width):
                    caught[k] += drawn[k]
                    area[k] += drawn[k] * (lower[k] + no_higher[k])
                if end[i]:
                    for k in range(width):
                        recall = caught[k] * per_fake[k]
                        alarms = (reals[k] - lower[k]) * per_real[k]
                        share = recall / max(recall + alarms, CLIP)
                        precision[k] += (caught[k] - caught_before[k]) * share
                        caught_before[k] = caught[k]
            for k in range(width):
                out[block * width + k, part, 0] = area[k] / 2 / (total[k] * reals[k])
                out[block * width + k, part, 1] = precision[k] * per_fake[k]
    return out


@compiled("i8[::1](u1[::1])")
def run_edges(body: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Read numbers between commas, and return their running sums.

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


@compiled("i8(i8[::1], i8[::1])")
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


@compiled("i8[::1](i8[::1], i8)")
def around(edges: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Measure intervals of the pixels of rows of `width`.

    Returns:
        Area, and the tightest box ``(x0, y0, x1, y1)``, half-open; empty without pixels.
    """
    bounds = np.array([0, width, 0, 0, 0], np.int64)
    for i in range(0, len(edges), 2):
        start, last = edges[i], edges[i + 1] - 1
        if last < start:
            continue
        if bounds[0] == 0:
            bounds[2] = start // width
        bounds[0] += last + 1 - start
        bounds[4] = last // width + 1
        one_row = start // width == last // width
        bounds[1] = min(bounds[1], start % width if one_row else 0)
        bounds[3] = max(bounds[3], last % width + 1 if one_row else width)
    return bounds if bounds[0] else np.zeros(5, np.int64)
