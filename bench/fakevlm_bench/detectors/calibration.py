"""The files that hold thresholds chosen on a validation split.

`fakevlm_bench.metrics.calibration.calibrate` chooses them.
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
from dataclasses import asdict, dataclass
from pathlib import Path

from fakevlm_bench.contract import described
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.files import cache_folder, write_atomically
from fakevlm_bench.json_types import Fingerprint, JsonValue, Thresholds
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Task

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


def digest(fingerprint: Fingerprint) -> str:
    """Digest a detector's fingerprint without its threshold."""
    identity = {key: value for key, value in fingerprint.items() if key != "threshold"}
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def places(detector: str, task: str) -> list[Path]:
    """List the paths at which a calibration is looked for; the first is where `save` writes.

    Args:
        detector: Name.
        task: Name of the calibration; of a task's key what stands before the split.
    """
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
    """Write a calibration.

    Args:
        calibration: What to write.
        path: The file; null is where `load` looks first.
        name: Under which `load` finds it there; null is its task's.

    Returns:
        The file.
    """
    path = path or places(calibration.detector, name or calibration.task)[0]
    write_atomically(path, (json.dumps(asdict(calibration), indent=2) + "\n").encode())
    return path


def load(detector: str, task: str, identity: Fingerprint) -> Calibration | None:
    """Find the calibration of exactly this detector on this task.

    Args:
        detector: Name.
        task: Name of the calibration.
        identity: The detector's fingerprint, with or without its threshold.

    Returns:
        The calibration; None where there is none.

    Raises:
        DetectorError: A calibration file cannot be read.
    """
    key = digest(identity)
    for path in places(detector, task):
        calibration = _read(path)
        if calibration is not None and calibration.identity == key:
            return calibration
    return None


def _read(path: Path) -> Calibration | None:
    if not path.is_file():
        return None
    try:
        return Calibration(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise DetectorError(f"{path} is not a calibration: {error}") from error


def _names(detector: str) -> list[str]:
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

    def score(self, identity: Fingerprint) -> float:
        """Return the threshold for P(fake).

        Raises:
            DetectorError: It should be calibrated and is not.
        """
        if not isinstance(self.setting, str):
            return float(self.setting)
        if self.setting == "published":
            return self.published
        calibration = load(self.detector, self.task, identity)
        if calibration is None:
            others = [name for name in _names(self.detector) if name != self.task]
            raise DetectorError(
                f"detector '{self.detector}' with these weights and settings is not calibrated on "
                f"'{self.task}': fakevlm-bench calibrate detector={self.detector} "
                f"task={self.task}"
                + (f"; detector.calibrated_on may be {' or '.join(others)}" if others else "")
            )
        return calibration.threshold

    def stated(self, identity: Fingerprint) -> Thresholds:
        """Return the threshold in use, and beside it the published and the calibrated one."""
        stated: Thresholds = {
            "setting": str(self.setting),
            "used": self.score(identity),
            "published": self.published,
            "calibrated": None,
            "temperature": None,
            "heat_map": None,
            "task": None,
            "n": None,
            "data": None,
        }
        calibration = load(self.detector, self.task, identity)
        if calibration is None:
            return stated
        return stated | {
            "calibrated": calibration.threshold,
            "temperature": calibration.temperature,
            "heat_map": calibration.heat_threshold,
            "task": calibration.task,
            "n": calibration.n,
            "data": calibration.data,
        }


class Calibrated:
    """What detectors with a `Threshold` share: they set ``_threshold`` and define `_identity`."""

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

    def thresholds(self) -> Thresholds:
        """Return the threshold in use, the published and the calibrated one."""
        return self._threshold.stated(self._identity())

    def fingerprint(self) -> Fingerprint:
        """Return everything that can change an answer: the identity, and the threshold."""
        return {**self._identity(), "threshold": self.threshold}

    def _identity(self) -> dict[str, JsonValue]:
        """Return all that changes a score or a heat map: the fingerprint less the threshold."""
        raise NotImplementedError
