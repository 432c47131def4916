"""FakeVLM as published, and FakeVLM-Mini, the small one that runs anywhere."""
