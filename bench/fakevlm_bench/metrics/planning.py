"""How many images it takes to tell two detectors apart, from a pilot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from fakevlm_bench.errors import ConfigError, DataError, unknown_name
from fakevlm_bench.metrics import scoring
from fakevlm_bench.metrics.comparison import (
    COMPARED,
    Entrant,
    align,
    check_defined,
    groups_of,
    values,
)
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import GROUPS, Floats

MOST = 10**12
"""Images beyond which no study is planned."""


def power(
    pilots: Sequence[Entrant],
    *,
    difference: float | None = None,
    metric: str = "balanced_accuracy",
    chance: float = 0.8,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Estimate how many images it takes to tell two detectors apart.

    The standard error of the difference comes from a clustered bootstrap of the pilot
    and shrinks with the square root of the number of images:
    n = n_pilot · ((z_{1−α/2} + z_{chance}) · se / difference)².

    Args:
        pilots: Two detectors on the same samples; of one alone, the other is taken to answer
            independently and equally well, which asks for more images than a pair would need.
        difference: To be told apart, in (0, 1]; the pilots' own by default.
        metric: One of `COMPARED`.
        chance: Of finding the difference, in (1 − level, 1).
        settings: Level and resamples.

    Returns:
        ``images`` needed, at least so many that the figure is not absent (twice
        `Settings.minimum`), ``difference``, ``standard_error`` in the pilot and ``pilot_images``.

    Raises:
        ConfigError: One run without a difference, or a difference that cannot be.
        DataError: The two are of different tasks or samples, or the pilot has no standard error:
            its figure is undefined, the same in every resample, or from too few source groups.
    """
    from scipy.special import ndtri

    settings = settings or Settings()
    _check_plan(len(pilots), difference, metric, chance, settings.level)
    frames, _ = align(pilots, intersection=False)
    resamples = scoring.resamples_of(frames[0], settings)
    drawn = [
        values(frame, metric, resamples, pilot.heat_threshold)
        for frame, pilot in zip(frames, pilots, strict=True)
    ]
    spread = drawn[0] - drawn[1] if len(drawn) > 1 else np.sqrt(2) * drawn[0]
    check_defined(dict(zip([pilot.name for pilot in pilots], drawn, strict=True)), metric)
    groups = groups_of(scoring.answers(frames[0]), metric, resamples)
    wanted = float(spread[0]) if difference is None else difference
    if not wanted:
        raise ConfigError("the pilots do not differ: give difference=0.01, say")
    error = _standard_error(spread, groups)
    most = max(float(drawn[0][0]), 1 - float(drawn[0][0]))
    if len(pilots) == 1 and wanted > most:
        raise ConfigError(f"difference={wanted} cannot be: from {metric} {drawn[0][0]:.3f} of"
                          f" '{pilots[0].name}' another is at most {most:.3f} away")  # fmt: skip
    z = float(ndtri((1 + settings.level) / 2) + ndtri(chance))
    n = len(frames[0])
    needed = n * (z * error / wanted) * (z * error / wanted)
    if needed > MOST:
        raise ConfigError(f"difference={wanted:g} takes more than {MOST:,} images: give a larger"
                          " one, 0.01, say")  # fmt: skip
    return {
        "images": max(math.ceil(needed), 2 * settings.minimum),
        "difference": wanted,
        "standard_error": error,
        "pilot_images": n,
        "metric": metric,
    }


def _check_plan(
    pilots: int, difference: float | None, metric: str, chance: float, level: float
) -> None:
    """Refuse what no study can be planned for."""
    if metric not in COMPARED:
        raise unknown_name("metric to compare", metric, COMPARED)
    if not 1 - level < chance < 1:
        raise ConfigError(
            f"chance={chance} is not within ({1 - level:.4g}, 1), above that of a false"
            " alarm: 0.8 is usual"
        )
    if difference is None and pilots == 1:
        raise ConfigError("power of one run needs a difference: give difference=0.01, say")
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
    drawn = spread[1:][np.isfinite(spread[1:])]
    error = float(np.std(drawn, ddof=1)) if len(drawn) > 1 else 0.0
    if error <= 1e-12:
        raise DataError("the pilot's figure is the same in every resample (a constant detector,"
                        " one that is always right, or two alike): no number of images"
                        " follows")  # fmt: skip
    return error
