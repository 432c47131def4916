"""Whether the detector says where: figures of masks, boxes and heat maps.

Fake images with a true region are scored; wholly synthetic ones have none to
find. No answer, or none with a region, finds nothing and scores 0. Real images
stay out of every overlap and give the false-localisation rate. Where a detector
gives a heat map and no mask, its pixels from the threshold that was calibrated on
validation on are the mask, or from half of full scale on where none was.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics import ranking
from fakevlm_bench.metrics.regions import Region, box_iou, from_boxes, overlap, parse
from fakevlm_bench.metrics.settings import Settings, threads
from fakevlm_bench.metrics.stats import Figure, Floats, Resamples, absent, figure

if TYPE_CHECKING:
    import pandas as pd

HALF = 128
"""Least 8-bit value that counts as fake: one half of full scale."""

SHARE = 256
"""Samples that one thread measures at once."""

ROW_COLUMNS = ("label", "whole", "true_mask", "true_boxes", "mask", "heat_map", "width", "height")
MASK_COLUMNS = ("overlap", "union", "predicted", "true", "pixels", "box_iou", "f1")
HEAT_COLUMNS = ("pixel_auc", "pixel_ap", "pointing_game", "f1_best", "iou_half")


@dataclass(frozen=True)
class RegionMeasures:
    """What was measured on each sample; NaN rows were not scored.

    Attributes:
        mask: (n, 7) `MASK_COLUMNS`; areas in pixels.
        heat: (n, 5) `HEAT_COLUMNS`.
        has_region: ``bool`` (n,), the sample has a true region.
        kinds: What the detector answered anywhere: ``mask``, ``heat_map``.
    """

    mask: Floats
    heat: Floats
    has_region: NDArray[np.bool_]
    kinds: frozenset[str]

    @classmethod
    def empty(cls, count: int, kinds: frozenset[str]) -> RegionMeasures:
        """Return room for the measures of `count` samples, none of them scored yet."""
        return cls(
            np.full((count, len(MASK_COLUMNS)), np.nan),
            np.full((count, len(HEAT_COLUMNS)), np.nan),
            np.zeros(count, dtype=np.bool_),
            kinds,
        )

    def iou(self) -> Floats:
        """Foreground IoU of each sample, (n,); NaN where there is no true region."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.has_region, self.mask[:, 0] / self.mask[:, 1], np.nan)

    def subset(self, rows: NDArray[np.bool_]) -> RegionMeasures:
        """Return what was measured on some of the samples."""
        return RegionMeasures(self.mask[rows], self.heat[rows], self.has_region[rows], self.kinds)


def true_region(row: Any) -> Region | None:
    """Return the true region of a frame's row, or None where it has none to find."""
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
    """Return the heat map of a row, stretched bilinearly over the image, or None.

    Args:
        row: Of a joined frame.
        width: Of the image, in pixels.
        height: Of the image, in pixels.
    """
    if not isinstance(row.heat_map, bytes):
        return None
    import cv2

    shape = (int(row.heat_map_height), int(row.heat_map_width))
    values = np.frombuffer(row.heat_map, dtype=np.uint8).reshape(shape)
    if shape == (height, width):
        return values
    return np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR))


def measure(frame: pd.DataFrame, heat_threshold: int | None = None) -> RegionMeasures:
    """Measure every sample, heat maps several at a time.

    Args:
        frame: Rows of one condition.
        heat_threshold: Least 8-bit value of a heat map that counts as fake; null is `HALF`.
    """
    kinds = frozenset(name for name in ("mask", "heat_map") if frame[name].notna().any())
    measures = RegionMeasures.empty(len(frame), kinds)
    if not kinds:
        return measures
    cut = HALF if heat_threshold is None else heat_threshold

    def measure_part(part: pd.DataFrame) -> None:
        rows: Iterable[Any] = part.itertuples()
        for row in rows:
            _measure_row(measures, row, cut)

    columns = [*ROW_COLUMNS, "heat_map_width", "heat_map_height"]
    rows = frame.reset_index(drop=True)[columns]
    cores = threads() if "heat_map" in kinds else 1
    parts = [rows[start : start + SHARE] for start in range(0, len(rows), SHARE)]
    with ThreadPoolExecutor(cores) as pool:
        for _ in pool.map(measure_part, parts):
            pass
    return measures


def _measure_row(measures: RegionMeasures, row: Any, cut: int) -> None:
    """Measure one sample into its place; a fake image without a true region has none to find."""
    truth, place = true_region(row), row.Index
    if truth is None and row.label == 1:
        return
    measures.has_region[place] = truth is not None
    width, height = (truth.width, truth.height) if truth else (int(row.width), int(row.height))
    masked = isinstance(row.mask, str)
    values = None if truth is None and masked else heat_map(row, width, height)
    if truth is not None and "heat_map" in measures.kinds:
        measures.heat[place] = 0
    if masked or values is None:
        region = parse(row.mask) if masked else None
        measures.mask[place] = _measure_region(region, truth, width * height)
    elif truth is None:
        measures.mask[place] = _measure_false(values, cut)
    if truth is not None and values is not None:
        curve = _heat_curve(values, truth)
        measures.heat[place] = _measure_heat(*curve, truth.area)
        if not masked:
            measures.mask[place] = _measure_cut(*curve, values, truth, cut)


def _measure_region(region: Region | None, truth: Region | None, pixels: int) -> list[float]:
    """Measure one predicted region against the true one, as `MASK_COLUMNS`."""
    predicted, true = region.area if region else 0, truth.area if truth else 0
    both = overlap(region, truth) if region and truth else 0
    box, true_box = (region.box() if region else None), (truth.box() if truth else None)
    close = box_iou(box, true_box) if box and true_box else 0.0
    f1 = 2 * both / (predicted + true) if predicted + true else 0.0
    return [both, predicted + true - both, predicted, true, pixels, close, f1]


