"""The files that keep thresholds chosen on a validation split.

`bench.metrics.calibration.calibrate` chooses them; they are kept and found here.
A calibration belongs to one detector (its fingerprint without the threshold) and
one task. It is looked for in the user's cache, then among those that ship
with the package, as ``<detector>--<task name>.json``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.detectors.weights import cache_folder
from bench.errors import ConfigError, DetectorError
from bench.protocols import Detector

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
        temperature: By which log-odds are divided to be calibrated probabilities.
        heat_threshold: Least heat-map value in [0, 255] that counts as fake, or null.
    """

    detector: str
    identity: str
    task: str
    data: str
    n: int
    threshold: float
    temperature: float | None = None
    heat_threshold: int | None = None


def digest(fingerprint: Mapping[str, Any]) -> str:
    """Digest a detector's fingerprint without its threshold."""
    identity = {key: value for key, value in fingerprint.items() if key != "threshold"}
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


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

    def stated(self, identity: Mapping[str, Any]) -> dict[str, Any]:
        """Give the threshold in use, and beside it the published and the calibrated one.

        Returns:
            ``setting``, ``used``, ``published``, ``calibrated`` (None where there is no
            calibration), and of the calibration ``temperature``, ``heat_map`` (least 8-bit
            value that counts as fake), ``task`` and ``n``.
        """
        found = load(self.detector, self.task, identity)
        return {
            "setting": str(self.setting),
            "used": self.score(identity),
            "published": self.published,
            "calibrated": found and found.threshold,
            "temperature": found and found.temperature,
            "heat_map": found and found.heat_threshold,
            "task": found and found.task,
            "n": found and found.n,
        }


class Calibrated:
    """What detectors with a `Threshold` share: they set ``_threshold`` and give `_identity`."""

    _threshold: Threshold

    @property
    def threshold(self) -> float:
        """P(fake) above which the verdict is FAKE."""
        return self._threshold.score(self._identity())

    def thresholds(self) -> dict[str, Any]:
        """Give the threshold in use, the published and the calibrated one, see `Threshold`."""
        return self._threshold.stated(self._identity())

    def fingerprint(self) -> Mapping[str, Any]:
        """Give everything that can change an answer: the identity, and the threshold."""
        return {**self._identity(), "threshold": self.threshold}

    def _identity(self) -> dict[str, Any]:
        """Give all that changes a score or a heat map: the fingerprint less the threshold."""
        raise NotImplementedError


def thresholds(detector: Detector) -> dict[str, Any]:
    """State any detector's threshold in use, and the published and the calibrated one beside it."""
    stated = getattr(detector, "thresholds", None)
    if stated is not None:
        return dict(stated())
    used = detector.threshold
    return {"setting": "published", "used": used, "published": used, "calibrated": None}
