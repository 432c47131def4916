"""Levels of perturbations: the text after the colon of a condition's id, checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from fakevlm_bench.errors import UnknownLevel
from fakevlm_bench.types import Image, Mask, Perturbed

SEVERITIES = ("1", "2", "3", "4", "5")


def refuse(owner: object, level: str, allowed: str) -> NoReturn:
    """Raise the error for a level that does not exist.

    Args:
        owner: The perturbation, whose class is named.
        level: As it was written.
        allowed: What would be right, as a phrase.

    Raises:
        UnknownLevel: Always.
    """
    raise UnknownLevel(type(owner).__name__, level, allowed)


def choice(owner: object, level: str, allowed: Sequence[str]) -> int:
    """Return the position of a level among the allowed ones, from 0.

    Args:
        owner: The perturbation, named in the error.
        level: As it was written.
        allowed: Every level, in order.

    Raises:
        UnknownLevel: It is none of them.
    """
    if level not in allowed:
        refuse(owner, level, f"one of {', '.join(allowed)}")
    return allowed.index(level)


def number(owner: object, level: str, low: float, high: float) -> float:
    """Read a number.

    Args:
        owner: The perturbation, named in the error.
        level: As it was written.
        low: Smallest allowed value.
        high: Largest allowed value.

    Raises:
        UnknownLevel: It is not a number, or outside of [low, high].
    """
    try:
        value = float(level)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        refuse(owner, level, f"a number from {low:g} to {high:g}")
    return value


def whole(owner: object, level: str, low: int, high: int) -> int:
    """Read a whole number.

    Args:
        owner: The perturbation, named in the error.
        level: Decimal digits.
        low: Smallest allowed value.
        high: Largest allowed value.

    Raises:
        UnknownLevel: It is not a whole number, or outside of [low, high].
    """
    if not (level.isascii() and level.isdigit() and low <= int(level) <= high):
        refuse(owner, level, f"a whole number from {low} to {high}")
    return int(level)


@dataclass(frozen=True)
class Corruption:
    """An operation with five severities that leaves every pixel in its place.

    Attributes:
        level: Severity, ``"1"`` to ``"5"``.
    """

    level: str

    def __post_init__(self) -> None:
        """Refuse a severity that does not exist."""
        choice(self, self.level, SEVERITIES)

    @property
    def index(self) -> int:
        """Position in a table of five parameters."""
        return int(self.level) - 1

    def __call__(self, image: Image, mask: Mask | None, rng: np.random.Generator) -> Perturbed:
        """Corrupt the image; the mask stays as it is.

        Args:
            image: ``uint8`` (H, W, 3).
            mask: ``bool`` (H, W), or None.
            rng: The only source of randomness.
        """
        return Perturbed(self._apply(image, rng), mask)

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Return the corrupted image, of the same shape."""
        raise NotImplementedError
