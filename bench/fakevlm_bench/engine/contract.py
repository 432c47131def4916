"""Holding a detector against its contract, before anything is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fakevlm_bench.errors import ConfigError

MEMBERS = ("name", "capabilities", "batch_size", "threshold", "fingerprint", "predict")
"""Of `fakevlm_bench.protocols.Detector`."""


def check(detector: Any) -> None:
    """Refuse what is no detector, in one line that says what it lacks.

    Raises:
        ConfigError: A member is missing or of no use.
    """
    kind = type(detector).__name__
    missing = [name for name in MEMBERS if not hasattr(detector, name)]
    if missing:
        raise ConfigError(
            f"{kind} is no detector: it lacks {', '.join(missing)} (protocols.Detector)"
        )
    size, threshold = detector.batch_size, detector.threshold
    if not isinstance(size, int) or size < 1:
        raise ConfigError(f"{kind}.batch_size is {size!r}: it must be a whole number above 0")
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise ConfigError(f"{kind}.threshold is {threshold!r}: it must be a number from 0 to 1")
    fingerprint = detector.fingerprint()
    if not isinstance(fingerprint, Mapping):
        raise ConfigError(
            f"{kind}.fingerprint() gave a {type(fingerprint).__name__}: it must give a dict of "
            "whatever can change an answer"
        )
    try:
        json.dumps(dict(fingerprint), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"{kind}.fingerprint() holds what is no JSON ({error}): give plain numbers and strings"
        ) from error
