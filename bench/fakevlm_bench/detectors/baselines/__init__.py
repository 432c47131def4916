"""The detectors people compare with, each written from its paper."""

from fakevlm_bench.detectors.baselines.encoder import EncoderDetector
from fakevlm_bench.detectors.baselines.network import TorchDetector
from fakevlm_bench.detectors.baselines.noise_residual import NoiseResidual
from fakevlm_bench.detectors.baselines.probe import Probe
from fakevlm_bench.detectors.baselines.spectrum import Spectrum

__all__ = ["EncoderDetector", "NoiseResidual", "Probe", "Spectrum", "TorchDetector"]
