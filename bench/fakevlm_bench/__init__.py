"""Measure detectors of AI-generated and manipulated images: whether, where and why."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakevlm_bench.api import Run, compare, evaluate, score_responses
    from fakevlm_bench.registry import load_condition, load_detector, load_task

__version__ = "0.2.0"

__all__ = [
    "Run",
    "compare",
    "evaluate",
    "load_condition",
    "load_detector",
    "load_task",
    "score_responses",
]

_HOMES = {name: "fakevlm_bench.registry" for name in __all__ if name.startswith("load_")}


def __dir__() -> list[str]:
    """List the public interface."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import public functions when first used, so that importing `fakevlm_bench` is light."""
    if name not in __all__:
        raise AttributeError(f"module 'fakevlm_bench' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES.get(name, "fakevlm_bench.api")), name)
