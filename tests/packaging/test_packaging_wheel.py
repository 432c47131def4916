"""The wheel carries all that running needs, and runs the default suite far from a checkout.

Its environment is new, but borrows this one's dependencies through a path file: what is tested
is what the wheel holds, not what pip downloads.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CARRIED = (
    "conf/run.yaml", "conf/experiment/starter_quick.yaml", "conf/detector/spectrum.yaml",
    "tasks/starter.py", "bench/datasets/starter/quick.txt", "bench/datasets/starter/data/VERSION",
    "bench/datasets/starter/data/test-00000.parquet", "bench/detectors/cards/spectrum.md",
    "bench/detectors/fitted/spectrum.json", "leaderboard/site/templates/base.html.j2",
    "leaderboard/site/assets/site.css", "leaderboard/schema/submission.schema.json",
    "leaderboard/vendor/plotly/plotly-cartesian.min.js", "leaderboard/reported/fakeclue.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (built,) = out.glob("*.whl")
    return built


def data_files() -> set[str]:
    """Every file of the packages that git knows and that is no Python."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "bench", "tasks", "conf", "leaderboard"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip("no git checkout: what belongs into the wheel is what git knows")
    left_out = ("leaderboard/submissions/", "leaderboard/README.md")
    return {name for name in done.stdout.split("\n") if name and not name.startswith(left_out)}


@pytest.mark.slow
def test_the_wheel_carries_every_file(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in data_files() if (ROOT / name).is_file()} - held == set()
    assert set(CARRIED) - held == set()
    assert not [name for name in held if name.startswith(("tests/", "leaderboard/dist"))]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel, outside the checkout; gives its folder of programs."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install"]
    done = subprocess.run([*pip, "--no-deps", "--no-index", "--quiet", str(wheel)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.mark.slow
def test_installed_elsewhere_it_runs_the_default_suite(installed: Path, tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    where = subprocess.run(
        [installed / "python", "-c", "import fakevlm_bench, leaderboard; print(fb.__file__)"],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(installed.parent) in where, "the checkout was imported instead of the wheel"
    words = ["run", "experiment=starter_quick", "limit=24", "cache=null", "conditions=clean",
             "detector=always_fake,coin,template,spectrum,noise_residual"]  # fmt: skip
    done = subprocess.run([installed / "fakevlm-bench", *words], cwd=tmp_path, env=clean,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "starter:quick@1.0.1, clean, 95 % intervals" in done.stdout
    assert "about" in done.stderr
    assert (tmp_path / "leaderboard/dist/index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leaderboard", "runs"]
    (run,) = tmp_path.glob("runs/*/spectrum-*")
    done = subprocess.run([installed / "fakevlm-bench", "verify", str(run)], cwd=tmp_path,
                          env=clean, capture_output=True, text=True, check=False)  # fmt: skip
    assert "everything recomputes" in done.stdout, done.stdout + done.stderr
