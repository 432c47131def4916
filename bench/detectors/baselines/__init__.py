"""The detectors people compare with, written from their papers."""
