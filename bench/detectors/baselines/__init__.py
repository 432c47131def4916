"""The detectors people compare with, each written from its paper."""

from bench.detectors.baselines.network import TorchDetector


__all__ = ["TorchDetector"]
