"""The detectors whose gradients stand in for those of a detector that gives none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fakevlm_bench.errors import BenchError, ConfigError, WeightsError
from fakevlm_bench.protocols import Detector, GradientDetector


def offline() -> list[str]:
    """Name the detectors that give gradients and need nothing that is not on this machine."""
    from fakevlm_bench import registry
    from fakevlm_bench.availability import availability

    return [
        name
        for name in registry.names("detector")
        if availability(registry.config("detector", name)) is None and _gives_gradients(name)
    ]


def _gives_gradients(name: str) -> bool:
    from fakevlm_bench import registry

    try:
        detector = registry.load_detector(name)
        return detector.capabilities.gradients and bool(detector.fingerprint())
    except (BenchError, ImportError, OSError):
        return False


def gather(chosen: Sequence[str | GradientDetector] | None, attack: str) -> list[GradientDetector]:
    """Make the surrogates; nothing heavy is loaded yet.

    Args:
        chosen: Names in ``conf/detector``, or detectors; None takes what is `offline`.
        attack: Named in errors.

    Raises:
        ConfigError: There is none, one is unknown or gives no gradients.
        WeightsError: The weights of one are not here.
    """
    from fakevlm_bench import registry
    from fakevlm_bench.availability import availability

    names: Sequence[Any] = offline() if chosen is None else chosen
    if not names:
        raise ConfigError(
            f"{attack}: no detector that gives gradients has its weights on this machine; name "
            "surrogates (setting 'surrogates'), and see 'fakevlm-bench list detectors'"
        )
    made = [
        cast("GradientDetector", registry.load_detector(one) if isinstance(one, str) else one)
        for one in names
    ]
    for one, detector in zip(names, made, strict=True):
        if not detector.capabilities.gradients:
            able = ", ".join(offline()) or "none is"
            raise ConfigError(
                f"{attack}: '{detector.name}' gives no gradients, so it can be no surrogate "
                f"(able and here: {able})"
            )
        reason = availability(registry.config("detector", one)) if isinstance(one, str) else None
        if reason is not None:
            raise WeightsError(
                f"{attack}: surrogate '{one}' is not here: {reason}; "
                f"fakevlm-bench run detector={one} fetches what can be downloaded"
            )
        detector.fingerprint()  # says at once where weights of the user's own are missing
    return made


def is_among(victim: Detector, surrogates: Sequence[Detector]) -> bool:
    """Tell whether the attacked detector is one of the surrogates: that is no black box."""
    return any(dict(victim.fingerprint()) == dict(one.fingerprint()) for one in surrogates)
