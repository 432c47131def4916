"""Every file of every config group composes and instantiates; people's own do too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import fakevlm_bench as fb
from fakevlm_bench.cli.compose import instantiate
from fakevlm_bench.config import RunConfig, detectors_here, register
from fakevlm_bench.data_files import data_folder
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.leaderboard.schema import submission_schema
from fakevlm_bench.protocols import Attack, Perturbation, PromptPerturbation
from fakevlm_bench.registry import (
    build,
    condition_list,
    config,
    find,
    load_condition,
    load_conditions,
    load_detector,
    names,
)  # fmt: skip
from fakevlm_bench.types import Task

FOLDER = data_folder("conf")
FILES = [
    *sorted(
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*.yaml")
    ),
    *sorted(f"task/{path.stem}" for path in data_folder("tasks").glob("*.yaml")),
]
ENDPOINT = {"base_url": "http://127.0.0.1:9/v1"}
GROUPS = {
    "task",
    "detector",
    "server",
    "conditions",
    "condition",
    "launcher",
    "experiment",
    "debug",
}


def composed(*overrides: str):
    register()
    with initialize_config_dir(str(FOLDER), version_base="1.3"):
        return compose("run", list(overrides), return_hydra_config=True)


def test_the_groups_are_those_that_the_help_names():
    assert {Path(name).parent.name for name in FILES} == GROUPS


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("condition/")])
def test_each_file_composes_and_instantiates(name, pictures):
    group, _, entry = name.partition("/")
    text = find(group, entry).read_text()
    words = [f"{group}={entry}"]
    given = {"path": str(pictures), **ENDPOINT}
    words += [f"{group}.{key}={given[key]}" for key in re.findall(r"^(\w+): \?\?\?", text, re.M)]
    if "${server" in text:
        words += ["server=endpoint", *(f"server.{key}={value}" for key, value in ENDPOINT.items())]
    found = composed(*words)
    job = instantiate(found)
    task, detector, conditions, options = job.task, job.detector, job.conditions, job.options
    assert isinstance(task, Task)
    assert callable(detector.predict)
    assert callable(detector.fingerprint)  # not called: it may fetch weights to digest them
    assert conditions[0].id == "clean"
    assert OmegaConf.is_missing(found, "server") is False
    assert set(RunConfig.__dataclass_fields__) - {"defaults"} <= set(found)
    assert options.ahead >= 1


@pytest.mark.parametrize("name", names("condition"))
def test_each_condition_does_something_of_its_kind(name, tmp_path):
    if "level: ???" in (FOLDER / "condition" / f"{name}.yaml").read_text():
        with pytest.raises(ConfigError, match="no adversarial images"):
            load_condition(f"{name}:{tmp_path}")
        return
    operation = load_condition(name).operation
    assert isinstance(operation, Perturbation | PromptPerturbation | Attack)


@pytest.mark.parametrize("name", names("conditions"))
def test_each_list_of_conditions_is_loaded_whole(name):
    ids = condition_list(name)
    assert ids[0] == "clean"
    assert [one.id for one in load_conditions(ids)] == ids


@pytest.mark.parametrize("name", names("detector"))
def test_each_detector_is_named_like_its_file(name):
    served = "${server" in (FOLDER / "detector" / f"{name}.yaml").read_text()
    server = {"kind": "endpoint", **ENDPOINT} if served else None
    assert load_detector(name, server=server).name == name


def test_files_are_short():
    long = [name for name in FILES if not name.startswith("conditions/")
            and len(find(*name.split("/")).read_text().splitlines()) > 30]  # fmt: skip
    assert long == []


def test_the_default_suite_takes_whatever_answers_here():
    suite = composed("experiment=starter_quick").hydra.sweeper.params.detector.split(",")
    assert suite == detectors_here()
    assert set(suite) >= {
        "always_fake", "always_real", "coin", "template", "spectrum", "noise_residual",
        "fakevlm_mini",
    }  # fmt: skip
    for name in suite:
        assert load_detector(name, server="local").name == name


def test_every_card_can_be_submitted():
    families = submission_schema()["properties"]["detector"]["properties"]["family"]["enum"]
    for file in sorted((FOLDER / "detector").glob("*.yaml")):
        card = config("detector", file.stem).get("card", {})
        assert card.get("family", "other") in families, file.name


MINE = """
from fakevlm_bench.types import Capabilities, Response

