"""The detectors whose gradients stand in for those of a detector that gives none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fakevlm_bench.errors import BenchError, ConfigError, WeightsError
from fakevlm_bench.protocols import Detector, GradientDetector


def offline_surrogates() -> list[str]:
    """List the detectors that give gradients and can run offline here."""
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


def load_surrogates(
    selection: Sequence[str | GradientDetector] | None, attack: str
) -> list[GradientDetector]:
    """Instantiate the surrogates; weights are loaded at their first use.

    Args:
        selection: Names in ``conf/detector``, or detectors; None takes `offline_surrogates`.
        attack: Named in errors.

    Raises:
        ConfigError: There is none, one is unknown or gives no gradients.
        WeightsError: The weights of one are not here.
    """
    from fakevlm_bench import registry

    names: Sequence[Any] = offline_surrogates() if selection is None else selection
    if not names:
        raise ConfigError(
            f"{attack}: no detector that gives gradients has its weights on this machine; set "
            "'surrogates' to names from 'fakevlm-bench list detectors'"
        )
    detectors = [
        cast("GradientDetector", registry.load_detector(one) if isinstance(one, str) else one)
        for one in names
    ]
    for one, detector in zip(names, detectors, strict=True):
        _check(one, detector, attack)
    return detectors


def _check(selected: str | GradientDetector, detector: GradientDetector, attack: str) -> None:
    from fakevlm_bench import registry
    from fakevlm_bench.availability import availability

    if not detector.capabilities.gradients:
        able = ", ".join(offline_surrogates()) or "none"
        raise ConfigError(
            f"{attack}: '{detector.name}' gives no gradients, so it cannot be a surrogate "
            f"(available here: {able})"
        )
    if isinstance(selected, str):
        reason = availability(registry.config("detector", selected))
        if reason is not None:
            raise WeightsError(
                f"{attack}: surrogate '{selected}' is not here: {reason}; "
                f"fakevlm-bench run detector={selected} fetches what can be downloaded"
            )
    detector.fingerprint()  # reports missing files that the user has to provide


def is_among(victim: Detector, surrogates: Sequence[Detector]) -> bool:
    """Return whether the attacked detector is one of the surrogates: that is no black box.

    Args:
        victim: The attacked detector.
        surrogates: Compared by fingerprint.
    """
    return any(dict(victim.fingerprint()) == dict(one.fingerprint()) for one in surrogates)
