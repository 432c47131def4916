"""FakeVLM-Mini's training."""
