"""A process with limits on memory and time, in which files of strangers are read and scored."""

from __future__ import annotations

import functools
import gc
import json
import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from fakevlm_bench.errors import BenchError
from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.result import Document

_PRELOAD = [
    "fakevlm_bench.leaderboard.one_thread",
    "fakevlm_bench.leaderboard.evaluate",
    "fakevlm_bench.leaderboard.recompute",
    "fakevlm_bench.metrics.join",
    "fakevlm_bench.metrics.gram_kernels",
    "fakevlm_bench.answers.interpret",
    "nltk",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "sacrebleu",
    "scipy.special",
    "scipy.stats",
    "rouge_score_rs",
]
"""Imported once, before the processes with limits are forked off."""


def isolated(
    function: Callable[..., object],
    *arguments: object,
    seconds: int = limits.READER_SECONDS,
    memory: int = limits.READER_MEMORY_BYTES,
    **options: object,
) -> Any:
    """Call a function in a process of its own.

    Args:
        function: A module's function; its result comes back as JSON, never as a pickle.
        arguments: Plain values and dataclasses of them.
        seconds: Limit on processor time and on wall clock.
        memory: Limit on address space, in bytes.
        options: Further values, by name.

    Raises:
        RefusalError: The function refused, broke a limit, or died.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    receive, send = context.Pipe(duplex=False)
    call = functools.partial(function, *arguments, **options)
    process = context.Process(target=_child, args=(send, call, seconds, memory), daemon=True)
    process.start()
    send.close()
    try:
        answer = _receive(receive, process, seconds)
    finally:
        process.kill()
        process.join()
        receive.close()
    if "refused" in answer:
        raise RefusalError(answer["refused"])
    return answer["value"]


def _receive(receive: Connection, process: BaseProcess, seconds: int) -> Document:
    try:
        if not receive.poll(seconds):
            raise RefusalError(f"reading takes longer than {seconds} s")
        answer: Document = json.loads(receive.recv_bytes())
    except EOFError:
        process.join(10)
        raise RefusalError(
            f"the process that read it died (exit code {process.exitcode}): a damaged file, "
            f"or one that needs more than {seconds} s"
        ) from None
    return answer


def _child(send: Connection, call: Callable[[], object], seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # it lives for seconds, and collecting took a fifth of them
    try:
        answer: Document = {"value": call()}
    except BenchError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": f"needs more than {memory >> 20} MiB of memory"}
    send.send_bytes(json.dumps(answer).encode())
