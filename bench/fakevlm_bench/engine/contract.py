"""Checks of the contracts, before anything is asked: each fault is one line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fakevlm_bench.contract import ATTACK, DATASET, DETECTOR, REQUIRED, Member, described
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.protocols import Attack, Perturbation, PromptPerturbation
from fakevlm_bench.types import Capabilities, Condition

NEAR = 0.85
"""Likeness from which on an unknown member is taken for a misspelt one (`difflib`)."""
_NAMES = {*DETECTOR, *ATTACK, *DATASET, *(name for names in REQUIRED.values() for name in names)}


def check_detector(detector: Any) -> None:
    """Refuse what does not keep a detector's contract.

    Raises:
        ConfigError: A member is missing, misspelt or of a wrong type.
    """
    _check_members(detector, "Detector", DETECTOR)
    size, threshold = detector.batch_size, detector.threshold
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise _wrong(detector, "batch_size", size, "be a whole number above 0")
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise _wrong(detector, "threshold", threshold, "be a number from 0 to 1")
    if not isinstance(detector.name, str) or not detector.name:
        raise _wrong(detector, "name", detector.name, "be a string that is not empty")
    if not isinstance(detector.capabilities, Capabilities):
        raise _wrong(detector, "capabilities", detector.capabilities, "be a types.Capabilities")
    if described(detector).parallel_batches < 1:
        value = described(detector).parallel_batches
        raise _wrong(detector, "parallel_batches", value, "be a whole number above 0")
    _check_fingerprint(detector, "can change an answer")


def check_condition(condition: Condition) -> None:
    """Refuse an operation that is neither a perturbation nor an attack.

    Raises:
        ConfigError: A member is missing, misspelt or of a wrong type.
    """
    operation: Any = condition.operation
    if operation is None:
        return
    if isinstance(operation, Attack):
        _check_members(operation, "Attack", ATTACK)
        _check_fingerprint(operation, "can change the images")
    elif not isinstance(operation, Perturbation | PromptPerturbation):
        kind = type(operation).__name__
        hint = _near(operation, ("alter", *REQUIRED["Attack"]))
        raise ConfigError(
            f"condition '{condition.id}': {kind} is neither a perturbation (__call__ or alter) nor "
            f"an attack ({', '.join(REQUIRED['Attack'])}){hint}"
        )


def check_dataset(dataset: Any) -> None:
    """Refuse what does not keep a dataset's contract.

    Raises:
        ConfigError: A member is missing, misspelt or of a wrong type.
    """
    _check_members(dataset, "Dataset", DATASET)


def _check_members(one: Any, protocol: str, optional: Mapping[str, Member]) -> None:
    kind, required = type(one).__name__, REQUIRED[protocol]
    missing = [name for name in required if not hasattr(one, name)]
    if missing:
        raise ConfigError(
            f"{kind} is not {_article(protocol)}: it lacks {', '.join(missing)} "
            f"(fakevlm_bench.protocols.{protocol}){_near(one, missing)}"
        )
    present = [name for name in optional if hasattr(one, name)]
    for name in present:
        value = getattr(one, name)
        if not optional[name].fits(value):
            raise _wrong(one, name, value, f"be {optional[name].words}")
    _refuse_misspelt(one, {name: optional[name] for name in optional if name not in present})


def _refuse_misspelt(one: Any, absent: Mapping[str, Member]) -> None:
    """Refuse a public member that is nearly called like an optional one and would fit there.

    Nobody would ever read it, and nobody would say so.
    """
    for name in _public(one):
        if name in _NAMES:
            continue
        near = difflib.get_close_matches(name, absent, n=1, cutoff=NEAR)
        if near and absent[near[0]].fits(getattr(one, name, None)):
            raise ConfigError(
                f"{type(one).__name__}.{name} is never read; did you mean '{near[0]}'?"
            )


def _near(one: Any, missing: Sequence[str]) -> str:
    """Name members that look like missing ones, for the end of a message."""
    pairs = [
        (name, near[0])
        for name in _public(one)
        if (near := difflib.get_close_matches(name, missing, n=1, cutoff=NEAR))
    ]
    return "".join(f"; '{name}' should be '{right}'" for name, right in pairs[:1])


def _public(one: Any) -> list[str]:
    return [name for name in dir(one) if not name.startswith("_")]


def _check_fingerprint(one: Any, holds: str) -> None:
    fingerprint = one.fingerprint()
    if not isinstance(fingerprint, Mapping):
        raise _wrong(one, "fingerprint()", fingerprint, f"return a dict of whatever {holds}")
    try:
        json.dumps(dict(fingerprint), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"{type(one).__name__}.fingerprint() holds a value that JSON cannot store ({error}): "
            "use plain numbers and strings"
        ) from error


def _wrong(one: Any, member: str, value: Any, right: str) -> ConfigError:
    problem = "returned a " + type(value).__name__ if member.endswith("()") else f"is {value!r:.60}"
    return ConfigError(f"{type(one).__name__}.{member} {problem}: it must {right}")


def _article(protocol: str) -> str:
    return ("an " if protocol[0] in "AEIOU" else "a ") + protocol.lower()
