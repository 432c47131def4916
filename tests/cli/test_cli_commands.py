"""From runs to comparisons, scored answers, submissions and a site, by command and by call."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import fakevlm_bench as fb
from fakevlm_bench.cli.main import main
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import ConfigError, DataError


@pytest.fixture(scope="module")
def task(pictures):
    return fb.load_task("folders", path=str(pictures))


@pytest.fixture(scope="module")
def runs(task, pictures, tmp_path_factory):
    config = {"task": {"_target_": "tasks.folders.folders", "path": str(pictures)}}
    options = Options(cache=None, workers=0, config=config)
    folder = tmp_path_factory.mktemp("runs")
    return [
        fb.evaluate(task, fb.load_detector(name), ["clean"], folder, options=options)
        for name in ("coin", "always_fake")
    ]


def test_compare_by_call_and_by_command(runs, cli, tmp_path):
    found = fb.compare(runs)
    (pair,) = found.to_dict("records")
    values = {run.result["detector"]: run.result["detection"]["balanced_accuracy"]["value"]
              for run in runs}  # fmt: skip
    assert pair["value_a"] == pytest.approx(values["coin"])
    assert pair["value_b"] == pytest.approx(0.5)
    assert pair["difference"] == pytest.approx(values["coin"] - 0.5)
    assert {row["name"] for row in found.attrs["ranking"]} == {"coin", "always_fake"}
    paths = [str(run.path) for run in runs]
    assert cli("compare", *paths, "--matrix", "beats.html") == 0
    assert "coin − always_fake" in cli.out
    assert "plotly" in (tmp_path / "beats.html").read_text()
    assert cli("compare", *paths, "--format", "json", "--metric", "accuracy") == 0
    shown = json.loads(cli.out)
    assert shown["metric"] == "accuracy"
    assert shown["pairs"][0]["test"] == "mcnemar"
    assert cli("compare", *paths, "--format", "csv") == 0
    assert cli.out.splitlines()[0].startswith("a,b,value_a")


def test_compare_refuses_what_cannot_be_compared(runs):
    with pytest.raises(ConfigError, match="two runs"):
        fb.compare(runs[:1])
    with pytest.raises(ConfigError, match="did you mean auroc"):
        fb.compare(runs, "aurok")
    with pytest.raises(ConfigError, match=r"unknown condition of .*coin.*known: clean"):
        fb.compare(runs, condition="jpeg:3")


def test_two_runs_of_one_detector_are_told_apart(task, tmp_path):
    options = [Options(cache=None, workers=0, seed=seed) for seed in (0, 1)]
    detector = fb.load_detector("coin")
    runs = [fb.evaluate(task, detector, run_dir=tmp_path, options=one) for one in options]
    found = fb.compare(runs)
    assert set(found[["a", "b"]].to_numpy().ravel()) == {run.path.name for run in runs}


def records_of(run):
    rows = run.predictions[["sample_id", "score"]].to_dict("records")
    return [{"id": row["sample_id"], "score": row["score"]} for row in rows]


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "parquet"])
def test_answers_of_another_program_give_the_figures_of_a_run(task, runs, tmp_path, form):
    path = tmp_path / f"answers.{form}"
    records = records_of(runs[0])
    if form == "json":
        path.write_text(json.dumps(records))
    elif form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in records))
    elif form == "csv":
        pd.DataFrame(records).to_csv(path, index=False)
    else:
        pd.DataFrame(records).to_parquet(path)
    found = fb.score_responses(path, task=task)
    detection = dict(runs[0].result["detection"])
    del detection["balanced_accuracy_at_published"]  # only a detector has published a threshold
    assert found["detection"] == detection
    assert found["coverage"] == runs[0].result["coverage"]


def test_answers_in_words_as_the_official_evaluation_writes_them(task, tmp_path):
    path = tmp_path / "results.json"
    said = {"0_real": "This is a real image. Nothing is odd.", "1_fake": "Fake! The hands melt."}
    rows = [{"id": name, "caption": said[name.split("/")[0]]} for name in task.dataset.ids()]
    rows[0]["caption"] = "I cannot say."
    path.write_text(json.dumps(rows[:-1]))
    found = fb.score_responses(path, format="fakevlm", task=task)
    assert found["coverage"] == {"planned": 24, "ok": 22, "unparsed": 1, "failed": 1,
                                 "share": pytest.approx(22 / 24)}  # fmt: skip
    assert found["detection"]["recall_fake"]["value"] == pytest.approx(11 / 12)
    assert found["detection"]["recall_real"]["value"] == pytest.approx(11 / 12)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read"),
        ("{}", "not a list"),
        ('[{"score": 1}]', "answer 0 .* has no 'id'"),
        ('[{"id": "x", "score": 1}]', "belong to no sample of folders@1, first 'x'"),
        ('[{"id": "x", "score": 1}, {"id": "x", "score": 1}]', "two answers for sample 'x'"),
        ('[{"id": "x", "score": 1.5}]', "1.5, not within"),
        ('[{"id": "x", "score": NaN}]', "nan, not within"),
        ('[{"id": "x", "logit": "high"}]', "the logit is not a number"),
        ("[]", "holds no answers"),
        ('[{"id": "x"}]', r"answer 0 .*'x'.*no text or score or logit"),
    ],
)
def test_answers_that_do_not_fit(task, tmp_path, text, told):
    path = tmp_path / "answers.json"
    path.write_text(text)
    with pytest.raises(DataError, match=told):
        fb.score_responses(path, task=task)
    with pytest.raises(ConfigError, match="did you mean fakevlm"):
        fb.score_responses(path, task=task, format="fakevml")


def test_score_of_records_by_command(cli, tmp_path):
    task = fb.load_task("starter:quick")
    rows = [{"id": name, "text": "This is a fake image."} for name in task.dataset.ids()]
    (tmp_path / "answers.json").write_text(json.dumps(rows))
    words = ["score", "answers.json", "--format", "records"]
    assert cli(*words, "--task", "starter:quick") == 0, cli.err
    assert "recall_fake                      1.000" in cli.out
    assert cli(*words, "task=starter:quick") == 0, cli.err
    assert "recall_fake                      1.000" in cli.out
    assert cli(*words) == 2
    assert "no task: add task=NAME" in cli.err


def test_score_takes_the_settings_of_the_task(cli, pictures, tmp_path):
    task = fb.load_task("folders", path=str(pictures))
    rows = [{"id": name, "score": 0.4} for name in task.dataset.ids()]
    (tmp_path / "answers.json").write_text(json.dumps(rows))
    words = ["score", "answers.json", "--format", "records"]
    place = f"task.path={pictures}"
    for order in (["--task", "folders", place], ["task=folders", place],
                  [place, "--task", "folders", "--threshold", "0.3"]):  # fmt: skip
        assert cli(*words, *order) == 0, cli.err
        caught = "1.000" if "--threshold" in order else "0.000"
        assert f"recall_fake                      {caught}" in cli.out
    assert cli(*words, "--task", "folders", place, "--coordinates", "pixel") == 2
    assert "unknown unit of coordinates 'pixel': did you mean pixels?" in cli.err
    assert cli(*words, "--task", "folders", place, "seed=3") == 2
    assert "'seed=3' has no effect: score takes task=…" in cli.err
    assert cli(*words, place) == 2
    assert "no task: add task=NAME" in cli.err
    assert cli("score", "answers.json", "--format", "fakevlm", "--coordinates", "unit") == 2
    assert "--coordinates: only for --format records" in cli.err
    assert cli("score", "somewhere", place) == 2
    assert "settings: only for --format records" in cli.err


def test_scored_again_a_run_gives_the_same(runs, cli):
    before = (runs[0].path / "result.json").read_bytes()
    assert cli("score", str(runs[0].path)) == 0
    assert (runs[0].path / "result.json").read_bytes() == before
    assert cli("verify", str(runs[0].path)) == 0
    assert "everything recomputes" in cli.out
    assert cli("show", str(runs[0].path)) == 0
    assert "balanced_accuracy" in cli.out


def test_submit_and_leaderboard(runs, cli, tmp_path, monkeypatch):
    assert cli("submit", str(runs[0].path)) == 0, cli.err
    folder = tmp_path / "leaderboard/submissions/folders@1"
    assert cli.out.strip() == str((folder / next(folder.iterdir()).name).relative_to(tmp_path))
    words = ["--run", str(runs[0].path), "--run", str(runs[1].path), "--out", "site"]
    assert cli("leaderboard", "build", *words) == 0, cli.err
    assert (tmp_path / "site/index.html").read_text().startswith("<!doctype html>")
    monkeypatch.setattr("sys.stdin.read", lambda: "", raising=False)
    assert cli("leaderboard", "validate", str(folder)) == 1
    assert cli.out.startswith("refused: folders@1/coin-"), "nobody else has this task's images"
    assert cli("leaderboard") == 2


def test_what_stdin_names_is_what_changed(cli, monkeypatch, capsys):
    class Nothing:
        def read(self) -> str:
            return ""

    monkeypatch.setattr("sys.stdin", Nothing())
    assert main(["leaderboard", "changed"]) == 0
    assert capsys.readouterr().out == ""


def test_lists(cli):
    assert cli("list", "--json") == 0
    listed = json.loads(cli.out)
    assert set(listed) == {"tasks", "detectors", "conditions", "metrics"}
    assert {"starter", "folders"} <= set(listed["tasks"])
    assert listed["detectors"]["coin"]["runs_here"] is True
    assert all(entry["summary"] for entry in listed["detectors"].values())
