"""From a real run through submit, validate and build, as a user would."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from fakevlm_bench.cli.main import main as command
from fakevlm_bench.engine.run import Options, execute, make_plan
from fakevlm_bench.leaderboard.build import build_from_runs
from fakevlm_bench.leaderboard.cli import main
from fakevlm_bench.leaderboard.diff_paths import changed_submissions
from fakevlm_bench.leaderboard.entries import TruthCache
from fakevlm_bench.leaderboard.model_cards import model_card
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.review_table import changes
from fakevlm_bench.leaderboard.submit import submit
from fakevlm_bench.leaderboard.truth import RunTruths, checkout_truth
from fakevlm_bench.leaderboard.validate import submission_folders, validate_all
from fakevlm_bench.registry import load_conditions, load_detector, load_task
from support.leaderboard_making import CONDITIONS, make_predictions, make_truth, write_submission

ROOT = Path(__file__).parents[2]
CARD = {
    "submitter": {"name": "A. Tester", "affiliation": "", "conflicts": "none"},
    "training": {"data": "nothing", "generators_seen": [], "overlap": "none"},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    work = tmp_path_factory.mktemp("runs")
    rng = np.random.default_rng(0)
    for label in ("0_real", "1_fake"):
        (work / "data" / label).mkdir(parents=True)
        for number in range(12):
            pixels = np.kron(rng.integers(0, 255, (6, 6, 3)), np.ones((8, 8, 1)))
            Image.fromarray(pixels.astype(np.uint8)).save(work / "data" / label / f"{number}.png")
    task = load_task("folders", path=str(work / "data"))
    conditions = load_conditions(["clean", "jpeg:3"])
    config = {"task": {"_target_": "tasks.folders.folders", "path": str(work / "data")}}
    options = Options(runs=work / "runs", cache=None, workers=0, config=config)
    return [
        execute(make_plan(task, load_detector(name), conditions, options), options).path
        for name in ("coin", "always_fake", "template")
    ]


def test_run_becomes_a_submission_that_holds(runs, tmp_path):
    folders = [submit(run, tmp_path / "submissions", card=CARD) for run in runs]
    outcomes = validate_all(folders, TruthCache(RunTruths(runs), tmp_path), tmp_path / "kept")
    for run, outcome in zip(runs, outcomes, strict=True):
        assert outcome.entry is not None, outcome.line
        result = json.loads((run / "result.json").read_text())
        assert outcome.entry.result["conditions"] == result["conditions"]
        assert outcome.entry.result["robustness"] == result["robustness"]
        assert len(outcome.entry.submission.claimed) > 20
        assert outcome.entry.submission.submitter.name == "A. Tester"


def test_submission_carries_no_labels(runs, tmp_path):
    folder = submit(runs[0], tmp_path)
    text = (folder / "submission.json").read_text()
    assert "label" not in text
    assert sorted(path.name for path in folder.iterdir()) == [
        "predictions.parquet", "responses.parquet", "submission.json"]  # fmt: skip


def test_model_cards_fill_what_a_run_does_not_know():
    for name in ("spectrum", "ferretnet_s", "npr", "univfd"):
        card = model_card(name)
        assert card["training"]["data"], name
        assert card["detector"]["licence"], name
    assert model_card("spectrum")["detector"]["family"] == "statistic"
    assert model_card("ferretnet_s")["detector"]["parameters"] == 126_289
    assert model_card("npr")["detector"]["paper"] == "https://arxiv.org/abs/2312.10461"
    mini = model_card("fakevlm_mini")
    assert mini["detector"]["parameters"] == 5_629_889
    assert "realesrgan-x4plus" in mini["training"]["generators_seen"]
    assert "test split" in mini["training"]["overlap"]
    assert model_card("no_such_detector") == {}


def test_somebody_elses_submission_is_not_overwritten(runs, tmp_path):
    other = CARD | {"submitter": {"name": "Another", "affiliation": "", "conflicts": "none"}}
    folder = submit(runs[0], tmp_path, card=CARD)
    assert submit(runs[0], tmp_path, card=CARD) == folder
    with pytest.raises(RefusalError, match="choose another --slug"):
        submit(runs[0], tmp_path, card=other)
    assert submit(runs[0], tmp_path, card=other, slug="mine").name == "mine"


def test_part_of_a_task_is_no_submission(runs, tmp_path):
    part = tmp_path / "part"
    shutil.copytree(runs[0], part)
    manifest = json.loads((part / "manifest.json").read_text())
    manifest["identity"]["limit"] = 5
    (part / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RefusalError, match="without a limit"):
        submit(part, tmp_path / "submissions")


def test_card_with_an_unknown_part_is_an_error(runs, tmp_path, capsys):
    card = tmp_path / "card.json"
    card.write_text('{"protocol": {"task": "other"}}')
    assert command(["submit", str(runs[0]), "--card", str(card)]) == 2
    assert "'protocol' is not one that a submitter states" in capsys.readouterr().err


def test_site_from_runs(runs, tmp_path):
    index = build_from_runs(runs, None, tmp_path / "site", detailed=4)
    assert index.read_text().startswith("<!doctype html>")
    assert len(list((tmp_path / "site/folders@1/samples/pictures/0").iterdir())) == 4
    assert len(list((tmp_path / "site/folders@1/samples/pictures/1").iterdir())) == 4


def test_a_run_that_is_none_is_one_line(tmp_path, capsys):
    assert command(["submit", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert command(["leaderboard", "validate", str(tmp_path)]) == 2
    assert "no submission" in capsys.readouterr().err
    assert command(["--debug", "leaderboard", "validate", str(tmp_path)]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_validate_refuses_an_unknown_task_in_one_line(runs, tmp_path, capsys):
    truth = make_truth(20)
    folder = write_submission(tmp_path, truth, "stray", make_predictions(truth, 1, 0)[0])
    assert main(["validate", str(folder)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("refused: toy@1/stray: unknown task 'toy'")
    assert out.count("\n") == 1


def test_checkout_truth_is_what_a_run_recorded(runs, monkeypatch):
    task = json.loads((runs[0] / "manifest.json").read_text())["config"]["task"]
    monkeypatch.setattr(
        "fakevlm_bench.registry.load_task", lambda _, **__: load_task("folders", path=task["path"])
    )
    key, conditions = "folders@1", ("clean", "jpeg:3")
    made, recorded = checkout_truth(key, conditions, 0), RunTruths(runs)(key, conditions, 0)
    assert made.fingerprint == recorded.fingerprint
    columns = ["sample_id", "condition_id", "label", "group", "width", "height"]
    assert made.frame[columns].equals(recorded.frame[columns])
    assert made.picture("0_real/0.png", "clean") == Path(task["path"], "0_real/0.png").read_bytes()


def test_table_of_changes(runs, tmp_path):
    folders = [submit(run, tmp_path / "submissions", card=CARD, slug=f"s{i}")
               for i, run in enumerate(runs)]  # fmt: skip
    document = json.loads((folders[2] / "submission.json").read_text())
    document["detector"]["family"] = "vision_language"
    (folders[2] / "submission.json").write_text(json.dumps(document))
    truths = TruthCache(RunTruths(runs), tmp_path / "truth")
    outcomes = validate_all(folders, truths, tmp_path / "kept")
    text = changes(outcomes[2:], outcomes[:2], truths)
    assert "| 1 (1–1) | new | **s2** | 0.500" in text


def test_submissions_are_found_at_any_level(tmp_path):
    truth = make_truth(8, conditions=CONDITIONS[:1])
    folder = write_submission(tmp_path, truth, "one", make_predictions(truth, 1, 0)[0])
    for path in (folder, folder.parent, folder.parent.parent):
        assert submission_folders(path) == [folder]


def test_changes_of_a_pull_request(tmp_path):
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org",
             *arguments], check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def diff() -> str:
        git("add", "-A")
        git("commit", "-qm", "change")
        return git("diff", "--raw", "-z", "--no-renames", "HEAD~1", "HEAD")

    git("init", "-q")
    (tmp_path / "README").write_text("x")
    git("add", "-A")
    git("commit", "-qm", "first")
    folder = tmp_path / "leaderboard/submissions/toy@1/mine"
    folder.mkdir(parents=True)
    (folder / "submission.json").write_text("{}")
    assert changed_submissions(diff()) == ["leaderboard/submissions/toy@1/mine"]
    (folder / "predictions.parquet").symlink_to("/etc/passwd")
    with pytest.raises(RefusalError, match="120000"):
        changed_submissions(diff())
    (folder / "predictions.parquet").unlink()
    (folder / "run.sh").write_text("x")
    (folder / "run.sh").chmod(0o755)
    with pytest.raises(RefusalError, match="100755"):
        changed_submissions(diff())
    (tmp_path / "README").write_text("y")
    with pytest.raises(RefusalError, match="outside"):
        changed_submissions(diff())
    (folder.parent / "loose").write_text("y")
    with pytest.raises(RefusalError, match="outside"):
        changed_submissions(diff())


def test_workflow_for_pull_requests_cannot_write_or_run_what_is_proposed():
    text = (ROOT / ".github/workflows/submissions.yml").read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in text
    assert "secrets." not in text
    for step in workflow["jobs"]["validate"]["steps"]:
        assert "${{" not in step.get("run", ""), "expressions in scripts can be injected into"
        assert "head.sha" not in str(step.get("with", {})), "only the base is checked out to run"
