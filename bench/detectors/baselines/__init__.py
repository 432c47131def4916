"""The detectors people compare with, each written from its paper."""

from bench.detectors.baselines.encoder import EncoderDetector
from bench.detectors.baselines.network import TorchDetector
from bench.detectors.baselines.noise_residual import NoiseResidual
from bench.detectors.baselines.probe import Probe
from bench.detectors.baselines.spectrum import Spectrum

__all__ = ["EncoderDetector", "NoiseResidual", "Probe", "Spectrum", "TorchDetector"]
