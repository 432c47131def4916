"""Detectors that are fitted on a train split: what they share, and what a fit says of itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import ConfigError, DataError, DetectorError
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Sample

SHIPPED = Path(__file__).parent / "fitted"
"""Fits that come with the package, one JSON file per detector."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FitReport:
    """What a fit was made on, and how well it does on photographs it has not seen.

    Attributes:
        n: Samples.
        groups: Photographs they come from.
        auroc: Cross-validated by photograph.
        low: Lower end of its 95 % interval, bootstrapped over photographs.
        high: Upper end.
        penalty: Inverse strength of the L2 penalty that cross-validation chose.
        data: Task, split and fingerprint of the data.
    """

    n: int
    groups: int
    auroc: float
    low: float | None
    high: float | None
    penalty: float
    data: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Fittable(Protocol):
    """A detector that can be fitted."""

    def fit(self, samples: Iterable[Sample], data: Mapping[str, str]) -> FitReport:
        """Fit on samples, read once and in any order; the detector then answers with the fit."""
        ...

    def save(self, path: Path) -> None:
        """Write the fit, as the setting `fit` takes it."""
        ...

    @property
    def fit_path(self) -> Path:
        """Where the fit is kept by default."""
        ...


def fit(
    detector: Detector, samples: Iterable[Sample], data: Mapping[str, str], out: Path | None = None
) -> tuple[FitReport, Path]:
    """Fit a detector on the paired samples of a train split, and keep the result.

    Samples outside the primary score (``paired`` false) are left out: they have no twin
    of the other class, so their content would tell the classes apart.

    Args:
        detector: One that is `Fittable`.
        samples: Of the train split.
        data: What they are: ``task``, ``split``, ``fingerprint``.
        out: File to write; null takes the detector's own place.

    Returns:
        The report, and the file.

    Raises:
        ConfigError: This detector is not fitted.
        DataError: One class is missing, or fewer than five photographs are there.
    """
    if not isinstance(detector, Fittable):
        raise ConfigError(f"detector '{detector.name}' is not one that is fitted")
    report = detector.fit((sample for sample in samples if sample.paired), data)
    path = out or detector.fit_path
    detector.save(path)
    _LOG.info("fitted %s on %d images: AUROC %.3f", detector.name, report.n, report.auroc)
    return report, path


def check(labels: NDArray[np.int_], groups: Sequence[str]) -> None:
    """Refuse data on which nothing can be cross-validated.

    Raises:
        DataError: One class is missing, or fewer than five photographs are there.
    """
    if not (labels == 0).any() or not (labels == 1).any():
        raise DataError("a fit needs real and fake images")
    if len(set(groups)) < 5:
        raise DataError(f"a fit needs at least 5 photographs, not {len(set(groups))}")


def report(
    logits: NDArray[np.float64],
    labels: NDArray[np.int_],
    groups: Sequence[str],
    penalty: float,
    data: Mapping[str, str],
) -> FitReport:
    """Build the report from out-of-fold log-odds (n,)."""
    from fakevlm_bench.metrics.ranking import Ranking, auroc
    from fakevlm_bench.metrics.stats import Resamples, figure

    ranking = Ranking(logits, labels == 1)
    resamples = Resamples(labels.tolist(), groups)
    drawn = np.concatenate([auroc(*ranking.curve(block)) for block in resamples.weights()])
    found = figure(drawn, len(labels))
    return FitReport(
        n=len(labels),
        groups=len(set(groups)),
        auroc=round(found["value"], 6),
        low=round(found["low"], 6),
        high=round(found["high"], 6),
        penalty=penalty,
        data=dict(data),
    )


def write(path: Path, detector: str, version: int, report: FitReport, **parts: Any) -> None:
    """Write a fit as JSON, to a temporary name and renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"detector": detector, "version": version, "report": asdict(report), **parts}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def read(path: Path, detector: str, version: int) -> dict[str, Any]:
    """Read a fit.

    Raises:
        DetectorError: It is missing, malformed, another detector's, or of another version.
    """
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found = (values["detector"], values["version"])
    except FileNotFoundError as error:
        raise DetectorError(
            f"detector '{detector}' is not fitted: {path} is missing; make it with "
            f"fakevlm-bench fit detector={detector} task=…"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DetectorError(f"{path} is no fit of a detector: {error}") from error
    if found != (detector, version):
        raise DetectorError(
            f"{path} is a fit of {found[0]} version {found[1]}, not of {detector} {version}"
        )
    return values
