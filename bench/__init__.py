"""Measure detectors of AI-generated and manipulated images: whether, where and why."""
