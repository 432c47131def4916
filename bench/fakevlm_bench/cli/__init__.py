"""The console script `fakevlm-bench`."""
