"""Fitting a detector on a train split, cross-validated by photograph."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from fakevlm_bench.detectors.fitting import FitReport, Fittable, OutOfFold
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.metrics.ranking import Ranking, auroc
from fakevlm_bench.metrics.stats import Resamples, figure
from fakevlm_bench.protocols import Detector
from fakevlm_bench.types import Sample

_LOG = logging.getLogger(__name__)


def fit(
    detector: Detector, samples: Iterable[Sample], data: Mapping[str, str], out: Path | None = None
) -> tuple[FitReport, Path]:
    """Fit a detector on the paired samples of a train split, and write the fit.

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
        ConfigError: The detector cannot be fitted.
        DataError: One class is missing, or there are fewer than five photographs.
    """
    if not isinstance(detector, Fittable):
        raise ConfigError(f"detector '{detector.name}' cannot be fitted")
    scores = detector.fit(sample for sample in samples if sample.paired)
    report = report_of(scores, data)
    path = out or detector.fit_path
    detector.save(path, report)
    _LOG.info("fitted %s on %d images: AUROC %.3f", detector.name, report.n, report.auroc)
    return report, path


def report_of(scores: OutOfFold, data: Mapping[str, str]) -> FitReport:
    """Compute the AUROC of out-of-fold scores, with its 95 % interval over photographs.

    Args:
        scores: Of the fit's samples.
        data: What they are: ``task``, ``split``, ``fingerprint``.
    """
    ranking = Ranking(scores.logits, scores.labels == 1)
    resamples = Resamples(scores.labels.tolist(), scores.groups)
    values = np.concatenate([auroc(*ranking.curve(block)) for block in resamples.weights()])
    area = figure(values, len(scores.labels))
    return FitReport(
        n=len(scores.labels),
        groups=len(set(scores.groups)),
        auroc=round(area["value"], 6),
        low=round(area["low"], 6),
        high=round(area["high"], 6),
        penalty=scores.penalty,
        data=dict(data),
    )
