"""Wheels as users meet them: this project's, foreign ones, and environments that hold them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


def build(out: Path, *options: str) -> Path:
    """Build a distribution from this checkout, and return its file."""
    command = [sys.executable, "-m", "build", *options, "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = out.glob("*.whl")
    return wheel


def write_wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """Write a wheel of a package that this project does not know."""
    wheel = folder / f"{name}-1-py3-none-any.whl"
    info = f"{name}-1.dist-info"
    meta = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, *meta, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, **meta, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own, which borrows this one's dependencies by a path file.

    What is tested is what a wheel holds, not what pip downloads.
    """

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Environment:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        lent = sysconfig.get_path("purelib")
        made = cls(folder)
        (made.site / "lent.pth").write_text(f"import site; site.addsitedir({lent!r})\n")
        return made

    @property
    def site(self) -> Path:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.folder / "lib" / version / "site-packages"

    def pip(self, *words: str) -> None:
        """Let this environment's pip act on that one."""
        command = [sys.executable, "-m", "pip", "--python", str(self.folder / "bin/python"), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def install(self, *wheels: Path) -> None:
        self.pip("install", "--no-deps", "--no-index", "--quiet", *map(str, wheels))

    def run(
        self, program: str, *words: str, folder: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its programs in a folder, without this process's Python settings."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [self.folder / "bin" / program, *words], cwd=folder, env={**clean, **variables},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
