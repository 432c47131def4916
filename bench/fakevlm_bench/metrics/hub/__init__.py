"""The folder that `evaluate.load` takes: ``evaluate.load("…/bench/metrics/hub", "auroc")``."""
