"""Figures with their uncertainty: detection, localisation, explanation, robustness, efficiency."""

from fakevlm_bench.metrics.calibration import calibrate
from fakevlm_bench.metrics.comparison import compare
from fakevlm_bench.metrics.entrants import Entrant
from fakevlm_bench.metrics.planning import power
from fakevlm_bench.metrics.scoring import VERSION, compute
from fakevlm_bench.metrics.settings import Settings

__all__ = ["VERSION", "Entrant", "Settings", "calibrate", "compare", "compute", "power"]
