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
    """Raise the `UnknownLevel` for a level that does not exist."""
    raise UnknownLevel(type(owner).__name__, level, allowed)


def choice(owner: object, level: str, allowed: Sequence[str]) -> int:
    """Give the position of `level` among the allowed ones.

    Raises:
        ConfigError: It is none of them.
    """
    if level not in allowed:
        refuse(owner, level, f"one of {', '.join(allowed)}")
    return allowed.index(level)


def number(owner: object, level: str, low: float, high: float) -> float:
    """Read a number within [low, high].

    Raises:
        ConfigError: It is no number, or outside.
    """
    try:
        value = float(level)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        refuse(owner, level, f"a number from {low:g} to {high:g}")
    return value


def whole(owner: object, level: str, low: int, high: int) -> int:
    """Read a whole number within [low, high].

    Raises:
        ConfigError: It is none, or outside.
    """
    if not (level.isascii() and level.isdigit() and low <= int(level) <= high):
        refuse(owner, level, f"a whole number from {low} to {high}")
    return int(level)


@dataclass(frozen=True)
class Corruption:
    """An operation with a severity that leaves every pixel in its place.

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
        """Corrupt the image; the mask stays as it is."""
        return Perturbed(self.apply(image, rng), mask)

    def apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Give the corrupted image, of the same shape."""
        raise NotImplementedError
