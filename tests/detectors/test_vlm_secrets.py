"""No secret stands in any file, log, page or line of output, whatever fails."""

import copy
import json
import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fakevlm_bench.api import evaluate
from fakevlm_bench.availability import availability
from fakevlm_bench.detectors.server import Endpoint
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.engine.run import Options
from fakevlm_bench.engine.verify import verify
from fakevlm_bench.errors import BenchError, ConfigError, DetectorError, RunError
from fakevlm_bench.registry import load_task
from fakevlm_bench.secret import Secret, conceal, hide, public, redact
from support.fake_server import cuts_off, hangs_up, refuses, says, serving

KEY = 'sk-Key/with+odd"chars=42'


@pytest.fixture
def pictures(tmp_path_factory):
    root = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for label in ("0_real", "1_fake"):
        (root / label).mkdir()
        for number in range(4):
            pixels = rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / label / f"{number}.png")
    return root


def echoes(status=200):
    """Answer with everything that the request carried, as some servers' error pages do."""

    def act(_, asked):
        told = f"This is a fake image. {json.dumps(asked.headers)} {asked.path} {asked.headers}"
        return says(told) if status == 200 else refuses(status, told)

    return act


def command(folder, pictures, *words, **environment):
    """Run the command as a user does; give its exit status and all that it printed."""
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [sys.executable, "-m", "fakevlm_bench.cli.main", *words], cwd=folder, capture_output=True,
        text=True, check=False, env={**plain, "XDG_CACHE_HOME": str(folder / "cache"),
                                     "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def settings(server, pictures):
    return ["task=folders", f"task.path={pictures}", "conditions=clean", "launcher=serial",
            "detector=openai_api", "server=endpoint", f"server.base_url={server.url}",
            "detector.client.retries=0"]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "act",
    [echoes(), echoes(400), echoes(500), echoes(401), lambda *_: cuts_off, lambda *_: hangs_up],
    ids=["answer", "400", "500", "401", "cut-off", "hang-up"],
)
def test_a_key_is_in_no_file_and_no_output(tmp_path, pictures, no_leak, act):
    with serving(act) as server:
        words = [*settings(server, pictures), "server.api_key_env=TESTED_KEY",
                 "+server.headers.x-team=header/secret+77"]  # fmt: skip
        for command_words in (["run", *words], ["--debug", "run", *words]):
            _, said = command(tmp_path, pictures, *command_words, TESTED_KEY=KEY)
            no_leak(KEY, said, tmp_path)
            no_leak("header/secret+77", said, tmp_path)
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert server.asked[0].headers["x-team"] == "header/secret+77"


@pytest.mark.slow
def test_neither_pages_nor_submissions_nor_printed_configurations_show_a_secret(
    tmp_path, pictures, no_leak
):
    secrets = ["headersecret1", "querysecret2", "usersecret3", "requestsecret4"]
    with serving(echoes()) as server:
        place = server.url.replace("http://", f"http://me:{secrets[2]}@")
        words = [*settings(server, pictures), f"server.base_url={place}?v=1&api-key={secrets[1]}",
                 f"server.headers={{X-Api: {secrets[0]}}}",
                 f"+detector.request.api_key={secrets[3]}"]  # fmt: skip
        outputs = [
            command(tmp_path, pictures, *more)
            for more in (
                ["run", *words],
                ["run", *words, "seed=1"],
                ["run", "-m", *words, "seed=2,3"],
                ["run", "--dry-run", *words, "seed=4"],
                ["run", "--cfg", "job", *words],
                ["run", "--cfg", "job", "--resolve", *words],
                ["run", "--cfg", "all", *words],
                ["run", "--info", "all", *words],
                ["run", *words, "nonsense=1"],
                ["run", *words, "detector.nonsense=1"],
                ["run", *words, "server.nonsense=1"],
            )
        ]
        assert [status for status, _ in outputs[:4]] == [0, 0, 0, 0], outputs
        (run, *_) = sorted(tmp_path.glob("runs/*/openai_api-*"))
        outputs += [
            command(tmp_path, pictures, "report", str(run)),
            command(tmp_path, pictures, "show", str(run)),
            command(tmp_path, pictures, "submit", str(run), "--out", "submitted"),
            command(tmp_path, pictures, "verify", str(run)),
        ]
    assert outputs[-1][0] == 0, outputs[-1]
    assert "requestsecret4" in server.asked[0].body["api_key"]
    assert (tmp_path / "runs/.sweep/multirun.yaml").is_file()
    for secret in secrets:
        no_leak(secret, tmp_path, *(said for _, said in outputs))


