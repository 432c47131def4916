"""The fits of detectors that learn from a train split, and the files that hold them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import DataError, DetectorError
from fakevlm_bench.files import write_atomically
from fakevlm_bench.types import Sample

SHIPPED = Path(__file__).parent / "fitted"
"""Fits that come with the package, one JSON file per detector."""


@dataclass(frozen=True)
class FitReport:
    """The data of a fit, and how well the fit does on photographs that it has not seen.

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


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Scores of the samples of a fit, each by a model that saw nothing of its photograph.

    Attributes:
        logits: (n,) log-odds of fake.
        labels: (n,), 1 for fake.
        groups: The photograph of each sample.
        penalty: Inverse strength of the L2 penalty that cross-validation chose.
    """

    logits: NDArray[np.float64]
    labels: NDArray[np.int_]
    groups: Sequence[str]
    penalty: float


@runtime_checkable
class Fittable(Protocol):
    """A detector that can be fitted; `fakevlm_bench.engine.fit.fit` does it."""

    def fit(self, samples: Iterable[Sample]) -> OutOfFold:
        """Fit on samples, read once and in any order; the detector then answers with the fit."""
        ...

    def save(self, path: Path, report: FitReport) -> None:
        """Write the fit and its report to a file that the setting `fit` can name."""
        ...

    @property
    def fit_path(self) -> Path:
        """Where the fit is written by default."""
        ...


def check(labels: NDArray[np.int_], groups: Sequence[str]) -> None:
    """Refuse data on which nothing can be cross-validated.

    Args:
        labels: (n,), 1 for fake.
        groups: The photograph of each sample.

    Raises:
        DataError: One class is missing, or fewer than five photographs are there.
    """
    if not (labels == 0).any() or not (labels == 1).any():
        raise DataError("a fit needs real and fake images")
    if len(set(groups)) < 5:
        raise DataError(f"a fit needs at least 5 photographs, not {len(set(groups))}")


def write(path: Path, detector: str, version: int, report: FitReport, **parts: Any) -> None:
    """Write a fit as JSON.

    Args:
        path: The file.
        detector: Name.
        version: Of the detector.
        report: Of the fit.
        **parts: The fitted models, and what they depend on.
    """
    values = {"detector": detector, "version": version, "report": asdict(report), **parts}
    write_atomically(path, (json.dumps(values, indent=1) + "\n").encode())


def read(path: Path, detector: str, version: int) -> dict[str, Any]:
    """Read a fit.

    Args:
        path: The file.
        detector: Name that it must have.
        version: Of the detector, which it must have.

    Returns:
        The file's values: ``report``, ``models`` and what the models depend on.

    Raises:
        DetectorError: It is missing, malformed, another detector's, or of another version.
    """
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        fitted = (values["detector"], values["version"])
    except FileNotFoundError as error:
        raise DetectorError(
            f"detector '{detector}' is not fitted: {path} is missing; make it with "
            f"fakevlm-bench fit detector={detector} task=…"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DetectorError(f"{path} is not a detector's fit: {error}") from error
    if fitted != (detector, version):
        raise DetectorError(
            f"{path} is a fit of {fitted[0]} version {fitted[1]}, not of {detector} {version}"
        )
    return values
