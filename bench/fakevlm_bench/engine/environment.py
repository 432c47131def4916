"""What a run was made with: packages, commit, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import fakevlm_bench

PACKAGES = (
    "fakevlm-bench", "torch", "transformers", "vllm", "datasets", "numpy", "scipy", "pandas",
    "pyarrow", "pillow", "opencv-python-headless", "scikit-learn", "hydra-core",
)  # fmt: skip


@dataclass(frozen=True)
class GitState:
    """The checkout's commit, and whether files differ from it; None outside a checkout."""

    commit: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True)
class Machine:
    """The machine, described without its name."""

    system: str = ""
    machine: str = ""
    python: str = ""
    cores: int | None = None

    def __str__(self) -> str:
        """Describe it in a line, for a submission."""
        return f"{self.system} {self.machine}, {self.cores} cores"


def packages() -> dict[str, str]:
    """Return the versions of the packages that can change a figure, where installed."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _git(*arguments: str) -> str | None:
    folder = Path(fakevlm_bench.__file__).parent
    try:
        process = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return process.stdout.strip() if process.returncode == 0 else None


def git() -> GitState:
    """Read the checkout's state."""
    commit = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no") if commit else None
    return GitState(commit, bool(status) if status is not None else None)


def machine() -> Machine:
    """Describe this machine."""
    return Machine(platform.system(), platform.machine(), platform.python_version(), os.cpu_count())