def _measure_false(heat: NDArray[np.uint8], cut: int) -> list[float]:
    """Measure a real image's heat map, as `MASK_COLUMNS`: what is marked is marked falsely."""
    marked = int(np.count_nonzero(heat >= cut))
    return [0, marked, marked, 0, heat.size, 0, 0]


def _measure_cut(
    caught: Floats, alarms: Floats, heat: NDArray[np.uint8], truth: Region, cut: int
) -> list[float]:
    """Measure a heat map that is cut at a level, as `MASK_COLUMNS`; F1 is at one half."""
    import cv2

    both, wrong = caught[0, 256 - cut], alarms[0, 256 - cut]
    left, top, width, height = cv2.boundingRect((heat >= cut).view(np.uint8))
    true_box = truth.box()
    box = (left, top, left + width, top + height)
    close = box_iou(box, true_box) if width and true_box else 0.0
    at_half = caught[0, 256 - HALF], alarms[0, 256 - HALF]
    f1 = 2 * at_half[0] / (sum(at_half) + truth.area)
    return [both, wrong + truth.area, both + wrong, truth.area, heat.size, close, f1]


def _heat_curve(heat: NDArray[np.uint8], truth: Region) -> tuple[Floats, Floats]:
    """Count the pixels at or above each of the levels 255 to 0: inside the truth, outside.

    Returns:
        Two (1, 257) arrays, each beginning with 0.
    """
    import cv2

    x0, y0, x1, y1 = (round(side) for side in truth.box() or (0, 0, 0, 0))
    inside = truth.pixels()[y0:y1, x0:x1].view(np.uint8)
    every = cv2.calcHist([heat], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    close = [heat[y0:y1, x0:x1]]
    hits = cv2.calcHist(close, [0], inside, [256], [0, 256]).ravel().astype(np.float64)
    caught, alarms = np.cumsum(hits[::-1]), np.cumsum((every - hits)[::-1])
    return np.append(0, caught)[None], np.append(0, alarms)[None]


def _measure_heat(caught: Floats, alarms: Floats, true: int) -> list[float]:
    """Measure one heat map against the true region, as `HEAT_COLUMNS`."""
    both, union = caught[0, 1:], alarms[0, 1:] + true
    top = int(np.argmax(both + alarms[0, 1:] > 0))
    return [
        float(ranking.auroc(caught, alarms)[0]) if alarms[0, -1] else np.nan,
        float(ranking.average_precision(caught, alarms)[0]),
        float(both[top] / (both[top] + alarms[0, 1 + top])),
        float((2 * both / (both + union)).max()),
        float(both[255 - HALF] / union[255 - HALF]),
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


def figures(
    measures: RegionMeasures, resamples: Resamples, settings: Settings
) -> dict[str, Figure]:
    """Compute every localisation figure with its interval.

    Args:
        measures: Of n samples.
        resamples: Of these samples.
        settings: Level, minimum and heat threshold.
    """
    fake, real = measures.has_region, ~measures.has_region & ~np.isnan(measures.mask[:, 0])
    if not measures.kinds:
        reason = "the detector gives neither mask nor heat map"
        return {name: absent(reason) for name in ("foreground_iou", "ciou")}
    columns = {name: measures.mask[:, k] for k, name in enumerate(MASK_COLUMNS)}
    both, union, predicted = columns["overlap"], columns["union"], columns["predicted"]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = {
            "foreground_iou": (both / union, fake),
            "pixel_f1": (columns["f1"], fake),
            "box_iou": (columns["box_iou"], fake),
            "false_localization_rate": ((predicted > 0).astype(np.float64), real),
            "predicted_area_real": (predicted / columns["pixels"], real),
        }
    heat = {name: measures.heat[:, k] for k, name in enumerate(HEAT_COLUMNS)}
    if "heat_map" in measures.kinds:
        means |= {name: (heat[name], fake) for name in HEAT_COLUMNS[:3]}
        means["oracle_pixel_f1"] = (heat["f1_best"], fake)
        means["foreground_iou_at_half"] = (heat["iou_half"], fake)
    result = {name: _mean(*pair, resamples, settings) for name, pair in means.items()}
    result["ciou"] = _pooled(both, union, fake, resamples, settings)
    if "heat_map" not in measures.kinds:
        result |= {name: absent("the detector gives no heat map") for name in HEAT_COLUMNS[:3]}
    elif "mask" not in measures.kinds:
        cut = HALF if settings.heat_threshold is None else settings.heat_threshold
        result["foreground_iou"] = result["foreground_iou"].with_further(heat_threshold=cut)
    return result


def _mean(
    values: Floats, rows: NDArray[np.bool_], resamples: Resamples, settings: Settings
) -> Figure:
    """Average over some samples."""
    return _pooled(values, np.ones_like(values), rows, resamples, settings)


def _pooled(
    above: Floats,
    below: Floats,
    rows: NDArray[np.bool_],
    resamples: Resamples,
    settings: Settings,
) -> Figure:
    """Divide one sum over some samples by another."""
    rows = rows & ~np.isnan(above)
    n = int(rows.sum())
    if n < settings.minimum:
        return absent(f"{n} images, fewer than {settings.minimum}", n)
    part = resamples.subset(rows)
    sums = part.sums(np.stack([above[rows], below[rows]], axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return figure(sums[:, 0] / sums[:, 1], n, settings.level, groups=part.groups())
