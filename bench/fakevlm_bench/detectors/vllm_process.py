"""A server process that the suite started: its health, its end, its log."""

from __future__ import annotations

import atexit
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

import httpx

from fakevlm_bench.detectors import supervise
from fakevlm_bench.detectors.address import Address
from fakevlm_bench.detectors.memory_monitor import MemoryMonitor
from fakevlm_bench.errors import DetectorError
from fakevlm_bench.json_types import ServerRecord
from fakevlm_bench.secret import Secret, redact

LAST_LINES = 6
_CAUSE = re.compile(r"\b[A-Z]\w*(?:Error|Exception)\b(?::|$)")
"""A line of a log that names an exception; the first ones are nearest to the cause."""


class VllmProcess:
    """A vLLM process under its supervisor (`fakevlm_bench.detectors.supervise`)."""

    def __init__(
        self,
        command: Callable[[int], list[str]],
        environment: Mapping[str, str],
        log: Path,
        version: str,
    ) -> None:
        """Start both.

        Args:
            command: Given a port: what to run.
            environment: Of the process.
            log: File that its output goes to.
            version: For the record.
        """
        self.log, self._version = log, version
        self.headers: dict[str, Secret] = {}
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.address = Address(self.base_url, self.base_url)
        self._health = f"http://127.0.0.1:{port}/health"
        words = command(port)
        log.write_text(redact(f"$ {' '.join(words)}\n"), "utf-8", "backslashreplace")
        self._supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", supervise.__file__, str(log), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
        )
        atexit.register(self.close)
        self.pid = self._child()
        self._memory = MemoryMonitor(self.pid)

    def _child(self) -> int:
        """Read the server's process id, which the supervisor prints."""
        line = self._supervisor.stdout.readline() if self._supervisor.stdout else b""
        if not line.strip().isdigit():
            self._supervisor.wait()
            raise DetectorError(f"vLLM could not be started, see {self.log}")
        return int(line)

    def wait_until_healthy(self, timeout: float, given_up: Event) -> None:
        """Poll the server's health.

        Args:
            timeout: Seconds.
            given_up: Set where nobody waits any longer.

        Raises:
            DetectorError: It ended, is not healthy in time, or nobody waits any longer.
        """
        deadline = time.monotonic() + timeout
        with httpx.Client(trust_env=False, timeout=5.0) as http:
            while time.monotonic() < deadline:
                if self._supervisor.poll() is not None:
                    raise DetectorError(f"vLLM did not come up: it {self._end()}; {self._tail()}")
                try:
                    if http.get(self._health).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                if given_up.wait(0.3):
                    raise DetectorError("the run was stopped while vLLM started")
        raise DetectorError(f"vLLM was not healthy within {timeout:g} s; {self._tail()}")

    def check(self) -> None:
        """Raise where the process is gone."""
        if self._supervisor.poll() is not None:
            raise DetectorError(
                f"the vLLM server {self._end()} during the run; finished answers are kept, and "
                f"the same command continues; {self._tail()}"
            )

    def _end(self) -> str:
        code = self._supervisor.wait()
        signed = code - 256 if code > 128 else code
        return f"was killed by signal {-signed}" if signed < 0 else f"ended with code {code}"

    def _tail(self) -> str:
        lines = [line.strip() for line in self.log.read_text("utf-8", "replace").splitlines()[1:]]
        lines = [line for line in lines if line]
        causes = [line for line in lines if _CAUSE.search(line)][:2]
        excerpt = " | ".join(dict.fromkeys([*causes, *lines[-LAST_LINES:]])) or "nothing"
        return f"its log {self.log} ends: {excerpt}"

    def record(self) -> ServerRecord:
        """Return version, peak memory and log."""
        return {
            "kind": "vllm",
            "version": self._version,
            "log": str(self.log),
            **self._memory.peak(),
        }

    def close(self) -> None:
        """Stop server and supervisor; may be called twice."""
        atexit.unregister(self.close)
        if hasattr(self, "_memory"):
            self._memory.close()
        if self._supervisor.stdin:
            self._supervisor.stdin.close()
        self._supervisor.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
