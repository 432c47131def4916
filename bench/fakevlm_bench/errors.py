"""The errors that a user can cause, and therefore read.

The command line prints any `BenchError` as one line and exits with code 2;
every message says what is wrong, where, and what would be right.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from fakevlm_bench.secret import public


class BenchError(Exception):
    """Base of every error with a message meant for the user; no secret gets into one."""

    def __init__(self, message: str = "") -> None:
        """Take the message, and the secrets out of it."""
        super().__init__(public(message))


class ConfigError(BenchError):
    """A configuration that cannot be composed, instantiated or combined."""


class UnknownLevel(ConfigError):  # noqa: N818
    """A level that a condition does not have."""

    def __init__(self, owner: str, level: str, allowed: str) -> None:
        """Say whose level it is, and which there are."""
        super().__init__(f"{owner} has no level '{level}': use {allowed}")
        self.level, self.allowed = level, allowed


class DataError(BenchError):
    """A dataset, image or mask that is not what its adapter declares."""


class RunError(BenchError):
    """A run's folder or record that cannot be read, written or continued."""


class DetectorError(BenchError):
    """A detector that cannot start or cannot answer at all."""


class WeightsError(DetectorError):
    """Weights that are missing, altered, incomplete or not licensed for the use."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ConfigError:
    """Build the error for a misspelt name, naming the nearest known ones.

    Args:
        kind: What was looked up, for instance ``"detector"``.
        name: The name that was not found.
        known: Every name that would have been found.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
    return ConfigError(f"unknown {kind} '{name}': {hint}")
