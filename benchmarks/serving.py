"""Throughput of the suite through one vLLM server, against a bare asynchronous client.

The bare client keeps 32 requests open, with images encoded ahead and nothing recorded; the
suite reads the dataset, encodes, parses, and writes its record. Both ask the same server
about the same images, in turn, in one run; the median of the turns' ratios is
printed: at least 0.9 is wanted. FakeVLM-Mini is served on CPU by the environment that
``make test-vllm`` makes.

    python benchmarks/serving.py [--images 256] [--turns 5]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import httpx

import fakevlm_bench as fb
from fakevlm_bench.detectors.connection import Model
from fakevlm_bench.detectors.fakevlm.local import SHIPPED
from fakevlm_bench.detectors.prompting import Prompting
from fakevlm_bench.detectors.server import Endpoint, VllmServer
from fakevlm_bench.detectors.vlm import VisionLanguageModel
from fakevlm_bench.engine.run import Options
from fakevlm_bench.types import Query, Task

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
OPEN = 32
TOKENS = 64
SETTINGS = {"max_tokens": TOKENS, "temperature": 0.0, "logprobs": True, "top_logprobs": 20}


def first_images(count: int) -> Task:
    """Give the starter task cut to its first images."""
    starter = fb.load_task("starter")
    chosen = frozenset(starter.dataset.ids()[:count])
    return replace(starter, dataset=replace(starter.dataset, subset=chosen))  # type: ignore[type-var]


def bodies(task: Task, model: str) -> list[bytes]:
    """Encode every request ahead."""
    prompting = Prompting()
    queries = [
        Query(one.id, "clean", one.image, one.media_type, task.prompt) for one in task.dataset
    ]
    return [prompting.body(query, {"model": model, **SETTINGS}) for query in queries]


async def bare(base_url: str, requests: list[bytes]) -> float:
    """Ask with `OPEN` requests open; give images per second."""
    gate = asyncio.Semaphore(OPEN)
    headers = {"content-type": "application/json"}
    limits = httpx.Limits(max_connections=OPEN)
    async with httpx.AsyncClient(
        base_url=base_url, timeout=600, limits=limits, trust_env=False
    ) as http:

        async def ask(body: bytes) -> None:
            async with gate:
                answer = await http.post("chat/completions", content=body, headers=headers)
                answer.raise_for_status()

        started = time.perf_counter()
        await asyncio.gather(*(ask(body) for body in requests))
        return len(requests) / (time.perf_counter() - started)


def suite(task: Task, model: str, base_url: str) -> float:
    """Measure the same as a run; give images per second."""
    detector = VisionLanguageModel(
        "fakevlm_mini", model, Endpoint(base_url), max_tokens=TOKENS, localises=True,
        client={"limit": OPEN, "timeout": 600.0},
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        run = fb.evaluate(task, detector, run_dir=folder, options=Options(cache=None, workers=0))
        if run.result["coverage"]["failed"]:
            raise RuntimeError("a request failed")
        return float(run.result["efficiency"]["images_per_second"]["value"])


def main() -> None:
    """Start the server, measure in turn, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--model", default=str(SHIPPED))
    options = parser.parse_args()
    if not PYTHON.is_file():
        print("serving: skipped, .venv-vllm is not there (make test-vllm makes it)")
        return
    environment = {
        "PYTHONPATH": str(ROOT / "tests" / "integration" / "vllm_cpu"),
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "HF_HUB_OFFLINE": "1",
    }
    arguments = ["--model-impl", "transformers", "--enforce-eager", "--max-model-len", "512"]
    task = first_images(options.images)
    with tempfile.TemporaryDirectory() as logs:
        server = VllmServer(
            str(PYTHON), "float32", arguments=arguments, environment=environment, log_dir=logs
        )
        connection = server.connect(Model(options.model), threading.Event())
        try:
            report(task, options.model, connection.base_url, options.turns)
        finally:
            connection.close()


def report(task: Task, model: str, base_url: str, turns: int) -> None:
    """Measure in turn and print."""
    requests = bodies(task, model)
    asyncio.run(bare(base_url, requests))  # warms the server's caches for both
    suite(first_images(2 * OPEN), model, base_url)  # and loads what the suite needs
    pairs = []
    for turn in range(turns):
        measured = {}
        for who in ("bare", "suite") if turn % 2 else ("suite", "bare"):
            measured[who] = (
                asyncio.run(bare(base_url, requests))
                if who == "bare"
                else suite(task, model, base_url)
            )
        pairs.append((measured["suite"], measured["bare"]))
        sys.stderr.write(f"turn {turn}: suite {pairs[-1][0]:.1f}, bare {pairs[-1][1]:.1f}\n")
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(
        f"serving: suite {statistics.median(p[0] for p in pairs):.1f} images/s, bare client with "
        f"{OPEN} open requests {statistics.median(p[1] for p in pairs):.1f} images/s, "
        f"ratio {ratio:.2f} (at least 0.9 is wanted)"
    )


if __name__ == "__main__":
    main()
