"""Thresholds chosen on a validation split, and the files that keep them.

A calibration belongs to one detector (its fingerprint without the threshold) and
one task. It is looked for in the user's cache, then among those that ship
with the package, as ``<detector>--<task name>.json``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.detectors.weights import cache_folder
from bench.errors import ConfigError, DetectorError
from bench.types import HeatMap, Mask

SHIPPED = Path(__file__).parent / "fitted" / "calibrations"
PUBLISHED = 0.5


@dataclass(frozen=True)
class Calibration:
    """What a calibration file holds.

    Attributes:
        detector: Name.
        identity: `digest` of the detector's fingerprint without its threshold.
        task: Such as ``starter@1``.
        data: Fingerprint of the data it was chosen on.
        n: Images it was chosen on.
        threshold: P(fake) above which the verdict is FAKE.
        balanced_accuracy: Reached with it on the same images (optimistic).
        heat_threshold: Least heat-map value in [0, 255] that counts as fake, or null.
        foreground_iou: Reached with it on the same images (optimistic), or null.
    """

    detector: str
    identity: str
    task: str
    data: str
    n: int
    threshold: float
    balanced_accuracy: float
    heat_threshold: int | None = None
    foreground_iou: float | None = None


def digest(fingerprint: Mapping[str, Any]) -> str:
    """Digest a detector's fingerprint without its threshold."""
    identity = {key: value for key, value in fingerprint.items() if key != "threshold"}
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def calibrate(scores: Sequence[float], labels: Sequence[int]) -> tuple[float, float]:
    """Choose the threshold with the best balanced accuracy.

    Thresholds between the same two scores are equally good: the middle is taken. Where several
    such intervals are best, the middle one of them is taken.

    Args:
        scores: P(fake) in [0, 1] of each image that was answered.
        labels: 1 for fake.

    Returns:
        The threshold (a score above it is FAKE), and its balanced accuracy.

    Raises:
        DetectorError: One class is missing.
    """
    score, fake = np.asarray(scores, dtype=np.float64), np.asarray(labels) == 1
    if not fake.any() or fake.all():
        raise DetectorError("a threshold needs real and fake images to be calibrated on")
    edges = np.unique(np.concatenate(([0.0], score, [1.0])))
    middles = (edges[1:] + edges[:-1]) / 2
    caught = 1 - np.searchsorted(np.sort(score[fake]), middles, side="right") / fake.sum()
    spared = np.searchsorted(np.sort(score[~fake]), middles, side="right") / (~fake).sum()
    balanced = (caught + spared) / 2
    best = np.flatnonzero(balanced >= balanced.max() - 1e-12)
    chosen = best[len(best) // 2]
    return float(middles[chosen]), float(balanced[chosen])


def calibrate_heat(pairs: Iterable[tuple[HeatMap, Mask]]) -> tuple[int, float] | None:
    """Choose the heat-map threshold with the best mean foreground IoU.

    Args:
        pairs: Heat map (any resolution, stretched bilinearly over the image) and true
            mask of fake images; those with an empty mask are left out.

    Returns:
        The least value in [0, 255] that counts as fake, and its mean IoU; None without
        any mask.
    """
    total, count = np.zeros(256), 0
    for heat, mask in pairs:
        if mask.any():
            total += _overlaps(heat, mask)
            count += 1
    if not count:
        return None
    best = np.flatnonzero(total >= total.max() - 1e-12)
    chosen = int(best[len(best) // 2])
    return chosen, float(total[chosen] / count)


def _overlaps(heat: HeatMap, mask: Mask) -> NDArray[np.float64]:
    """Give the IoU of ``heat >= t`` with the mask for every t in 0…255."""
    import cv2

    if heat.shape != mask.shape:
        size = (mask.shape[1], mask.shape[0])
        heat = np.asarray(cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR))
    inside = np.bincount(heat[mask], minlength=256)[::-1].cumsum()[::-1]
    every = np.bincount(heat.ravel(), minlength=256)[::-1].cumsum()[::-1]
    overlaps: NDArray[np.float64] = inside / (every + mask.sum() - inside)
    return overlaps


def places(detector: str, task: str) -> list[Path]:
    """Give the paths at which a calibration is looked for; the first is where `save` writes."""
    file = f"{detector}--{task.partition('@')[0].partition(':')[0]}.json"
    return [cache_folder() / "calibrations" / file, SHIPPED / file]


def save(calibration: Calibration, path: Path | None = None) -> Path:
    """Write a calibration, by default where `load` finds it first."""
    path = path or places(calibration.detector, calibration.task)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    part.replace(path)
    return path


def load(detector: str, task: str, identity: Mapping[str, Any]) -> Calibration | None:
    """Find the calibration of exactly this detector on this task."""
    wanted = digest(identity)
    for path in places(detector, task):
        if path.is_file():
            try:
                found = Calibration(**json.loads(path.read_text(encoding="utf-8")))
            except (ValueError, TypeError) as error:
                raise DetectorError(f"{path} is no calibration: {error}") from error
            if found.identity == wanted:
                return found
    return None


@dataclass(frozen=True)
class Threshold:
    """A detector's `threshold` setting: ``published``, ``calibrated`` or a number.

    Attributes:
        detector: Name.
        setting: As configured.
        task: Task whose validation split a calibrated threshold comes from.
        published: What its authors use.
    """

    detector: str
    setting: float | str
    task: str
    published: float = PUBLISHED

    def __post_init__(self) -> None:
        """Refuse anything else."""
        if isinstance(self.setting, str):
            if self.setting not in ("published", "calibrated"):
                raise ConfigError(
                    f"detector '{self.detector}': threshold '{self.setting}' is neither "
                    "'published', 'calibrated' nor a number"
                )
        elif not 0 <= self.setting <= 1:
            raise ConfigError(
                f"detector '{self.detector}': threshold {self.setting} is not in [0, 1]"
            )

    def score(self, identity: Mapping[str, Any]) -> float:
        """Give the threshold for P(fake).

        Raises:
            DetectorError: It should be calibrated and is not.
        """
        if not isinstance(self.setting, str):
            return float(self.setting)
        if self.setting == "published":
            return self.published
        found = load(self.detector, self.task, identity)
        if found is None:
            raise DetectorError(
                f"detector '{self.detector}' with these weights and settings is not calibrated on "
                f"'{self.task}': fakevlm-bench calibrate detector={self.detector} "
                f"task={self.task}"
            )
        return found.threshold

    def heat(self, identity: Mapping[str, Any]) -> int | None:
        """Give the calibrated heat-map threshold, where there is one."""
        found = load(self.detector, self.task, identity)
        return found.heat_threshold if found else None
