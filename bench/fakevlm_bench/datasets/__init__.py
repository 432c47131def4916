"""Data set adapters: each streams `fakevlm_bench.types.Sample`s in a fixed order."""
