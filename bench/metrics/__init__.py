"""Figures with their uncertainty: detection, localisation, explanation, robustness, efficiency."""