@pytest.mark.slow
def test_secrets_in_a_users_file_are_not_copied(tmp_path, pictures, no_leak):
    own = tmp_path / "own/server"
    own.mkdir(parents=True)
    with serving(echoes()) as server:
        (own / "mine.yaml").write_text(
            f"_target_: fakevlm_bench.detectors.server.Endpoint\nbase_url: {server.url}\n"
            "headers:\n  Authorization: Bearer filesecret-0123456789-0123456789 and a long tail "
            "of it that is folded tailsecret0123\n"
        )
        base = [word for word in settings(server, pictures) if not word.startswith("server")]
        words = [*base, "server=mine", "--config-dir", str(own.parent)]
        outputs = [
            command(tmp_path, pictures, "run", *words),
            command(tmp_path, pictures, "run", "-m", *words, "seed=1,2"),
            command(tmp_path, pictures, "run", "--cfg", "job", *words),
        ]
    assert [status for status, _ in outputs] == [0, 0, 0], outputs
    (own / "mine.yaml").unlink()
    for secret in ("filesecret-0123456789-0123456789", "tailsecret0123"):
        no_leak(secret, tmp_path, *(said for _, said in outputs))


@pytest.mark.parametrize(
    "key", ["newline\nsecret99", "blank secret99", "tailsecret99\n", "schlüssel99"]
)
def test_a_key_that_no_header_can_carry_is_one_line_before_anything_is_sent(
    tmp_path, pictures, no_leak, key
):
    with serving(echoes()) as server:
        words = [*settings(server, pictures), "server.api_key_env=TESTED_KEY"]
        status, said = command(tmp_path, pictures, "run", *words, TESTED_KEY=key)
    assert server.asked == []
    assert status == 2
    assert "the key in TESTED_KEY has a line break, a blank or another character" in said
    no_leak(key, said, tmp_path)


@pytest.mark.parametrize("value", ["line\nsecret99", " secretblank99", "", "schlüssel99"])
def test_a_header_that_cannot_be_sent_is_named_without_its_value(value, no_leak):
    with pytest.raises(ConfigError, match="the value of 'x-api'") as caught:
        Endpoint("http://x/v1", headers={"x-api": value})
    if value:
        no_leak(value, str(caught.value))


def test_a_key_in_the_place_of_its_variables_name_is_not_repeated(no_leak):
    with pytest.raises(ConfigError, match="give the variable's name") as caught:
        Endpoint("http://x/v1", api_key_env="sk-pasted-0123456")
    no_leak("sk-pasted-0123456", str(caught.value))
    for pasted in ("sk-pasted-0123456", "pasted0123456abc"):
        reason = availability({"server": {"api_key_env": pasted}})
        no_leak(pasted, reason)
    end = Endpoint("http://x/v1", api_key_env="pasted0123456abc")
    with pytest.raises(DetectorError) as missing:
        VisionLanguageModel("tested", "m", end)._connected()
    no_leak("pasted0123456abc", str(missing.value))


