"""Running as users run it: stopped by a signal, without a home, on a poor terminal, dry."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from support.fake_server import refuses, says, serving
from support.privileges import without_privileges

ROOT = Path(__file__).parents[2]


def words(pictures: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "fakevlm_bench.cli.main", "run", "task=folders",
            f"task.path={pictures}", "conditions=clean", "detector=coin", *more]  # fmt: skip


def endpoint(server, pictures, *more: str) -> list[str]:
    return [*words(pictures), "cache=null", "launcher=serial", "detector=qwen3_vl",
            "server=endpoint", f"base_url={server.url}", "detector.client.retries=0",
            *more]  # fmt: skip


def run(command: list[str], folder: Path, **options):
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, **options)


SLOW = """
    import sys, time
    from fakevlm_bench.types import Capabilities, Response

    class Slow:
        name, capabilities, batch_size, threshold = "slow", Capabilities(score=True), 1, 0.5

        def fingerprint(self):
            return {"name": "slow"}

        def predict(self, queries):
            time.sleep(0.3)
            return [Response(score=0.5) for _ in queries]
"""


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_run_cleanly_and_it_continues(tmp_path, pictures, number, status):
    (tmp_path / "own/detector").mkdir(parents=True)
    (tmp_path / "own/detector/slow.yaml").write_text("_target_: slow_one.Slow\n")
    (tmp_path / "slow_one.py").write_text(textwrap.dedent(SLOW))
    command = [*words(pictures), "detector=slow", "cache=null", "--config-dir", "own",
               "conditions.ids=[clean,jpeg:3]", "launcher.workers=1"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        # A shell's background job ignores some signals, and its children with it.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("runs/*/*/responses/part-*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert (
        said.decode() == "interrupted; finished work is kept, and the same command continues it\n"
    )
    done = run(command, tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"48 of 48" in done.stdout or b"24 of 24" in done.stdout


POOR = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "command",
    [["run", "--help"], ["run"], ["list"], ["list", "--json"], ["list", "metrics"], ["--help"],
     ["run", "detector=coinn"], ["show"], ["verify"], ["compare"]],
    ids=" ".join,
)  # fmt: skip
def test_no_letter_breaks_a_poor_terminal(tmp_path, pictures, command):
    environment = {**os.environ, **POOR, "PYTHONPATH": str(ROOT)}
    whole = words(pictures, "cache=null", "launcher=serial")
    if command in (["show"], ["verify"], ["compare"]):
        assert run(whole, tmp_path, env=environment).returncode == 0
        (folder,) = tmp_path.glob("runs/*/*")
        command = [*command, *[str(folder)] * (1 + (command == ["compare"]))]
    head = whole if command == ["run"] else [*whole[:3], *command]
    done = run(head, tmp_path, env=environment)
    assert b"Traceback" not in done.stderr, done.stderr
    assert b"Unicode" not in done.stderr
    (done.stdout + done.stderr).decode("ascii")


@pytest.mark.parametrize("cache", ["auto", "null"])
def test_without_a_home(tmp_path, pictures, cache):
    """A user whom the system does not know, as containers have them."""
    bare = {name: value for name, value in os.environ.items()
            if name not in ("HOME", "XDG_CACHE_HOME", "HF_HOME")}  # fmt: skip
    code = (
        "import os, pwd, sys\n"
        "pwd.getpwuid = lambda number: (_ for _ in ()).throw(KeyError(number))\n"
        "from fakevlm_bench.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [
        sys.executable,
        "-c",
        code,
        *words(pictures, f"cache={cache}", "launcher=serial")[3:],
    ]
    done = run(command, tmp_path, env=bare | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    said = done.stderr.decode()
    assert said.count("\n") == (cache == "auto"), said
    if cache == "auto":
        assert said.startswith("going on without a cache: ")
        assert "set HOME or XDG_CACHE_HOME" in said


@pytest.mark.parametrize("cache", ["auto", "null"])
def test_in_a_home_that_cannot_be_written(tmp_path, pictures, cache):
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o555)
    bare = {name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"}
    done = run(words(pictures, f"cache={cache}"), tmp_path, preexec_fn=without_privileges,
               env=bare | {"HOME": str(home), "PYTHONPATH": str(ROOT)})  # fmt: skip
    if list(home.iterdir()):
        pytest.skip("this user writes where permissions forbid it, and cannot give that up")
    said = done.stderr.decode()
    assert done.returncode == 0, said
    assert said.count("\n") == (cache == "auto"), said
    assert said.startswith("going on without a cache: " if cache == "auto" else "")


def test_a_dry_run_sends_nothing_and_says_what_past_runs_and_prices_tell(tmp_path, pictures):
    with serving(lambda *_: says()) as server:
        command = endpoint(server, pictures, "+detector.prices={price_per_million_tokens_in: 10, "
                           "price_per_million_tokens_out: 100}")  # fmt: skip
        first = run([*command, "--dry-run"], tmp_path)
        assert first.returncode == 0, first.stderr
        assert b"24 detector calls to make" in first.stdout
        assert b"time and cost are unknown" in first.stdout
        assert b"sample=20" in first.stdout
        assert server.asked == []
        assert list(tmp_path.iterdir()) == []
        sampled = run([*command, "--dry-run", "sample=4"], tmp_path)
        assert b"from a sample of 4 images" in sampled.stdout
        assert len(server.asked) == 4
        assert run(command, tmp_path).returncode == 0
        asked = len(server.asked)
        again = run([*command, "--dry-run", "seed=1"], tmp_path)
        assert len(server.asked) == asked
    # 24 images of 100 tokens in at 10 a million, and 12 out at 100 a million
    assert b"about 0.05 in the currency of detector.prices" in again.stdout, again.stdout
    assert b"as in the last finished run" in again.stdout


def test_a_sweep_sends_nothing_beyond_its_runs(tmp_path, pictures):
    own = tmp_path / "own/experiment"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(
        "# @package _global_\nhydra:\n  mode: MULTIRUN\n  sweeper:\n    params:\n"
        "      detector: qwen3_vl\n  callbacks:\n    suite:\n"
        "      _target_: fakevlm_bench.cli.suite.Suite\n      site: site\n"
    )
    with serving(lambda *_: says()) as server:
        command = [one for one in endpoint(server, pictures) if not one.startswith("detector")]
        done = run([*command, "experiment=mine", "--config-dir", "own"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"without 1 served ones, for which it is not known" in done.stderr
    assert len(server.asked) == 24


@pytest.mark.slow
def test_a_dead_server_never_ends_well_however_often_it_is_tried(tmp_path, pictures):
    with serving(lambda *_: refuses(500, "engine died")) as server:
        command = endpoint(server, pictures, "+detector.client.backoff=0.01")
        tries = [run(command, tmp_path) for _ in range(6)]
        assert {one.returncode for one in tries} == {2}
        assert all(b"retry_failed=true" in one.stderr for one in tries)
        server.act = lambda *_: says()
        healed = run([*command, "retry_failed=true"], tmp_path)
        assert healed.returncode == 0, healed.stderr
        assert b"24 of 24 answers understood" in healed.stdout


def test_the_last_line_names_failures_and_the_status_too_many(tmp_path, pictures):
    def act(_, asked):
        if len(failing) < 3:
            failing.add(asked.image)
        return refuses(400, "bad image") if asked.image in failing else says()

    failing: set[bytes] = set()
    with serving(act) as server:
        command = endpoint(server, pictures)
        for _ in range(2):  # carried out, and looked at again
            done = run([*command, "max_failed=0.5"], tmp_path)
            assert done.returncode == 0, done.stderr
            last = done.stdout.decode().splitlines()[-1]
            assert last == ("3 of 24 queries failed; the last: 400: bad image; "
                            "retry_failed=true asks again")  # fmt: skip
        asked = len(server.asked)
        done = run([*command, "max_failed=0.1"], tmp_path)
        assert done.returncode == 2
        assert b"3 of 24 queries failed, more than max_failed=0.1 allows" in done.stderr
        assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("word", "right"),
    [("runs=a=b", """'runs="a=b"'"""),
     ("runs=/tmp/ä", """'runs="/tmp/ä"'"""), ("runs=/t/(x)", """'runs="/t/(x)"'""")],
)  # fmt: skip
def test_a_setting_that_needs_quotes_is_told_with_them(cli, word, right):
    told = cli.refused(word)
    assert told.rstrip().endswith(right)


def test_an_address_with_a_query_needs_no_quotes(tmp_path, pictures):
    with serving(lambda *_: says()) as server:
        command = [one for one in endpoint(server, pictures) if not one.startswith("base_url")]
        done = run([*command, f"base_url={server.url}?api-version=2024-06-01", "limit=4"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert server.asked[0].path == "/v1/chat/completions?api-version=2024-06-01"


@pytest.mark.parametrize("value", ["-1", "-5"])
def test_a_number_of_workers_below_zero_is_one_line(cli, value):
    assert f"launcher.workers={value}: it must be 0 (none) or more" in cli.refused(
        f"launcher.workers={value}"
    )
