"""The level in an attack's condition id, after the colon: a distance or a number of queries."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from fakevlm_bench.errors import ConfigError

Norm = Literal["linf", "l2"]

LARGEST_L2 = 50.0
"""A larger L2 distance (a tenth of full contrast on each of 224×224×3 values is 39) is an error."""


def _number(level: str, attack: str, example: str) -> float:
    """Read ``8/255`` or ``0.03``."""
    try:
        value = float(Fraction(str(level).strip()))
    except (ValueError, ZeroDivisionError):
        raise ConfigError(
            f"{attack}: '{level}' is not a distance; write for example {example}"
        ) from None
    if value <= 0:
        raise ConfigError(f"{attack}: the distance must be above 0, not {level}")
    return value


def read_epsilon(level: str, norm: Norm, attack: str) -> float:
    """Read the largest allowed distance, pixels scaled to [0, 1].

    Args:
        level: A fraction or a decimal, such as ``8/255`` (L∞) or ``0.5`` (L2).
        norm: The norm it is measured in.
        attack: Named in errors.

    Raises:
        ConfigError: No number, not positive, in 255ths by mistake, or less than
            one grey level, which no 8-bit image can carry.
    """
    if norm == "l2":
        value = _number(level, attack, "0.5 (L2, pixels in [0, 1])")
        if value > LARGEST_L2:
            raise ConfigError(
                f"{attack}: an L2 distance of {level} is above {LARGEST_L2:g}; pixels are "
                f"scaled to [0, 1], so grey levels are written {level}/255"
            )
    else:
        value = _number(level, attack, "8/255")
        if value >= 1:
            raise ConfigError(
                f"{attack}: epsilon {level} covers every image; pixels are scaled to [0, 1], "
                f"did you mean {level}/255?"
            )
    if to_levels(value, norm) < 1:
        raise ConfigError(
            f"{attack}: epsilon {level} is below 1/255, the smallest change of an 8-bit image"
        )
    return value


def to_levels(epsilon: float, norm: Norm) -> float:
    """Convert a distance to grey levels (0 to 255).

    An L∞ distance is cut to whole levels: 0.03 allows 7, for 8 would be 0.0314.

    Args:
        epsilon: Pixels scaled to [0, 1], > 0.
        norm: The norm it is measured in.
    """
    levels = epsilon * 255
    return float(math.floor(levels + 1e-6)) if norm == "linf" else levels


def read_queries(level: str, attack: str) -> int:
    """Read a budget in detector calls per image.

    Args:
        level: A whole number of at least 2: the first two calls are about the clean image.
        attack: Named in errors.

    Raises:
        ConfigError: Not a whole number of at least 2.
    """
    text = str(level).strip()
    if not text.isdecimal() or int(text) < 2:
        raise ConfigError(
            f"{attack}: '{level}' is not a query budget; write a whole number of detector calls "
            f"per image (at least 2), for example {attack}:1000"
        )
    return int(text)
