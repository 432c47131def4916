"""Scores as probabilities: Brier, calibration error, and what is fitted on validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.errors import DataError
from fakevlm_bench.metrics.stats import Floats

if TYPE_CHECKING:
    import pandas as pd

BINS = 15
CLIP = 1e-12


def bins(score: Floats) -> NDArray[np.int64]:
    """Return each (n,) score's bin of equal mass, 0 to 14; equal scores share one."""
    rank = np.searchsorted(np.sort(score), score, side="left")
    return rank * BINS // len(score)


def gaps(score: Floats, fake: NDArray[np.bool_]) -> Floats:
    """Compute (n, 15) differences score − truth, each in its bin's column.

    The expected calibration error (Naeini et al. 2015, over equal-mass bins as in
    Nixon et al. 2019) is the sum of the columns' absolute sums, divided by n.

    Args:
        score: (n,) P(fake).
        fake: ``bool`` (n,), the truth.
    """
    columns = np.zeros((len(score), BINS))
    columns[np.arange(len(score)), bins(score)] = score - fake
    return columns


def centred(errors: Floats) -> Floats:
    """Take the bias off the calibration errors of resamples, (1 + count,).

    Every bin of a resample has noise of its own, whose absolute value adds up, so that
    most resamples lie above the sample itself. Their median is moved to it.
    """
    moved = errors.copy()
    if len(errors) == 1:
        return moved
    moved[1:] = np.maximum(errors[1:] - np.median(errors[1:]) + errors[0], 0)
    return moved


def reliability(score: Floats, fake: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Compute the points of the reliability diagram, one for each bin that is not empty.

    Args:
        score: (n,) P(fake).
        fake: ``bool`` (n,), the truth.
    """
    place = bins(score)
    return [
        {
            "mean_score": float(score[place == k].mean()),
            "share_fake": float(fake[place == k].mean()),
            "n": int((place == k).sum()),
        }
        for k in np.unique(place)
    ]


def temper(score: Floats, temperature: float) -> Floats:
    """Divide the log-odds of scores by a temperature (Guo et al. 2017).

    Args:
        score: (n,) P(fake).
        temperature: Above 0.
    """
    from scipy.special import expit, logit

    tempered: Floats = expit(logit(np.clip(score, CLIP, 1 - CLIP)) / temperature)
    return tempered


def fit_temperature(score: Floats, fake: NDArray[np.bool_]) -> float:
    """Find the temperature with the least log loss, between 0.01 and 100.

    Args:
        score: (n,) P(fake).
        fake: ``bool`` (n,), the truth.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        p = np.clip(temper(score, float(np.exp(log_temperature))), CLIP, 1 - CLIP)
        return -float(np.where(fake, np.log(p), np.log1p(-p)).mean())

    bounds = (np.log(0.01), np.log(100))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def fit_threshold(score: Floats, fake: NDArray[np.bool_]) -> float:
    """Find the threshold with the highest balanced accuracy, the middle of two scores.

    Of several equally good ones it takes the middle one.

    Args:
        score: (n,) P(fake).
        fake: ``bool`` (n,), the truth, of both classes.
    """
    values = np.unique(score)
    cuts = np.concatenate(([values[0] - 1], (values[1:] + values[:-1]) / 2, [values[-1]]))
    missed = np.searchsorted(np.sort(score[fake]), cuts, side="right") / fake.sum()
    cleared = np.searchsorted(np.sort(score[~fake]), cuts, side="right") / (~fake).sum()
    gain = cleared - missed
    best = np.flatnonzero(gain >= gain.max() - 1e-12)
    return float(cuts[best[len(best) // 2]])


class Calibration(TypedDict, total=False):
    """What is fitted on a validation split, as `Settings` takes it."""

    threshold: float
    temperature: float
    heat_threshold: int


def calibrate(frame: pd.DataFrame) -> Calibration:
    """Fit on a validation split what `Settings` takes: thresholds and temperature.

    Args:
        frame: Joined rows of the validation split under one condition.

    Returns:
        ``threshold`` and ``temperature`` where there are scores, ``heat_threshold`` where there
        are heat maps.

    Raises:
        DataError: Scores are given but one class has none.
    """
    from fakevlm_bench.metrics import localization

    fitted: Calibration = {}
    scored = frame[frame["score"].notna()]
    if len(scored):
        score = scored["score"].to_numpy(dtype=np.float64)
        fake = scored["label"].to_numpy() == 1
        if fake.all() or not fake.any():
            raise DataError("calibration needs scores of real and of fake images")
        fitted["threshold"] = fit_threshold(score, fake)
        fitted["temperature"] = round(fit_temperature(score, fake), 6)
    curve = localization.iou_curve(frame)
    if curve is not None:
        fitted["heat_threshold"] = int(np.argmax(curve))
    return fitted
