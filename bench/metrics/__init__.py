"""Figures with their uncertainty: detection, localisation, explanation, robustness, efficiency."""

from bench.metrics.scoring import METRICS_VERSION, compute
from bench.metrics.settings import Cost, Settings

__all__ = ["METRICS_VERSION", "Cost", "Settings", "compute"]
