"""Where the project's data lie: in a checkout beside the code, in the wheel inside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """Return the folder of the project's data with this name.

    Args:
        name: ``conf``, ``tasks`` or ``leaderboard``.

    Returns:
        The copy that the wheel carries (``fakevlm_bench/_conf``), or the checkout's own.
    """
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / name
