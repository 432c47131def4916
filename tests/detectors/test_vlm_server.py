"""Servers that the suite starts and stops, with a stand-in for vLLM's interpreter."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from fakevlm_bench.detectors import vllm_process
from fakevlm_bench.detectors.connection import Model
from fakevlm_bench.detectors.server import Endpoint, VllmServer
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.registry import load_detector
from fakevlm_bench.serving import server_availability
from fakevlm_bench.types import Query
from support.vlm import run

FAKE = Path(__file__).parents[1] / "support" / "fake_vllm.py"


@pytest.fixture
def vllm(tmp_path):
    """Makes a server whose interpreter is the stand-in."""

    def make(how="serve", **settings):
        environment = {"FAKE_VLLM": how, "FAKE_VLLM_PIDS": str(tmp_path / "pids")}
        return VllmServer(
            python=str(FAKE), environment=environment, log_dir=str(tmp_path / "logs"), **settings
        )

    return make


def pids(folder):
    return [int(word) for word in (folder / "pids").read_text().split()]


def alive(numbers):
    return [n for n in numbers if psutil.pid_exists(n) and _running(n)]


def _running(number):
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(numbers, seconds=20):
    deadline = time.monotonic() + seconds
    while alive(numbers) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not alive(numbers)


def query(name="s"):
    return Query(name, "clean", b"\x89PNG" + name.encode(), "image/png", "real or fake?")


def test_a_server_is_started_asked_and_stopped(vllm, tmp_path):
    detector = VisionLanguageModel("tested", "org/model", vllm())
    (response,) = detector.predict([query()])
    assert response.text == "This is a fake image. 5 bytes."
    server, engine = pids(tmp_path)
    assert len(alive([server, engine])) == 2
    detector.close()
    assert gone([server, engine])
    told = detector.telemetry()["server"]
    assert told["version"] == "0.0.1"
    assert told["peak_memory_bytes"] > 1_000_000
    log = Path(told["log"]).read_text()
    assert "--model org/model" in log.splitlines()[0]
    assert "INFO starting" in log


def test_a_server_that_does_not_come_up_is_said_with_its_logs_last_lines(vllm, tmp_path):
    detector = VisionLanguageModel("tested", "org/model", vllm("crash"))
    with pytest.raises(DetectorError) as caught:
        detector.predict([query()])
    assert "ended with code 3" in str(caught.value)
    assert "ValueError: no kernel image for this device" in str(caught.value)
    (log,) = (tmp_path / "logs").iterdir()
    assert str(log) in str(caught.value)


def test_a_server_that_never_answers_is_stopped_after_its_time(vllm, tmp_path):
    detector = VisionLanguageModel("tested", "org/model", vllm("hang", start_timeout=3.0))
    with pytest.raises(DetectorError, match="not healthy within 3 s"):
        detector.predict([query()])
    assert gone(pids(tmp_path))


def test_a_run_that_is_stopped_does_not_wait_for_the_start(vllm, tmp_path):
    detector = VisionLanguageModel("tested", "org/model", vllm("hang", start_timeout=300.0))

    def stop():
        while not (tmp_path / "pids").exists():
            time.sleep(0.05)
        detector.cancel()

    threading.Thread(target=stop, daemon=True).start()
    with pytest.raises(DetectorError, match="stopped while vLLM started"):
        detector.predict([query()])
    with pytest.raises(DetectorError, match="stopped"):
        detector.predict([query()])
    assert gone(pids(tmp_path))
    detector.close()


def test_an_interpreter_without_vllm_is_said():
    with pytest.raises(DetectorError, match="has no vLLM"):
        VllmServer(python="/bin/false").connect(Model("m"), threading.Event())


def test_no_process_is_left_when_the_suite_is_killed(vllm, tmp_path):
    server = vllm()
    code = (
        "from fakevlm_bench.detectors.server import VllmServer\n"
        "from fakevlm_bench.detectors.connection import Model\n"
        f"server = VllmServer(python={server.python!r}, environment={dict(server.environment)!r}, "
        f"log_dir={server.log_dir!r})\n"
        "import threading\nconnection = server.connect(Model('m'), threading.Event())\n"
        "print('up', flush=True)\n"
        "import time; time.sleep(600)\n"
    )
    suite = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert suite.stdout.readline() == "up\n"
    started = [*pids(tmp_path), psutil.Process(pids(tmp_path)[0]).ppid()]
    assert len(alive(started)) == 3
    suite.kill()
    suite.wait()
    suite.stdout.close()
    assert gone(started)


def test_what_ignores_sigterm_is_killed(tmp_path):
    from fakevlm_bench.detectors import supervise

    stubborn = (
        "import signal, time, os; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('ready', flush=True); time.sleep(600)"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(Path(supervise.__file__).parent)!r}); "
        "import supervise; supervise.GRACE = 0.5; "
        f"sys.exit(supervise.main([{str(tmp_path / 'log')!r}, sys.executable, '-c', {stubborn!r}]))"
    )
    watcher = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    child = int(watcher.stdout.readline())
    while "ready" not in (tmp_path / "log").read_text():
        time.sleep(0.05)
    watcher.stdin.close()
    assert gone([child])
    watcher.wait()
    watcher.stdout.close()


def test_a_server_killed_in_mid_run_is_said_and_the_run_continues(vllm, tmp_path):
    client = {"limit": 4, "backoff": 0.1}
    dying = VisionLanguageModel("tested", "m", vllm("die:30"), client=client)
    with pytest.raises(DetectorError, match=r"killed by signal 9 during the run.*same command"):
        run(dying, 60, tmp_path / "runs")
    assert gone(pids(tmp_path))
    (folder,) = (tmp_path / "runs").glob("*/*")
    from fakevlm_bench.engine.run_folder import RunFolder

    kept = RunFolder(folder).answered()["clean"]
    assert 20 <= len(kept) <= 30
    well = VisionLanguageModel("tested", "m", vllm("die:10000"), client=client)
    finished = run(well, 60, tmp_path / "runs")
    assert finished.path == folder
    assert finished.result["coverage"] == {
        "planned": 60, "ok": 60, "unparsed": 0, "failed": 0, "share": 1.0,
    }  # fmt: skip
    assert finished.manifest.resources["client"]["requests"] == 60 - len(kept)
    rows = pa.concat_tables(RunFolder(folder).read("responses")).num_rows
    assert rows == 60
    assert gone(pids(tmp_path))


def test_every_run_records_latency_throughput_tokens_and_the_servers_memory(vllm, tmp_path):
    detector = VisionLanguageModel("tested", "m", vllm())
    finished = run(detector, 12, tmp_path / "runs")
    efficiency = finished.result["efficiency"]
    assert efficiency["latency_p50"]["value"] > 0
    assert efficiency["tokens_in"]["value"] == 100
    assert efficiency["images_per_second"]["value"] > 0
    resources = finished.manifest.resources
    assert resources["server"]["peak_memory_bytes"] > 1_000_000
    assert resources["tokens_out"] == 144
    assert finished.result["detection"]["auroc"]["absent"] == "the detector gives no score"


def test_the_command_carries_model_and_settings():
    server = VllmServer(dtype="float32", quantization="awq", max_model_len=99, arguments=["--x"])
    command = server.command(Model("org/m", "abc", ("--max-model-len", "800")), 1234)
    text = " ".join(command)
    assert command[:3] == [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    assert "--model org/m" in text
    assert "--revision abc" in text
    assert "--port 1234" in text
    assert "--quantization awq" in text
    assert text.rindex("--max-model-len 99") > text.index("--max-model-len 800")
    with pytest.raises(ConfigError, match="fp8"):
        VllmServer(quantization="int3")


def test_quantisation_and_weights_change_the_fingerprint(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"1")

    def fingerprint(**settings):
        return VisionLanguageModel("tested", str(tmp_path), VllmServer(**settings)).fingerprint()

    first = fingerprint()
    assert fingerprint() == first
    assert fingerprint(quantization="fp8") != first
    (tmp_path / "model.safetensors").write_bytes(b"22")
    assert fingerprint() != first


def test_availability_says_what_is_missing(monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    assert server_availability({"server": "${server}"}).startswith("needs a server")
    closed = {"server": "${server}", "default_server": {"api_key_env": "SOME_KEY"}}
    assert "SOME_KEY" in server_availability(closed)
    monkeypatch.setenv("SOME_KEY", "x")
    assert server_availability(closed) is None
    assert server_availability({"weights": None}) is None


def test_a_closed_model_is_asked_where_the_user_says():
    def asked(**server):
        return load_detector("openai_api", **server).fingerprint()["server"]["base_url"]

    assert asked() == "https://api.openai.com/v1"
    assert asked(server={"kind": "endpoint", "base_url": "http://own:1/v1"}) == "http://own:1/v1"
    with pytest.raises(ConfigError, match="base_url"):
        asked(server="endpoint")


def test_device_memory_is_read_as_nvidia_smi_prints_it(tmp_path):
    from fakevlm_bench.detectors.memory_monitor import device_memory

    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '7, 100'\necho '8, 23'\necho '9, [N/A]'\n")
    tool.chmod(0o755)
    assert device_memory(str(tool), {8, 9}) == 23 * 2**20
    assert device_memory("/nonexistent", {8}) == 0


def test_a_dead_endpoint_stops_the_run_and_it_continues(tmp_path):
    from support.fake_server import hangs_up, says, serving

    with serving(lambda number, _: says() if number < 10 else hangs_up) as server:
        url = server.url
        detector = VisionLanguageModel(
            "tested", "m", Endpoint(url), client={"limit": 2, "retries": 1, "backoff": 0.05}
        )
        server.act = lambda number, _: says() if number < 10 else _dying(server)
        with pytest.raises(DetectorError, match="no connection"):
            run(detector, 40, tmp_path / "runs")
    port = int(url.split(":")[2].split("/")[0])
    from support.fake_server import FakeServer

    again = FakeServer(lambda *_: says(), port=port)
    threading.Thread(target=again.serve_forever, args=(0.05,), daemon=True).start()
    try:
        finished = run(detector, 40, tmp_path / "runs")
    finally:
        again.shutdown()
        again.server_close()
    assert finished.result["coverage"]["ok"] == 40


def _dying(server):
    """Stop listening, and hang up."""
    from support.fake_server import hangs_up

    server.socket.close()
    return hangs_up


def test_a_stopped_suite_stops_its_server(vllm, tmp_path):
    """SIGTERM and the end of the program, without `close`."""
    detector = VisionLanguageModel("tested", "m", vllm())
    detector.predict([query()])
    started = pids(tmp_path)
    os.kill(detector._connection._supervisor.pid, signal.SIGTERM)
    assert gone(started)
    detector.close()


def test_free_port_is_free():
    import socket

    port = vllm_process.free_port()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
