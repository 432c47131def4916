"""Figures with their uncertainty: detection, localisation, explanation, robustness, efficiency."""

from bench.metrics.calibration import calibrate
from bench.metrics.comparison import Entrant, compare
from bench.metrics.planning import power
from bench.metrics.scoring import VERSION, compute
from bench.metrics.settings import Settings

__all__ = ["VERSION", "Entrant", "Settings", "calibrate", "compare", "compute", "power"]
