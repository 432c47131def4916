"""What makes the things that ship: the starter set, FakeVLM-Mini. Nothing that measures imports it."""
