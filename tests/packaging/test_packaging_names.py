"""Other people's `tasks`, `conf`, `bench` and `leaderboard` do not touch the installed program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.wheels import Environment, write_wheel

pytestmark = pytest.mark.slow

NAMES = ("bench", "conf", "leaderboard", "tasks")
BROKEN = "raise ImportError('a module of somebody else was imported')\n"
SCRIPT = """
import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options

options = Options(limit=4, workers=1, cache=None)
run = fb.evaluate(fb.load_task("starter:quick"), fb.load_detector("coin"), ["clean", "jpeg:1"],
                  run_dir="runs", options=options)
print(len(run.predictions), run.result["detection"]["accuracy"]["n"])
"""


def works(environment: Environment, folder: Path, **variables: str) -> None:
    """Hold the program to what it does alone: it lists, and it measures with worker processes."""
    done = environment.run("fakevlm-bench", "list", "--json", folder=folder, **variables)
    assert done.returncode == 0, done.stderr
    entries = json.loads(done.stdout)
    assert "starter" in entries["tasks"]
    assert "coin" in entries["detectors"]
    words = ("run", "task=starter:quick", "detector=coin", "conditions.ids=[clean,jpeg:1]",
             "limit=4", "cache=null", "launcher.workers=1")  # fmt: skip
    done = environment.run("fakevlm-bench", *words, folder=folder, **variables)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 answers understood" in done.stdout


@pytest.mark.parametrize("kind", ["module", "package"])
def test_files_of_the_same_names_on_the_path(
    installed: Environment, tmp_path: Path, kind: str
) -> None:
    for name in NAMES:
        file = tmp_path / (f"{name}.py" if kind == "module" else f"{name}/__init__.py")
        file.parent.mkdir(exist_ok=True)
        file.write_text(BROKEN)
    works(installed, tmp_path, PYTHONPATH=str(tmp_path))


def test_scripts_of_such_names(installed: Environment, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(BROKEN)
    (tmp_path / "bench.py").write_text(SCRIPT)
    done = installed.run("python", "bench.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["8", "4"]


def test_a_script_named_like_the_package_does_not_break_the_program(
    installed: Environment, tmp_path: Path
) -> None:
    (tmp_path / "fakevlm_bench.py").write_text(BROKEN)
    works(installed, tmp_path)


def test_foreign_packages_installed_and_removed(installed: Environment, tmp_path: Path) -> None:
    """As `pip install frappe-bench` and `pip uninstall conf` broke what had those names."""
    foreign = [write_wheel(tmp_path, name, {f"{name}/__init__.py": BROKEN}) for name in NAMES]
    own = [
        path for path in (installed.site / "fakevlm_bench").rglob("*.*") if path.suffix != ".pyc"
    ]
    folder = tmp_path / "here"
    folder.mkdir()
    installed.install(*foreign)
    try:
        works(installed, folder)
    finally:
        installed.pip("uninstall", "--yes", "--quiet", *NAMES)
    assert not [name for name in NAMES if (installed.site / name).exists()]
    assert not [path for path in own if not path.exists()], (
        "removing them took this package's files"
    )
    works(installed, folder)
