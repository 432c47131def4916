"""The files that keep thresholds chosen on a validation split.

`fakevlm_bench.metrics.calibration.calibrate` chooses them; they are kept and found here.
A calibration belongs to one detector (its fingerprint without the threshold) and
one task. It is looked for in the user's cache, then among those that ship
with the package, as ``<detector>--<name>.json``. The name is the task's where the detector says
that it is calibrated on that (``calibrated_on: starter``); otherwise it carries the data's digest,
so that one folder of images never takes another's place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fakevlm_bench.contract import described
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Task
from fakevlm_bench.weights import cache_folder

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


def name_of(detector: Detector, task: Task, limit: int | None = None) -> str:
    """Return what ``calibrated_on`` must say to find a calibration on a task's data.

    Args:
        detector: To be calibrated.
        task: What it is calibrated on.
        limit: How many samples, where not all.
    """
    stem, data = task.name.partition(":")[0], task.dataset.fingerprint()
    if limit is None and stem == described(detector).calibrated_on:
        same = digest(detector.fingerprint())
        there = [one for one in map(_read, places(detector.name, stem)) if one is not None]
        if all(one.data == data for one in there if one.identity == same):
            return stem
    key = hashlib.sha256(f"{data}:{limit}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', stem)}-{key}"


def save(calibration: Calibration, path: Path | None = None, name: str | None = None) -> Path:
    """Write a calibration, by default where `load` finds it first under a name or its task's."""
    path = path or places(calibration.detector, name or calibration.task)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    part.replace(path)
    return path


def load(detector: str, task: str, identity: Mapping[str, Any]) -> Calibration | None:
    """Find the calibration of exactly this detector on this task."""
    wanted = digest(identity)
    for path in places(detector, task):
        found = _read(path)
        if found is not None and found.identity == wanted:
            return found
    return None


def _read(path: Path) -> Calibration | None:
    if not path.is_file():
        return None
    try:
        return Calibration(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise DetectorError(f"{path} is no calibration: {error}") from error


def _known(detector: str) -> list[str]:
    """List the names under which there are calibrations of a detector."""
    folders = (cache_folder() / "calibrations", SHIPPED)
    files = {file.stem for folder in folders for file in folder.glob(f"{detector}--*.json")}
    return sorted(name.partition("--")[2] for name in files)


@dataclass(frozen=True)
class Threshold:
    """A detector's `threshold` setting: ``published``, ``calibrated`` or a number.

    Attributes:
        detector: Name.
        setting: As configured.
        task: Name of the calibration that a calibrated threshold comes from.
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
            others = [name for name in _known(self.detector) if name != self.task]
            raise DetectorError(
                f"detector '{self.detector}' with these weights and settings is not calibrated on "
                f"'{self.task}': fakevlm-bench calibrate detector={self.detector} "
                f"task={self.task}"
                + (f"; detector.calibrated_on may be {' or '.join(others)}" if others else "")
            )
        return found.threshold

    def stated(self, identity: Mapping[str, Any]) -> dict[str, Any]:
        """Give the threshold in use, and beside it the published and the calibrated one.

        Returns:
            ``setting``, ``used``, ``published``, ``calibrated`` (None where there is no
            calibration), and of the calibration ``temperature``, ``heat_map`` (least 8-bit
            value that counts as fake), ``task``, ``n`` and ``data`` (fingerprint).
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
            "data": found and found.data,
        }


class Calibrated:
    """What detectors with a `Threshold` share: they set ``_threshold`` and give `_identity`."""

    _threshold: Threshold

    def __repr__(self) -> str:
        """Name it, on one line."""
        return f"<Detector {self._threshold.detector}>"

    @property
    def calibrated_on(self) -> str:
        """Name of the calibration that is looked for, such as ``starter``."""
        return self._threshold.task

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
