"""Whether the detector says where: figures of masks, boxes and heat maps.

Fake images with a true region are scored; wholly synthetic ones have none to
find. No answer, or none with a region, finds nothing and scores 0. Real images
stay out of every overlap and give the false-localisation rate. Where a detector
gives a heat map and no mask, its pixels of at least half of full scale are the mask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics import ranking
from bench.metrics.regions import Region, box_iou, from_boxes, overlap, parse
from bench.metrics.settings import Settings
from bench.metrics.stats import Figure, Floats, Resamples, absent, figure

if TYPE_CHECKING:
    import pandas as pd

HALF = 128
"""Least 8-bit value that counts as fake: one half of full scale."""

MASK_COLUMNS = ("overlap", "union", "predicted", "true", "pixels", "box_iou")
HEAT_COLUMNS = ("pixel_auc", "pixel_ap", "pointing_game", "f1_best", "iou_calibrated")


@dataclass(frozen=True)
class Measured:
    """What was measured on each sample; NaN rows were not scored.

    Attributes:
        mask: (n, 6) `MASK_COLUMNS`; areas in pixels.
        heat: (n, 5) `HEAT_COLUMNS`.
        found: ``bool`` (n,), the sample has a true region.
        gives: What the detector gave anywhere: ``mask``, ``heat_map``.
    """

    mask: Floats
    heat: Floats
    found: NDArray[np.bool_]
    gives: frozenset[str]

    def iou(self) -> Floats:
        """Foreground IoU of each sample, (n,); NaN where there is no true region."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.found, self.mask[:, 0] / self.mask[:, 1], np.nan)

    def subset(self, rows: NDArray[np.bool_]) -> Measured:
        """Give what was measured on some of the samples."""
        return Measured(self.mask[rows], self.heat[rows], self.found[rows], self.gives)


def true_region(row: Any) -> Region | None:
    """Give the true region of a frame's row, or None where it has none to find."""
    if row.label != 1 or row.whole:
        return None
    if isinstance(row.true_mask, str):
        region = parse(row.true_mask)
    elif row.true_boxes is not None and len(row.true_boxes):
        region = from_boxes([tuple(b) for b in row.true_boxes], int(row.width), int(row.height))
    else:
        return None
    return region if region.area else None


def heat_map(row: Any, width: int, height: int) -> NDArray[np.uint8] | None:
    """Give the heat map of a row, stretched bilinearly over the image, or None."""
    if not isinstance(row.heat_map, bytes):
        return None
    import cv2

    shape = (int(row.heat_map_height), int(row.heat_map_width))
    values = np.frombuffer(row.heat_map, dtype=np.uint8).reshape(shape)
    if shape == (height, width):
        return values
    return np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR))


def measure(frame: pd.DataFrame, heat_threshold: int | None = None) -> Measured:
    """Measure every sample, one at a time."""
    n = len(frame)
    mask = np.full((n, len(MASK_COLUMNS)), np.nan)
    heat = np.full((n, len(HEAT_COLUMNS)), np.nan)
    found = np.zeros(n, dtype=np.bool_)
    gives = frozenset(name for name in ("mask", "heat_map") if frame[name].notna().any())
    rows: Iterable[Any] = frame.itertuples() if gives else ()
    for place, row in enumerate(rows):
        truth = true_region(row)
        found[place] = truth is not None
        if truth is None and row.label == 1:
            continue
        width, height = (truth.width, truth.height) if truth else (int(row.width), int(row.height))
        values = heat_map(row, width, height) if "heat_map" in gives else None
        mask[place] = _measure_mask(_predicted(row, values), truth, width * height)
        if truth is not None and "heat_map" in gives:
            heat[place] = 0 if values is None else _measure_heat(values, truth, heat_threshold)
    return Measured(mask, heat, found, gives)


def _predicted(row: Any, heat: NDArray[np.uint8] | None) -> Region | None:
    if isinstance(row.mask, str):
        return parse(row.mask)
    if heat is None:
        return None
    flat = np.pad(heat.ravel() >= HALF, 1)
    return Region(heat.shape[1], heat.shape[0], np.flatnonzero(flat[1:] != flat[:-1]))


def _measure_mask(region: Region | None, truth: Region | None, pixels: int) -> list[float]:
    """Measure one predicted region against the true one, as `MASK_COLUMNS`."""
    predicted, true = region.area if region else 0, truth.area if truth else 0
    both = overlap(region, truth) if region and truth else 0
    box, true_box = (region.box() if region else None), (truth.box() if truth else None)
    close = box_iou(box, true_box) if box and true_box else 0.0
    return [both, predicted + true - both, predicted, true, pixels, close]


