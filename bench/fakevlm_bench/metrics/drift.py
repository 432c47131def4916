"""What became of each sample's answer since the clean one: how far it moved, and what fell.

Rows of the two frames are of the same samples in the same order. Columns are those of
`fakevlm_bench.metrics.join.join`; ``window`` may be missing, and is then None throughout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench import rle
from fakevlm_bench.metrics import grounding
from fakevlm_bench.metrics.localization import HALF
from fakevlm_bench.metrics.regions import overlap, parse
from fakevlm_bench.metrics.stats import Floats
from fakevlm_bench.types import Mask

if TYPE_CHECKING:
    import pandas as pd

REGIONS = ("mask", "heat_map")
COLUMNS = (*REGIONS, "heat_map_width", "heat_map_height", "width", "height", "window")
PLACED = 0.5
"""Least IoU at which a region counts as found (PASCAL VOC, Everingham et al. 2010)."""


def mask_drift(clean: pd.DataFrame, now: pd.DataFrame, cut: int = HALF) -> Floats:
    """Measure how far each predicted region moved: 1 − IoU of the clean one and this one.

    The clean region is first brought into the frame that was sent: what a crop cut away
    does not count. Where a detector gives a heat map and no mask, its values from `cut` on
    are the region; an answer that names none has an empty one, and two of these have not moved.

    Args:
        clean: Rows of the clean condition.
        now: Rows of the other condition, same samples in the same order.
        cut: Least 8-bit value of a heat map that counts as fake.

    Returns:
        (n,) in [0, 1], NaN where one of the two was not understood, or throughout where the
        detector gives no regions.
    """
    drift = np.full(len(clean), np.nan)
    if not any(frame[name].notna().any() for frame in (clean, now) for name in REGIONS):
        return drift
    both = _understood(clean, now)
    drift[both] = 0
    named = [frame[list(REGIONS)].notna().any(axis=1).to_numpy() for frame in (clean, now)]
    moved = both & (named[0] | named[1])
    parts = (
        frame.loc[moved, [name for name in COLUMNS if name in frame]] for frame in (clean, now)
    )
    rows: Iterable[tuple[Any, Any]] = zip(*(part.itertuples() for part in parts), strict=True)
    drift[moved] = [_drift(before, after, cut) for before, after in rows]
    return drift


def _understood(clean: pd.DataFrame, now: pd.DataFrame) -> NDArray[np.bool_]:
    return ((clean["status"] == "ok") & (now["status"] == "ok")).to_numpy(dtype=np.bool_)


def _drift(before: Any, after: Any, cut: int) -> float:
    window = getattr(after, "window", None)
    if isinstance(before.mask, str) and isinstance(after.mask, str) and window is None:
        if before.mask == after.mask:
            return 0.0
        if before.mask.split(":")[0] == after.mask.split(":")[0]:
            return _code_drift(before.mask, after.mask)
    if not (_gives(before) and _gives(after)):
        return float(any(_marks(row, cut) for row in (before, after)))
    first, second = region(before, cut), region(after, cut)
    assert first is not None
    assert second is not None
    in_window = through(first, second.shape, window, (before.width, before.height))
    union = (in_window | second).sum()
    return float(1 - (in_window & second).sum() / union) if union else 0.0


def _gives(row: Any) -> bool:
    return isinstance(row.mask, str) or isinstance(row.heat_map, bytes)


def _marks(row: Any, cut: int) -> bool:
    if isinstance(row.mask, str):
        return parse(row.mask).area > 0
    mask = region(row, cut)
    return mask is not None and bool(mask.any())


def _code_drift(a: str, b: str) -> float:
    first, second = parse(a), parse(b)
    both = overlap(first, second)
    union = first.area + second.area - both
    return 1 - both / union if union else 0.0


def region(row: Any, cut: int = HALF) -> Mask | None:
    """Return the predicted region of a row as ``bool`` (h, w) over its whole frame, or None.

    Args:
        row: Of a joined frame.
        cut: Least 8-bit value of a heat map that counts as fake.
    """
    if isinstance(row.mask, str):
        return rle.decode(row.mask)
    if not isinstance(row.heat_map, bytes):
        return None
    shape = (int(row.heat_map_height), int(row.heat_map_width))
    return np.frombuffer(row.heat_map, np.uint8).reshape(shape) >= cut


def through(mask: Mask, shape: tuple[int, ...], window: Any, frame: tuple[float, float]) -> Mask:
    """Look at a mask through a window, nearest neighbour.

    Args:
        mask: Over the whole original frame, at any resolution.
        shape: (rows, columns) of the result.
        window: ``(x0, y0, x1, y1)`` of the original frame, in its pixels; outside of the
            frame there is nothing. None is all of it.
        frame: (width, height) of the original in pixels.
    """
    x0, y0, x1, y1 = (0, 0, *frame) if window is None else window
    rows = _places(shape[0], y0 / frame[1], y1 / frame[1], mask.shape[0])
    columns = _places(shape[1], x0 / frame[0], x1 / frame[0], mask.shape[1])
    padded = np.pad(mask, ((0, 1), (0, 1)))
    return padded[rows[:, None], columns]


def _places(count: int, low: float, high: float, size: int) -> NDArray[np.int64]:
    """Return the index that each of `count` cells from `low` to `high` falls on, `size` outside."""
    at = np.floor((low + (np.arange(count) + 0.5) / count * (high - low)) * size).astype(np.int64)
    at[(at < 0) | (at >= size)] = size
    return at


def explanation_drift(clean: pd.DataFrame, now: pd.DataFrame) -> Floats:
    """Measure how far each explanation moved: 1 − ROUGE-L of this one by the clean one.

    An answer that explains nothing has an empty explanation; two of these have not moved.

    Args:
        clean: Rows of the clean condition.
        now: Rows of the other condition, same samples in the same order.

    Returns:
        (n,) in [0, 1], NaN where one of the two was not understood, or throughout where the
        detector does not explain.
    """
    from fakevlm_bench.metrics.rouge import rouge

    drift = np.full(len(clean), np.nan)
    if not any(frame["explanation"].notna().any() for frame in (clean, now)):
        return drift
    both = _understood(clean, now)
    before, after = (frame["explanation"][both].fillna("").tolist() for frame in (clean, now))
    if before:
        alike = rouge(after, [[text] for text in before], kinds=("rouge_l",))["rouge_l"]
        same = [one == other for one, other in zip(before, after, strict=True)]
        drift[both] = np.where(same, 0.0, 1 - alike)
    return drift


def sides(frame: pd.DataFrame) -> Floats:
    """Return the side that each explanation argues for: 1 fake, 0 real, NaN neither or none."""
    result = np.full(len(frame), np.nan)
    explained = frame["explanation"].notna().to_numpy()
    sides = map(grounding.stance, frame["explanation"][explained])
    result[explained] = [np.nan if side is None else float(side) for side in sides]
    return result


def standing(
    frame: pd.DataFrame, hit: NDArray[np.bool_], iou: Floats
) -> dict[str, NDArray[np.bool_]]:
    """Say which parts of each answer stand.

    Args:
        frame: Rows of one condition.
        hit: ``bool`` (n,), verdict understood and right.
        iou: (n,) foreground IoU, NaN where there is no true region.

    Returns:
        For ``verdict``, ``explanation`` (it argues for the truth) and ``localization``
        (IoU of at least `PLACED`): ``bool`` (n,).
    """
    return {
        "verdict": hit,
        "explanation": sides(frame) == frame["label"].to_numpy(dtype=np.float64),
        "localization": iou >= PLACED,
    }
