"""FakeVLM-Mini behind the real vLLM, on CPU: ``make test-vllm``."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow.parquet as pq
import pytest

import fakevlm_bench as fb
from fakevlm_bench.cli import attack
from fakevlm_bench.detectors.fakevlm.local import SHIPPED
from fakevlm_bench.detectors.vllm_process import VllmProcess
from fakevlm_bench.engine.run import Options
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.errors import DetectorError
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Query

pytestmark = [pytest.mark.vllm, pytest.mark.slow]

HERE = Path(__file__).parent
COUNT = 64
CHECKPOINT = os.environ.get("FAKEVLM_BENCH_MINI") or str(SHIPPED)
OPTIONS = Options(cache=None, workers=0)


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """Settings of ``server=vllm`` for a machine without a GPU."""
    python = os.environ.get("FAKEVLM_BENCH_VLLM_PYTHON")
    if not python:
        pytest.skip("FAKEVLM_BENCH_VLLM_PYTHON names no interpreter with vLLM: make test-vllm")
    return {
        "kind": "vllm",
        "python": python,
        "dtype": "float32",
        "arguments": ["--enforce-eager"],
        "environment": {
            "PYTHONPATH": str(HERE / "vllm_cpu"),
            "VLLM_CPU_KVCACHE_SPACE": "1",
            "HF_HUB_OFFLINE": "1",
        },
        "log_dir": str(tmp_path_factory.mktemp("logs")),
    }


@pytest.fixture(scope="session")
def task():
    """The starter set's first test images."""
    starter = fb.load_task("starter")
    first = frozenset(starter.dataset.ids()[:COUNT])
    return replace(starter, name="starter:first", dataset=replace(starter.dataset, subset=first))


@dataclass
class Kept:
    """A server that stays up when a detector closes it."""

    server: Any
    connection: Any = None

    def fingerprint(self):
        return self.server.fingerprint()

    def connect(self, model, given_up):
        if self.connection is None:
            self.connection = Unclosed(self.server.connect(model, given_up))
        return self.connection


@dataclass
class Unclosed:
    inner: Any

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def close(self):
        pass


def served(settings, **changes):
    return fb.load_detector("fakevlm_mini", model=CHECKPOINT, server=settings, **changes)


@pytest.fixture(scope="session")
def kept(settings):
    """One server for several tests."""
    keeper = Kept(served(settings)._server)
    yield keeper
    if keeper.connection is not None:
        processes = tree(keeper.connection.inner)
        keeper.connection.inner.close()
        assert not alive(processes)


def tree(connection: VllmProcess):
    root = psutil.Process(connection.pid)
    return [root, root.parent(), *root.children(recursive=True)]