def _heat_curve(heat: NDArray[np.uint8], truth: Region) -> tuple[Floats, Floats]:
    """Count the pixels at or above each of the levels 255 to 0: inside the truth, outside."""
    import cv2

    inside = truth.pixels().astype(np.uint8)
    every = cv2.calcHist([heat], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    hits = cv2.calcHist([heat], [0], inside, [256], [0, 256]).ravel().astype(np.float64)
    caught, alarms = np.cumsum(hits[::-1]), np.cumsum((every - hits)[::-1])
    return np.append(0, caught)[None], np.append(0, alarms)[None]


def _measure_heat(heat: NDArray[np.uint8], truth: Region, threshold: int | None) -> list[float]:
    """Measure one heat map against the true region, as `HEAT_COLUMNS`."""
    caught, alarms = _heat_curve(heat, truth)
    both, union = caught[0, 1:], alarms[0, 1:] + truth.area
    top = int(np.argmax(both + alarms[0, 1:] > 0))
    at = None if threshold is None else 255 - threshold
    return [
        float(ranking.auroc(caught, alarms)[0]) if truth.area < heat.size else np.nan,
        float(ranking.average_precision(caught, alarms)[0]),
        float(both[top] / (both[top] + alarms[0, 1 + top])),
        float((2 * both / (both + union)).max()),
        np.nan if at is None else float(both[at] / union[at]),
    ]


def iou_curve(frame: pd.DataFrame) -> Floats | None:
    """Average the foreground IoU of heat maps at each threshold 0 to 255, (256,).

    Returns:
        None where no fake image with a true region has a heat map.
    """
    total, n = np.zeros(256), 0
    rows: Iterable[Any] = frame[frame["heat_map"].notna()].itertuples()
    for row in rows:
        truth = true_region(row)
        if truth is not None:
            values = heat_map(row, truth.width, truth.height)
            assert values is not None
            caught, alarms = _heat_curve(values, truth)
            total += (caught[0, 1:] / (alarms[0, 1:] + truth.area))[::-1]
            n += 1
    return total / n if n else None


def figures(measured: Measured, resamples: Resamples, settings: Settings) -> dict[str, Figure]:
    """Compute every localisation figure with its interval."""
    fake, real = measured.found, ~measured.found & ~np.isnan(measured.mask[:, 0])
    if not measured.gives:
        reason = "the detector gives neither mask nor heat map"
        return {name: absent(reason) for name in ("foreground_iou", "ciou")}
    columns = {name: measured.mask[:, k] for k, name in enumerate(MASK_COLUMNS)}
    both, union, predicted = columns["overlap"], columns["union"], columns["predicted"]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = {
            "foreground_iou": (both / union, fake),
            "pixel_f1": (2 * both / (predicted + columns["true"]), fake),
            "box_iou": (columns["box_iou"], fake),
            "false_localization_rate": ((predicted > 0).astype(np.float64), real),
            "predicted_area_real": (predicted / columns["pixels"], real),
        }
    heat = {name: measured.heat[:, k] for k, name in enumerate(HEAT_COLUMNS)}
    if "heat_map" in measured.gives:
        means |= {name: (heat[name], fake) for name in HEAT_COLUMNS[:3]}
        means["oracle_pixel_f1"] = (heat["f1_best"], fake)
    result = {name: _mean(*pair, resamples, settings) for name, pair in means.items()}
    result["ciou"] = _pooled(both, union, fake, resamples, settings)
    if "heat_map" not in measured.gives:
        result |= {name: absent("the detector gives no heat map") for name in HEAT_COLUMNS[:3]}
    elif settings.heat_threshold is not None:
        pair = (heat["iou_calibrated"], fake)
        result["foreground_iou_calibrated"] = _mean(*pair, resamples, settings)
    return result


def _mean(
    values: Floats, chosen: NDArray[np.bool_], resamples: Resamples, settings: Settings
) -> Figure:
    """Average over the chosen samples."""
    return _pooled(values, np.ones_like(values), chosen, resamples, settings)


def _pooled(
    above: Floats,
    below: Floats,
    chosen: NDArray[np.bool_],
    resamples: Resamples,
    settings: Settings,
) -> Figure:
    """Divide one sum over the chosen samples by another."""
    chosen = chosen & ~np.isnan(above)
    n = int(chosen.sum())
    if n < settings.minimum:
        return absent(f"{n} images, fewer than {settings.minimum}", n)
    sums = resamples.subset(chosen).sums(np.stack([above[chosen], below[chosen]], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return figure(sums[:, 0] / sums[:, 1], n, settings.level)