def test_the_python_interface_keeps_secrets_too(tmp_path, pictures, no_leak, monkeypatch, caplog):
    monkeypatch.setenv("TESTED_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with serving(echoes(500)) as server:
        end = Endpoint(server.url, "TESTED_KEY", {"x-api": "pythonsecret1"})
        detector = VisionLanguageModel("tested", "m", end, client={"retries": 0})
        options = Options(cache=tmp_path / "cache.sqlite", workers=0,
                          config={"server": {"headers": {"x-api": "pythonsecret1"}}})  # fmt: skip
        task = load_task("folders", path=str(pictures))
        with pytest.raises(RunError) as caught:
            evaluate(task, detector, run_dir=tmp_path / "runs", options=options)
        logging.getLogger("somebody").warning("%s sent %s", "x", KEY)
        logging.getLogger("somebody").warning("sent %d", KEY)  # does not fit its argument
    told = "\n".join([str(caught.value), repr(caught.value), repr(end), caplog.text])
    no_leak(KEY, tmp_path, told)
    no_leak("pythonsecret1", tmp_path, told)


def served(server, folder, pictures, key, monkeypatch, **options):
    monkeypatch.setenv("TESTED_KEY", key)
    detector = VisionLanguageModel("tested", "m", Endpoint(server.url, "TESTED_KEY"))
    task = load_task("folders", path=str(pictures))
    return evaluate(
        task, detector, run_dir=folder, options=Options(cache=None, workers=0, **options)
    )


def test_a_key_that_is_a_word_of_the_suite_tears_no_record_apart(tmp_path, pictures, monkeypatch):
    with serving(lambda *_: says("This is a fake image, tested.")) as server:
        run = served(server, tmp_path, pictures, "tested", monkeypatch)
    assert run.manifest.detector.name == run.result["detector"] == "tested"
    assert run.manifest.identity.detector["name"] == "tested"
    assert list(run.predictions["status"]) == ["ok"] * 8
    assert verify(run.folder) == []


def test_a_record_of_a_version_that_hid_nothing_is_mended(tmp_path, pictures, monkeypatch, no_leak):
    with serving(lambda number, _: says() if number < 3 else refuses(401)) as server:
        with pytest.raises(DetectorError):
            served(server, tmp_path, pictures, KEY, monkeypatch)
        (path,) = tmp_path.glob("*/*/manifest.json")
        old = {"server": {"headers": {"x": "oldrecordsecret1"}}}
        path.write_text(json.dumps(json.loads(path.read_text()) | {"config": old}))
        server.act = lambda *_: says()
        served(server, tmp_path, pictures, KEY, monkeypatch)
    no_leak("oldrecordsecret1", tmp_path)


def test_a_secret_shows_itself_to_nobody():
    secret = Secret("value-of-it-1")
    assert {repr(secret), str(secret), f"{secret}", f"{[secret]}"} <= {"***", "[***]"}
    assert copy.deepcopy({"a": secret})["a"].reveal() == "value-of-it-1"
    for write in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            write(secret)
    assert redact("a value-of-it-1 b") == "a *** b"
    assert str(BenchError("with value-of-it-1")) == "with ***"


def test_a_configuration_is_hidden_by_its_places(no_leak):
    config = {
        "server": {"base_url": "http://u:placesecret1@h/v1?key=placesecret2&v=1",
                   "headers": {"accept": "x/y", "n": 5}, "api_key_env": "NAME",
                   "environment": {"HF_TOKEN": "placesecret3", "HOME": "/h"},
                   "arguments": ["--api-key", "placesecret4", "--api-key=placesecret5", "--x"]},
        "detector": {"prompting": {"image_token": "<image>"}, "max_tokens": 7,
                     "request": {"api_key": "placesecret6", "stop": ["x"]}},
        "task": {"token": "placesecret7", "key": "starter@1"},
    }  # fmt: skip
    hidden = hide(config)
    assert hidden == {
        "server": {"base_url": "http://***@h/v1?key=***&v=1",
                   "headers": {"accept": "***", "n": "***"},
                   "api_key_env": "NAME", "environment": {"HF_TOKEN": "***", "HOME": "/h"},
                   "arguments": ["--api-key", "***", "--api-key=***", "--x"]},
        "detector": {"prompting": {"image_token": "<image>"}, "max_tokens": 7,
                     "request": {"api_key": "***", "stop": ["x"]}},
        "task": {"token": "***", "key": "starter@1"},
    }  # fmt: skip
    for number in range(1, 8):
        no_leak(f"placesecret{number}", redact(str(config)))


def test_plain_words_stay_as_they_are():
    conceal("EMPTY", "none")
    Endpoint("http://x/v1", headers={"x-title": "starter", "x-model": "fakevlm"})
    said = "EMPTY none starter fakevlm http://h/v1?model=x is fine"
    assert public(said) == said
