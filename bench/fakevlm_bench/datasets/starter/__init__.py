"""The starter set: real photographs, their AI-made twins, masks and explanations.

The finished set is under ``data/``; the other modules are its builder, which needs
the packages of the ``starter-build`` extra and is not needed for using the set.
"""

from pathlib import Path

DATA = Path(__file__).parent / "data"
"""Folder of the finished set."""
