"""The wheel carries all that running needs in one package, and runs far from a checkout."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.wheels import ROOT, Environment, build

pytestmark = pytest.mark.slow

PLACES = {
    "bench/fakevlm_bench/": "fakevlm_bench/",
    "conf/": "fakevlm_bench/_conf/",
    "tasks/": "fakevlm_bench/_tasks/",
    "leaderboard/audits/": "fakevlm_bench/_leaderboard/audits/",
    "leaderboard/reported/": "fakevlm_bench/_leaderboard/reported/",
}
CARRIED = (
    "_conf/run.yaml", "_conf/experiment/starter_quick.yaml", "_conf/detector/spectrum.yaml",
    "_tasks/starter.yaml", "datasets/starter/quick.txt", "datasets/starter/data/VERSION",
    "datasets/starter/data/test-00000.parquet", "detectors/cards/spectrum.md",
    "detectors/fitted/spectrum.json", "leaderboard/site/templates/base.html.j2",
    "leaderboard/site/assets/site.css", "leaderboard/schema/submission.schema.json",
    "leaderboard/vendor/plotly/plotly-cartesian.min.js", "_leaderboard/reported/fakeclue.json",
)  # fmt: skip


def digests(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def expected() -> set[str]:
    """The place in the wheel of every file that git knows and that belongs there."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", *PLACES], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("no git checkout: what belongs into the wheel is what git knows")
    names = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    return {
        place + name.removeprefix(folder)
        for name in names
        for folder, place in PLACES.items()
        if name.startswith(folder)
    }


def test_the_wheel_is_one_package(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in digests(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"fakevlm_bench"}
    assert len(tops) == 2


def test_the_wheel_carries_every_file(wheel: Path) -> None:
    names = set(digests(wheel))
    assert expected() - names == set()
    assert {f"fakevlm_bench/{name}" for name in CARRIED} - names == set()
    assert not [name for name in names if "/tests/" in name or "/dist/" in name]


def test_the_checkout_and_its_source_distribution_build_the_same_wheel(
    wheel: Path, tmp_path: Path
) -> None:
    assert digests(build(tmp_path, "--wheel")) == digests(wheel)


def test_the_source_distribution_holds_the_checkout(wheel: Path) -> None:
    (source,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("Makefile", "pyproject.toml", "CITATION.cff", "docs/take_pictures.py",
                 "tests/conftest.py", "tests/support/wheels.py"):  # fmt: skip
        assert name in names


def test_installed_elsewhere_it_runs_the_default_suite(
    installed: Environment, tmp_path: Path
) -> None:
    code = "import fakevlm_bench as fb; print(fb.__file__)"
    where = installed.run("python", "-c", code, folder=tmp_path).stdout
    assert str(installed.site) in where, "the checkout was imported instead of the wheel"
    words = ["run", "experiment=starter_quick", "limit=24", "cache=null", "conditions=clean",
             "detector=always_fake,coin,template,spectrum,noise_residual"]  # fmt: skip
    done = installed.run("fakevlm-bench", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "starter:quick@1.0.1, clean, 95 % intervals" in done.stdout
    assert (tmp_path / "leaderboard/dist/index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leaderboard", "runs"]
    (run,) = tmp_path.glob("runs/*/spectrum-*")
    done = installed.run("fakevlm-bench", "verify", str(run), folder=tmp_path)
    assert "everything recomputes" in done.stdout, done.stdout + done.stderr
