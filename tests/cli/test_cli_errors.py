"""What a user can get wrong is answered in one line with exit code 2, and nothing is damaged."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakevlm_bench import files
from support.privileges import without_privileges


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["detector=coinn"], "unknown detector 'coinn': did you mean coin"),
        (["task=startr"], "unknown task 'startr': did you mean starter?"),
        (["conditions=defualt"], "did you mean default"),
        (["conditions.ids=[jpg:3]"], "unknown condition 'jpg': did you mean jpeg?"),
        (["conditions.ids=[jpeg:9]"], "no level '9': use one of 1, 2, 3, 4, 5"),
        (["conditions.ids=[jpeg:3,jpeg:3]"], "condition appears twice: jpeg:3"),
        (["experiment=starter_quik"], "did you mean starter_quick"),
        (["launcher=locl"], "did you mean local"),
        (["server=vlm"], "did you mean vllm"),
        (["debug=tinny"], "did you mean tiny"),
        (["sead=1"], "unknown setting 'sead'; did you mean 'seed'?"),
        (["detector.sead=1"], "unknown setting 'detector.sead'; did you mean 'detector.seed'?"),
        (["+detector.sead=1"], "unknown setting of detector 'sead': did you mean seed?"),
        (["seed=abc"], "seed=abc"),
        (["max_failed=lots"], "max_failed=lots"),
        (["launcher.workers=many"], "launcher.workers=many"),
        (["conditions.ids=3"], "conditions.ids=3"),
        (["detector.seed=abc"], "seed='abc' is of a wrong type: it takes int"),
        (["limit=0"], "limit=0: it must be at least 1"),
        (["task.path=/nowhere"], "/nowhere does not exist"),
        (["task.path=???"], "path"),
        (["nonsense"], "nonsense"),
        (["--config-dir", "/nowhere"], "/nowhere"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_wrong_word_is_one_line(cli, words, told):
    assert told in cli.refused(*words)


def test_only_a_ready_made_list_leaves_out_what_a_detector_cannot_stand(cli, caplog):
    named = ["conditions=default", "conditions.ids=[clean,pgd_linf:2/255]", "limit=4"]
    told = cli.refused(*named)
    assert "'coin' gives no gradients" in told
    assert "use square_linf" in told
    assert cli.run("--dry-run", *named, "conditions.skip_unsupported=true") == 0
    assert "4 detector calls to make (4 samples × 1 conditions" in cli.out
    caplog.clear()
    with caplog.at_level("INFO"):
        assert cli.run("--dry-run", "conditions=default", "limit=4") == 0
    assert "left out pgd_linf:2/255: pgd_linf: 'coin' gives no gradients" in caplog.text
    assert "(4 samples × 4 conditions" in cli.out


def test_a_subset_that_is_none(cli):
    assert cli("run", "task=starter:quik", "detector=coin", "conditions=clean") == 2
    assert cli.err.endswith(
        "starter has no subset 'quik' of split 'test': only 'quick' of 'test'\n"
    )


def test_a_suite_whose_leaderboard_cannot_be_written_says_so(cli, tmp_path):
    own = tmp_path / "own/experiment"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(
        "# @package _global_\nhydra:\n  mode: MULTIRUN\n  sweeper:\n    params:\n"
        "      detector: coin\n  callbacks:\n    suite:\n"
        "      _target_: fakevlm_bench.cli.suite.Suite\n      site: taken/site\n"
    )
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert cli.run("experiment=mine", "--config-dir", str(own.parent), "limit=4") == 2
    last = cli.err.strip().splitlines()[-1]
    assert last.startswith("fakevlm-bench run: ")
    assert "taken" in last


def test_a_config_file_with_an_unknown_key_or_a_wrong_type(cli, tmp_path):
    folder = tmp_path / "own"
    for name, text in {
        "experiment/odd.yaml": "# @package _global_\nsead: 1\n",
        "experiment/wrong.yaml": "# @package _global_\nlimit: many\n",
        "experiment/broken.yaml": "# @package _global_\nlimit: [\n",
        "conditions/odd.yaml": "idz: [clean]\n",
        "launcher/wrong.yaml": "workers: many\n",
        "detector/odd.yaml": "_target_: fakevlm_bench.detectors.floors.Coin\nsede: 1\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    own = ["--config-dir", str(folder)]
    assert "sead" in cli.refused("experiment=odd", *own)
    assert "limit" in cli.refused("experiment=wrong", *own)
    assert "broken" in cli.refused("experiment=broken", *own)
    assert "idz" in cli.refused("conditions=odd", *own)
    assert "workers" in cli.refused("launcher=wrong", *own)
    assert "did you mean seed?" in cli.refused("detector=odd", *own)


def test_a_sweep_goes_on_past_a_run_that_cannot_be(cli):
    assert cli.run("-m", "detector=coin,spectrum,template", "max_failed=0.1", "limit=6,0") == 2
    assert cli.err.count("limit=0: it must be at least 1") == 1
    assert sorted(line.split(":")[0] for line in cli.out.splitlines()) == [
        "coin", "spectrum", "template"]  # fmt: skip


def test_several_runs_in_one_sweep(cli, tmp_path):
    assert cli.run("-m", "detector=coin,template", "seed=1,2") == 0, cli.err
    runs = [json.loads(path.read_text()) for path in tmp_path.glob("runs/*/*/manifest.json")]
    assert sorted((one["detector"]["name"], one["identity"]["seed"]) for one in runs) == [
        ("coin", 1), ("coin", 2), ("template", 1), ("template", 2)]  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"runs"}, "Hydra leaves nothing here"


def test_a_dry_run_says_how_much_and_writes_nothing(cli, tmp_path):
    assert cli.run("--dry-run", "conditions.ids=[clean,jpeg:3]") == 0
    assert "48 detector calls to make (24 samples × 2 conditions, 0 done), about" in cli.out
    assert list(tmp_path.iterdir()) == []


def state(folder: Path) -> dict[Path, int]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path: path.stat().st_mtime_ns for path in files}


def test_a_run_of_a_newer_layout_is_left_alone(cli, tmp_path):
    assert cli.run() == 0
    (manifest,) = tmp_path.glob("runs/*/*/manifest.json")
    run = str(manifest.parent)
    newer = json.loads(manifest.read_text()) | {"run_version": 99}
    manifest.write_text(json.dumps(newer))
    before = state(manifest.parent)
    assert "update fakevlm-bench" in cli.refused()
    for words in (["score", run], ["verify", run], ["compare", run, run], ["submit", run]):
        assert cli(*words) == 2
        assert "update fakevlm-bench" in cli.err
        assert cli.err.count("\n") == 1
    assert state(manifest.parent) == before


@pytest.mark.parametrize("command", ["show", "score", "verify", "compare", "submit"])
def test_a_folder_that_is_no_run(cli, tmp_path, command):
    extra = [str(tmp_path)] if command == "compare" else []
    assert cli(command, str(tmp_path), *extra) == 2
    assert cli.out == ""
    assert cli.err.count("\n") == 1
    assert str(tmp_path) in cli.err


@pytest.mark.parametrize("place", ["runs", "working folder"])
def test_a_read_only_folder(cli, pictures, tmp_path, place):
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    probe = f"import pathlib; pathlib.Path({str(locked / 'x')!r}).mkdir()"
    if subprocess.run([sys.executable, "-c", probe], preexec_fn=without_privileges,
                      capture_output=True, check=False).returncode == 0:  # fmt: skip
        pytest.skip("this user writes where permissions forbid it, and cannot give that up")
    runs = locked if place == "runs" else tmp_path / "runs"
    command = [sys.executable, "-m", "fakevlm_bench.cli.main", "run", "task=folders",
               "conditions=clean", f"task.path={pictures}", "cache=null", "detector=coin",
               f"runs={runs}"]  # fmt: skip
    done = subprocess.run(command, cwd=locked, preexec_fn=without_privileges, check=False,
                          capture_output=True, text=True)  # fmt: skip
    if place == "runs":
        assert done.returncode == 2
        assert done.stderr.startswith("fakevlm-bench run: ")
        assert done.stderr.endswith("Permission denied\n")
        assert done.stderr.count("\n") == 1
    else:
        assert done.returncode == 0, done.stderr
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize("writes", [1, 2, 4, 5])
def test_a_full_disk_stops_in_one_line_and_the_run_continues(cli, tmp_path, monkeypatch, writes):
    """The disk fills up after so many files; a run begins with its manifest."""
    assert cli.run("runs=undisturbed") == 0
    real, left = files.os.fsync, [writes]

    def fsync(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "responses")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", fsync)
    status = cli.run()
    if left[0] < 0:
        assert status == 2
        assert cli.err.count("\n") == 1
        assert "No space left on device" in cli.err
    assert not list(tmp_path.glob("runs/**/*.tmp"))
    monkeypatch.setattr(files.os, "fsync", real)
    assert cli.run() == 0, cli.err
    (folder,) = tmp_path.glob("runs/*/coin-*")
    (whole,) = tmp_path.glob("undisturbed/*/coin-*")
    assert json.loads((folder / "result.json").read_text())["conditions"] == json.loads(
        (whole / "result.json").read_text())["conditions"]  # fmt: skip
    assert cli("verify", str(folder)) == 0, cli.out


def test_a_cache_that_cannot_be_written(cli, tmp_path):
    (tmp_path / "no_cache").write_text("this is no data base, and long enough to be seen as none")
    assert "set cache=null to do without" in cli.refused(f"cache={tmp_path / 'no_cache'}")
