"""FakeVLM as published, and FakeVLM-Mini, the small one that runs anywhere."""

SIDE = 256
"""Pixels of the side of what FakeVLM-Mini sees."""
