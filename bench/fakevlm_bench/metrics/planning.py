"""How many images it takes to tell two detectors apart, from a pilot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from fakevlm_bench.errors import ConfigError, DataError, unknown_name
from fakevlm_bench.metrics import scoring
from fakevlm_bench.metrics.entrants import (
    COMPARED,
    Entrant,
    align,
    check_defined,
    groups_of,
    metric_values,
)
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import GROUPS, Floats

MOST = 10**12
"""Images beyond which no study is planned."""


class StudyPlan(TypedDict):
    """How many images it takes to tell two detectors apart.

    Attributes:
        images: Needed, at least so many that the figure is not absent.
        difference: To be detected.
        standard_error: Of the difference, in the pilot.
        pilot_images: Images of the pilot.
        metric: That is compared.
    """

    images: int
    difference: float
    standard_error: float
    pilot_images: int
    metric: str


def power(
    pilots: Sequence[Entrant],
    *,
    difference: float | None = None,
    metric: str = "balanced_accuracy",
    power: float = 0.8,
    settings: Settings | None = None,
) -> StudyPlan:
    """Estimate how many images it takes to tell two detectors apart.

    The standard error of the difference comes from a clustered bootstrap of the pilot
    and shrinks with the square root of the number of images:
    n = n_pilot · ((z_{1−α/2} + z_{power}) · se / difference)².

    Args:
        pilots: Two detectors on the same samples; of one alone, the other is taken to answer
            independently and equally well, which asks for more images than a pair would need.
        difference: To be detected, in (0, 1]; the pilots' own by default.
        metric: One of `COMPARED`.
        power: Probability of detecting the difference, in (1 − level, 1).
        settings: Level and resamples.

    Returns:
        The plan; ``images`` are at least twice `Settings.minimum`.

    Raises:
        ConfigError: One run without a difference, or a difference that cannot be.
        DataError: The two are of different tasks or samples, or the pilot has no standard error:
            its figure is undefined, the same in every resample, or from too few source groups.
    """
    settings = settings or Settings()
    _check_plan(len(pilots), difference, metric, power, settings.level)
    frames, _ = align(pilots, intersection=False)
    resamples = scoring.resamples_of(frames[0], settings)
    pilot_values = [
        metric_values(frame, metric, resamples, pilot.heat_threshold)
        for frame, pilot in zip(frames, pilots, strict=True)
    ]
    check_defined(dict(zip([pilot.name for pilot in pilots], pilot_values, strict=True)), metric)
    first = pilot_values[0]
    spread = first - pilot_values[1] if len(pilots) > 1 else np.sqrt(2) * first
    effect = float(spread[0]) if difference is None else difference
    if not effect:
        raise ConfigError("the pilots do not differ: set difference=0.01, say")
    groups = groups_of(scoring.answers(frames[0]), metric, resamples)
    error = _standard_error(spread, groups)
    most = max(float(first[0]), 1 - float(first[0]))
    if len(pilots) == 1 and effect > most:
        raise ConfigError(f"difference={effect} is impossible: from {metric} {first[0]:.3f} of"
                          f" '{pilots[0].name}' another is at most {most:.3f} away")  # fmt: skip
    images = _images(len(frames[0]), error, effect, power=power, level=settings.level)
    return {
        "images": max(images, 2 * settings.minimum),
        "difference": effect,
        "standard_error": error,
        "pilot_images": len(frames[0]),
        "metric": metric,
    }


def _images(pilot: int, error: float, effect: float, *, power: float, level: float) -> int:
    """Scale a pilot up until the difference is detected with the power that is asked for.

    Raises:
        ConfigError: It takes more than `MOST` images.
    """
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2) + ndtri(power))
    needed = pilot * (z * error / effect) * (z * error / effect)
    if needed > MOST:
        raise ConfigError(f"difference={effect:g} takes more than {MOST:,} images: set a larger"
                          " one, 0.01, say")  # fmt: skip
    return math.ceil(needed)


def _check_plan(
    pilots: int, difference: float | None, metric: str, power: float, level: float
) -> None:
    """Refuse what no study can be planned for."""
    if metric not in COMPARED:
        raise unknown_name("metric to compare", metric, COMPARED)
    if not 1 - level < power < 1:
        raise ConfigError(
            f"power={power} is not within ({1 - level:.4g}, 1), above the significance level:"
            " 0.8 is usual"
        )
    if difference is None and pilots == 1:
        raise ConfigError("power of one run needs a difference: set difference=0.01, say")
    if difference is not None and not 0 < difference <= 1:
        raise ConfigError(f"difference={difference} is not within (0, 1]: 0.01, say")


def _standard_error(spread: Floats, groups: int) -> float:
    """Compute the standard error of a pilot's figure from its (1 + count,) values.

    Raises:
        DataError: There is none.
    """
    if groups < GROUPS:
        raise DataError(f"the pilot is of {groups} source groups, fewer than {GROUPS}: from so few"
                        " no standard error follows")  # fmt: skip
    replicates = spread[1:][np.isfinite(spread[1:])]
    error = float(np.std(replicates, ddof=1)) if len(replicates) > 1 else 0.0
    if error <= 1e-12:
        raise DataError("the pilot's figure is the same in every resample (a constant detector,"
                        " one that is always right, or two alike): no number of images"
                        " follows")  # fmt: skip
    return error
