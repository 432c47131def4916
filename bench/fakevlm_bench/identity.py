"""Names that identities are made of: they stay when the code moves.

A run's id, a detector's fingerprint and the cache's keys are digests; were a module's path
in them, moving the module would lose every run, calibration and cached answer. So a class that
takes part in an identity has a stable name in `STABLE_NAMES`. What was there before version
0.2.0 keeps the name that was recorded then; a new class gets a short one of its own.

A stable name is looked up here, never imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakevlm_bench.errors import ConfigError

_PACKAGE = "fakevlm_bench."

# recorded prefix: (today's module, the names in it)
_RECORDED: Mapping[str, tuple[str, str]] = {
    "bench.attacks.apgd": ("attacks.apgd", "APGD"),
    "bench.attacks.cw": ("attacks.cw", "CarliniWagner"),
    "bench.attacks.ensemble": ("attacks.ensemble", "Ensemble"),
    "bench.attacks.estimated": ("attacks.nes_spsa", "EstimatedGradient"),
    "bench.attacks.hopskipjump": ("attacks.hopskipjump", "HopSkipJump"),
    "bench.attacks.joint": ("attacks.joint", "Joint"),
    "bench.attacks.pgd": ("attacks.pgd", "PGD"),
    "bench.attacks.replay": ("attacks.replay", "Replay"),
    "bench.attacks.square": ("attacks.square", "Square"),
    "bench.attacks.transfer": ("attacks.transfer", "Transfer"),
    "bench.cli.suite": ("cli.suite", "Suite"),
    "bench.detectors.baselines": (
        "detectors.baselines", "EncoderDetector NoiseResidual Probe Spectrum TorchDetector",
    ),
    "bench.detectors.baselines.ferretnet": ("detectors.baselines.ferretnet", "FerretNetS"),
    "bench.detectors.baselines.freqnet": ("detectors.baselines.freqnet", "FreqNet"),
    "bench.detectors.baselines.ladeda": ("detectors.baselines.ladeda", "TinyLaDeDa"),
    "bench.detectors.baselines.resnet": ("detectors.baselines.resnet", "CNNSpot DIMD NPR"),
    "bench.detectors.fakevlm.mini": ("detectors.fakevlm.mini", "fakevlm_mini"),
    "bench.detectors.floors": ("detectors.floors", "AlwaysFake AlwaysReal Coin Template"),
    "bench.detectors.server": ("detectors.server", "Endpoint VllmServer"),
    "bench.detectors.vlm": ("detectors.vlm", "VisionLanguageModel"),
    "bench.detectors.weights": ("weights", "Checkpoint"),
    "bench.perturbations.blur": (
        "perturbations.blur",
        "BlurKernel BlurSigma DefocusBlur GaussianBlur GlassBlur MotionBlur ZoomBlur",
    ),
    "bench.perturbations.digital": (
        "perturbations.digital",
        "Brightness Contrast ElasticTransform JpegCompression Pixelate Saturate",
    ),
    "bench.perturbations.geometry": (
        "perturbations.geometry", "Crop Pad Resize ResizeScale ResizeShort",
    ),
    "bench.perturbations.language": ("perturbations.language", "Context Overlay PromptOrder"),
    "bench.perturbations.noise": (
        "perturbations.noise", "GaussianNoise ImpulseNoise NoiseVariance ShotNoise SpeckleNoise",
    ),
    "bench.perturbations.sharing": (
        "perturbations.sharing", "Chain ColourProfile Recompress Screenshot",
    ),
    "bench.perturbations.weather": ("perturbations.weather", "Fog Frost Snow Spatter"),
}  # fmt: skip

STABLE_NAMES: Mapping[str, str] = {
    f"{recorded}.{name}": f"{_PACKAGE}{module}.{name}"
    for recorded, (module, names) in _RECORDED.items()
    for name in names.split()
}
"""Stable name → where the class is today."""

FORMER_TASKS: Mapping[str, str] = {
    f"tasks.{name}.{name}": name for name in ("fakeclue", "folders", "starter")
}
"""Functions that made tasks before version 0.2.0 → the task's name."""

_STABLE = {path: name for name, path in STABLE_NAMES.items()}


def stable_name(path: str) -> str:
    """Return the stable name of a class, or the path itself for a class of somebody else's."""
    return _STABLE.get(path, path)


def current_path(name: str) -> str:
    """Return where a class is today, from a stable name or a path.

    Raises:
        ConfigError: The name belongs to an earlier version, and nothing here has it.
    """
    if name in STABLE_NAMES:
        return STABLE_NAMES[name]
    if name.startswith(("bench.", "tasks.")):
        raise ConfigError(
            f"'{name}' was a class of an earlier version and is not in this one: "
            f"classes are named {_PACKAGE}… now"
        )
    return name


def stable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with the stable name of every ``_target_``, for an identity."""
    return {key: _renamed(key, value, stable_name) for key, value in values.items()}


def current(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with today's path of every ``_target_``.

    Raises:
        ConfigError: One of them belongs to an earlier version, and nothing here has it.
    """
    return {key: _renamed(key, value, current_path) for key, value in values.items()}


def _renamed(key: str, value: Any, rename: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _renamed(name, inner, rename) for name, inner in value.items()}
    if isinstance(value, list):
        return [_renamed("", inner, rename) for inner in value]
    return rename(value) if key == "_target_" and isinstance(value, str) else value
