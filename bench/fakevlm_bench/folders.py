"""Folders of the user."""

from __future__ import annotations

import os
from pathlib import Path

NOWHERE = Path(os.devnull)
"""Where the folders of a user without a home lie: nothing is found there or can be written."""


def user_cache() -> Path:
    """Return the folder of the user's caches: ``XDG_CACHE_HOME``, or ``~/.cache``."""
    named = os.environ.get("XDG_CACHE_HOME")
    if named:
        return Path(named)
    try:
        return Path.home() / ".cache"
    except RuntimeError:  # no HOME, and a user whom the system does not know
        return NOWHERE
