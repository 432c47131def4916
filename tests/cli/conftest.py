"""The command line, run in this process or as a user runs it, on a folder of small images."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fakevlm_bench.cli.main import main


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve real and twelve fake images of noise."""
    root = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for label in ("0_real", "1_fake"):
        (root / label).mkdir()
        for number in range(12):
            pixels = rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / label / f"{number}.png")
    return root


class Cli:
    """Runs commands and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], settings: list[str]) -> None:
        self._capsys = capsys
        self._settings = settings
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        try:
            status = main(arguments)
        except SystemExit as error:
            status = int(error.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return status

    def run(self, *words: str) -> int:
        return self("run", *self._settings, *words)

    def refused(self, *words: str) -> str:
        """Run what must fail: exit code 2, one line on standard error, nothing else."""
        assert self.run(*words) == 2, self.out + self.err
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("fakevlm-bench run: ")
        return self.err.strip()


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], pictures: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    settings = ["task=folders", f"task.path={pictures}", "conditions=clean", "cache=null",
                "launcher=serial", "detector=coin"]  # fmt: skip
    return Cli(capsys, settings)


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python in a process of its own."""

    def run(code: str, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]

    return run
