"""Where samples come from: every adapter streams `fakevlm_bench.types.Sample`s in a fixed order."""
