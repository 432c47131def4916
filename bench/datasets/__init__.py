"""Where samples come from: every adapter streams `bench.types.Sample`s in a fixed order."""
