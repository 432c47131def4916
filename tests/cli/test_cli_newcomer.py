"""A newcomer's steps: own folders from run to report, thresholds, a script, a submission."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

import fakevlm_bench as fb
from fakevlm_bench.api import Run
from fakevlm_bench.detectors import calibration
from fakevlm_bench.leaderboard.submit import submit

SCRIPT = """\
import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from fakevlm_bench.types import Condition, Perturbed

class Own:
    def __call__(self, image, mask, rng):
        return Perturbed(255 - image, mask)

task = fb.load_task("folders", path={path!r})
own = Condition("own", Own(), {{"_target_": "Own"}})
coin, options = fb.load_detector("coin"), Options(cache=None, workers=2)
run = fb.evaluate(task, coin, ["jpeg:3", own], "runs", options=options)
print(run.result["coverage"]["planned"], sorted(run.result["conditions"]))
print(repr(task), repr(run), repr(own), dir(fb), sep="\\n")
"""


def test_a_script_without_a_guard_runs_once_and_everything_prints_on_one_line(pictures, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT.format(path=str(pictures)))
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    planned, task, run, condition, interface = done.stdout.splitlines()
    assert planned == "24 ['clean', 'jpeg:3', 'own']"
    assert task.startswith("<Task folders@1")
    assert run.startswith("Run('runs/folders@1")
    assert condition == "<Condition own>"
    assert {"evaluate", "compare", "load_task", "Run"} <= set(ast.literal_eval(interface))


def test_a_detector_prints_its_name():
    assert repr(fb.load_detector("spectrum")) == "<Detector spectrum>"


def run_of(cli) -> Run:
    return Run(cli.out.rpartition("run: ")[2].strip())


def test_a_run_of_folders_has_its_report_and_is_attacked(cli, pictures, tmp_path):
    assert cli.run() == 0, cli.err
    run = run_of(cli)
    assert cli("report", str(run.path), "--images", "2") == 0, cli.err
    page = (run.path / "report.html").read_text()
    assert "No images" not in page
    assert page.count("data:image/webp") >= 2
    moved = tmp_path / "moved"
    pictures_there = ["--task", "folders", f"task.path={moved}"]
    moved.symlink_to(pictures)
    assert cli("report", str(run.path), *pictures_there, "--out", "page.html") == 0, cli.err
    assert (tmp_path / "page.html").read_text().count("data:image/webp") >= 2
    words = ["--detector", "coin", *pictures_there, "--limit", "2", "--out", "adversarial"]
    assert cli("attack", "square_linf:2", *words) == 0, cli.err
    assert "2 images crafted" in cli.out
    assert cli("attack", "square_linf:2", *words, "detector.sead=1") == 2
    assert "unknown setting 'detector.sead'; did you mean 'detector.seed'?" in cli.err
    assert cli("attack", "square_linf:2", *words, "launcher.workers=2") == 2
    assert "'launcher.workers=2' has no effect: attack takes task=…" in cli.err


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/fakevlm-bench/calibrations"


def test_each_folder_keeps_its_own_threshold_and_the_run_says_where_it_is_from(
    cli, pictures, tmp_path, own_cache
):
    words = ["task=folders", "detector=spectrum", "cache=null", "launcher=serial"]
    (tmp_path / "other").mkdir()
    for label in ("0_real", "1_fake"):
        (tmp_path / "other" / label).mkdir()
        for file in sorted((pictures / label).iterdir())[:9]:
            (tmp_path / "other" / label / file.name).write_bytes(file.read_bytes())
    uses = []
    for folder in (pictures, tmp_path / "other"):
        assert cli("calibrate", *words, f"task.path={folder}") == 0, cli.err
        uses.append(cli.out[cli.out.index("detector.threshold=") :].split(",")[0].split())
    assert len(list(own_cache.glob("spectrum--folders-*.json"))) == 2
    assert uses[0] != uses[1]
    kept = {json.loads(file.read_text())["n"] for file in own_cache.iterdir()}
    assert kept == {24, 18}
    measure = ["run", *words, "conditions=clean", f"task.path={pictures}"]
    assert cli(*measure, *uses[0]) == 0, cli.err
    assert run_of(cli).result["thresholds"]["same_images"] is True
    assert "calibrated on the very images that are measured" in cli.out
    assert cli(*measure, *uses[1]) == 0, cli.err
    assert "same_images" not in run_of(cli).result["thresholds"]


def test_shipped_calibrations_are_found_as_before(own_cache):
    stated = fb.load_detector("spectrum", threshold="calibrated").thresholds()
    assert stated["used"] == pytest.approx(0.6265167078576357)
    task = fb.load_task("starter", split="validation")
    detector = fb.load_detector("spectrum")
    assert calibration.name_of(detector, task) == "starter"
    assert calibration.name_of(detector, task, 20) != "starter"
    assert calibration.name_of(detector, fb.load_task("starter")) != "starter"


def test_calibrate_takes_no_conditions_and_settings_no_dashes(cli, pictures):
    words = ["calibrate", "detector=spectrum", "task=folders", f"task.path={pictures}"]
    assert cli(*words, "conditions=full") == 2
    assert "calibrate takes no conditions" in cli.err
    assert cli(*words, "--limit", "5") == 2
    assert "limit=5" in cli.err


@pytest.mark.parametrize("word", ["cache=off", "cache=false", "cache=none", "cache=null"])
def test_no_cache_is_no_file(cli, tmp_path, word):
    assert cli.run("limit=2", word) == 0, cli.err
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_what_is_measured_and_left_out_is_counted(cli):
    assert cli("run", "task=starter", "detector=coin", "conditions=clean", "cache=null") == 0
    run = run_of(cli)
    assert run.result["left_out"] == {"unpaired": {"generated_face": 40}}
    assert cli.out.count("40 of 863 images have no twin (40 generated_face)") == 1


def test_a_submission_says_what_was_set_and_is_completed_with_a_card(cli, tmp_path):
    assert cli.run("detector.seed=7") == 0, cli.err
    run = run_of(cli)
    folder = submit(run.path, tmp_path / "board")
    stated = json.loads((folder / "submission.json").read_text())
    assert "detector.seed=7" in stated["run"]["overrides"]
    assert "task.path=…" in stated["run"]["overrides"]
    assert cli("submit", str(run.path)) == 0
    assert "not stated yet: " in cli.err
    card = {"submitter": {"name": "Somebody", "affiliation": "", "conflicts": "none"}}
    (tmp_path / "card.json").write_text(json.dumps(card))
    assert cli("submit", str(run.path), "--card", "card.json") == 0, cli.err
    assert "submitter" not in cli.err
    assert cli("submit", str(run.path)) == 2, "a named one is not replaced by an unnamed one"
    assert "--card" in cli.err
    words = ["leaderboard", "build", "--run", str(run.path), "--out", "site"]
    assert cli(*words) == 0, cli.err
    pages = list((tmp_path / "site/folders@1/detectors").glob("coin*.html"))
    assert len(pages) == 2, "the submission and the run"
    assert all("detector.seed=7" in page.read_text().partition("Reproduce")[2] for page in pages)
