"""What a run was made with: packages, commit, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import fakevlm_bench

PACKAGES = (
    "fakevlm-bench", "torch", "transformers", "vllm", "datasets", "numpy", "scipy", "pandas",
    "pyarrow", "pillow", "opencv-python-headless", "scikit-learn", "hydra-core",
)  # fmt: skip


def packages() -> dict[str, str]:
    """Give the versions of the packages that can change a figure, where installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _git(*arguments: str) -> str | None:
    folder = Path(fakevlm_bench.__file__).parent
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def git() -> dict[str, Any]:
    """Give the checkout's commit, and whether it was changed; nulls outside a checkout."""
    commit = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no") if commit else None
    return {"commit": commit, "dirty": bool(status) if status is not None else None}


def machine() -> dict[str, Any]:
    """Describe the machine without naming it."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