class Mine:
    name, batch_size, threshold = "mine", 4, 0.5
    capabilities = Capabilities(score=True)

    def __init__(self, score: float = 0.25) -> None:
        self.score = score

    def fingerprint(self):
        return {"name": self.name, "score": self.score}

    def predict(self, queries):
        return [Response(score=self.score) for _ in queries]
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of somebody's own: a detector with its class, a condition, a list, a task."""
    monkeypatch.setenv("FAKEVLM_BENCH_CONFIG_DIR", "")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "somebodys_package.py").write_text(MINE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    folder = tmp_path / "my_conf"
    files = {
        "detector/mine.yaml": "_target_: somebodys_package.Mine\nscore: 0.75\n",
        "condition/tiny.yaml": (FOLDER / "condition" / "resize.yaml").read_text(),
        "conditions/few.yaml": "ids: [clean, tiny]\n",
        "experiment/all.yaml": "# @package _global_\nlimit: 6\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_folder_of_ones_own_is_used(cli, own):
    words = ["detector=mine", "conditions=few", "experiment=all", "--config-dir", str(own)]
    assert cli.run(*words) == 0, cli.err
    assert "TINY" in cli.out.upper()
    assert cli("list", "detectors", "--config-dir", str(own)) == 0
    assert "\n  mine " in cli.out


def test_a_class_of_ones_own_needs_no_file(cli, own):
    assert cli.run("detector._target_=somebodys_package.Mine", "~detector.seed", "limit=4") == 0, (
        cli.err
    )
    assert "/mine-" in cli.out


def test_a_class_that_is_not_there_is_one_line(cli, own):
    assert "somebodys_pakcage" in cli.refused(
        "detector._target_=somebodys_pakcage.Mine", "~detector.seed"
    )


def test_a_config_without_a_class_is_an_error():
    with pytest.raises(Exception, match="needs a '_target_'"):
        build({"seed": 1}, "detector 'x'")


def test_a_folder_of_ones_own_means_the_same_in_every_command(cli, own, pictures, tmp_path):
    (own / "detector/coin.yaml").write_text(
        "# Not the shipped one.\n_target_: somebodys_package.Mine\n"
    )
    (own / "task").mkdir()
    (own / "task/ours.yaml").write_text((find("task", "folders")).read_text())
    place = f"task.path={pictures}"
    assert cli("--config-dir", str(own), "run", "detector=coin", "task=ours", place,
               "conditions=clean", f"runs={tmp_path}/runs", "cache=null") == 0, cli.err  # fmt: skip
    assert "/mine-" in cli.out, "one's own entry comes before the shipped one of its name"
    run = cli.out.rpartition("run: ")[2].strip()
    assert cli("list", "detectors", f"--config-dir={own}") == 0
    assert "Not the shipped one." in cli.out
    assert cli("report", run, "task=ours", place, "--config-dir", str(own)) == 0, cli.err
    assert cli("report", run, "--config-dir", str(own), "--out", f"{tmp_path}/own.html") == 0
    assert "data:image/webp" in (tmp_path / "own.html").read_text()
    words = ["attack", "square_linf:2", "task=ours", place, "detector=mine", "limit=2"]
    assert cli(*words, "--config-dir", str(own), "--out", str(tmp_path / "adv")) == 0, cli.err
    answers = tmp_path / "answers.csv"
    answers.write_text(
        f"id,score\n{fb.load_task('folders', path=str(pictures)).dataset.ids()[0]},1\n"
    )
    words = ["score", str(answers), "--format", "records", "task=ours", place]
    assert cli(*words, "--config-dir", str(own)) == 0, cli.err
    assert cli(*words) == 2
    assert "unknown task 'ours'" in cli.err, "nothing of the folder is left behind"
    assert cli("list", "--config-dir", "/nowhere") == 2
    assert "--config-dir: there is no folder '/nowhere'" in cli.err


@pytest.mark.parametrize("words", [["--debug", "show", "/no"], ["show", "/no", "--debug"]])
def test_debug_shows_the_traceback_before_and_after_the_command(cli, words):
    assert cli(*words) == 2
    assert "Traceback" in cli.err
    assert cli("show", "/no") == 2
    assert "Traceback" not in cli.err