def alive(processes, seconds=20.0):
    deadline = time.monotonic() + seconds
    left = list(processes)
    while left and time.monotonic() < deadline:
        left = [p for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        time.sleep(0.1)
    return left


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


def test_a_killed_server_is_said_and_leaves_nothing(settings, task, run_folder):
    detector = served(settings, client={"limit": 8, "backoff": 0.2})
    processes: list[psutil.Process] = []

    def kill():
        while detector._client is None or detector._client.counts.attempts < 24:
            time.sleep(0.02)
        processes.extend(tree(detector._connection))
        os.kill(detector._connection.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with pytest.raises(DetectorError, match=r"killed by signal 9 during the run.*its log"):
        fb.evaluate(task, detector, run_dir=run_folder, options=OPTIONS)
    killer.join()
    assert len(processes) >= 3
    assert not alive(processes)
    assert 1 <= len(answered(run_folder)) < COUNT


def answered(folder):
    (run,) = folder.glob("*/*")
    return RunFolder(run).answered().get("clean", set())


@pytest.fixture(scope="session")
def finished(settings, task, run_folder, kept):
    """The same run, continued on a new server, and how much of it was there before."""
    before = len(answered(run_folder))
    detector = served(settings)
    detector._server = kept
    return fb.evaluate(task, detector, run_dir=run_folder, options=OPTIONS), before


def test_the_run_continues_afterwards_and_every_request_is_answered(finished):
    run, before = finished
    assert run.result["coverage"]["planned"] == COUNT
    assert run.result["coverage"]["failed"] == 0
    client = run.manifest.resources["client"]
    assert client["requests"] == COUNT - before
    assert client["failed"] == 0


def test_verdicts_are_those_of_the_in_process_path(finished, task, tmp_path):
    local = fb.load_detector("fakevlm_mini", model=CHECKPOINT)
    alone = fb.evaluate(task, local, run_dir=tmp_path, options=OPTIONS)
    both = [one.predictions.set_index("sample_id").sort_index() for one in (finished[0], alone)]
    same = both[0]["verdict"].eq(both[1]["verdict"]) | both[0]["verdict"].isna() & both[1][
        "verdict"
    ].isna()  # fmt: skip
    assert int(same.sum()) >= COUNT - 2
    assert both[1]["verdict"].notna().sum() >= COUNT - 2
    difference = (both[0]["score"] - both[1]["score"]).abs()
    assert difference.notna().sum() >= COUNT - 2
    assert difference.median() < 0.01


def test_the_record_has_latency_throughput_tokens_memory_and_version(finished):
    run, _ = finished
    efficiency = run.result["efficiency"]
    for name in ("latency_p50", "tokens_in", "tokens_out", "images_per_second"):
        assert efficiency[name]["value"] > 0
    server = run.manifest.resources["server"]
    assert server["peak_memory_bytes"] > 100 * 2**20
    assert server["version"]
    assert Path(server["log"]).is_file()


def test_a_raw_string_reaches_the_model_as_it_is(kept, task):
    from transformers import AutoTokenizer

    from fakevlm_bench.detectors.vlm import VisionLanguageModel

    sample = next(iter(task.dataset))
    query = Query(sample.id, "clean", sample.image, sample.media_type, task.prompt)
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    counts = {}
    for mode in ("chat", "raw"):
        detector = VisionLanguageModel(
            "mini", CHECKPOINT, kept, prompting={"mode": mode}, max_tokens=4
        )
        (response,) = detector.predict([query])
        assert response.error is None
        counts[mode] = response.tokens_in
        detector.close()
    image = 257 - 1  # its placeholder is one of the text's tokens
    raw = len(tokenizer(f"<image>{task.prompt}")["input_ids"])
    chat = len(tokenizer(f"USER: <image>\n{task.prompt} ASSISTANT:")["input_ids"])
    assert counts == {"raw": raw + image, "chat": chat + image}


def test_an_opening_is_forced_and_the_next_token_scored(kept, task):
    from fakevlm_bench.detectors.vlm import VisionLanguageModel

    detector = VisionLanguageModel(
        "mini", CHECKPOINT, kept, prompting={"opening": " This is a"}, max_tokens=1
    )
    queries = [
        Query(one.id, "clean", one.image, one.media_type, task.prompt)
        for one in islice(task.dataset, 8)
    ]
    responses = detector.predict(queries)
    detector.close()
    assert all(one.text.startswith(" This is a") for one in responses)
    assert all(one.score is not None for one in responses)


def test_images_that_a_surrogate_made_are_replayed_on_the_served_model(kept, settings, tmp_path):
    folder = tmp_path / "adversarial"
    surrogates = ["--surrogates", "fakevlm_mini"]
    attack.main(["transfer_linf:32/255", *surrogates, "--out", str(folder), "--limit", "8"], "")
    assert "fakevlm_mini" in (folder / "README.md").read_text()
    crafted = {row["id"]: row["image"]["bytes"] for row in rows(folder.glob("test-*.parquet"))}

    detector = served(settings)
    detector._server = kept
    conditions, options = ["clean", f"replay:{folder}"], replace(OPTIONS, limit=8)
    run = fb.evaluate(
        fb.load_task("starter"), detector, conditions, run_dir=tmp_path, options=options
    )
    coverage = run.result["coverage"]
    assert (coverage["planned"], coverage["failed"]) == (8, 0)
    sent = {row["sample_id"]: row["image"] for row in rows(RunFolder(run.path).parts("images"))}
    assert len(sent) == 8
    for sample_id, image in sent.items():
        assert np.array_equal(decode_image(image), decode_image(crafted[sample_id]))
    scores = run.predictions.pivot_table("score", "sample_id", "condition_id")
    assert (scores["clean"] - scores[conditions[1]]).abs().max() > 0.01


def rows(files):
    return [row for file in files for row in pq.read_table(file).to_pylist()]
