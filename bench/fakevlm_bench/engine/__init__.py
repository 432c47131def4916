"""Plan, generate, score, and the run's record on disk."""
