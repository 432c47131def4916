"""What answers: FakeVLM and other vision-language models, baselines, floors."""
