"""A process between the suite and a server that it started: whoever ends, the server ends too.

Run as a script, so that it needs nothing but Python. It starts the command in a process group
of its own, prints its process id, and waits: for the command's end, for the end of its own
standard input, or for the end of its parent, even by SIGKILL. Then it ends the whole
group, first by SIGTERM, and what is left of it by SIGKILL.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

POLL = 0.2
GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL."""


def main(arguments: list[str]) -> int:
    """Run ``LOG COMMAND…``; gives the command's exit code, negative for a signal."""
    log, *command = arguments
    parent = os.getppid()
    with Path(log).open("ab", buffering=0) as out:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        os.write(1, f"{child.pid}\n".encode())
        while child.poll() is None and os.getppid() == parent and not _closed():
            continue
    finally:
        code = _end(child)
    return code


def _closed() -> bool:
    """Wait a moment for the end of standard input."""
    readable, _, _ = select.select([0], [], [], POLL)
    return bool(readable) and not os.read(0, 4096)


def _end(child: subprocess.Popen[bytes]) -> int:
    """End what is left of the command's group."""
    died = child.poll()
    if died is None:
        _signal(child.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)
    deadline = time.monotonic() + (0.0 if died is not None else 1.0)
    while time.monotonic() < deadline and _signal(child.pid, 0):
        child.poll()
        time.sleep(0.05)
    _signal(child.pid, signal.SIGKILL)
    return child.wait()


def _signal(group: int, number: int) -> bool:
    """Send a signal to a process group; False where nobody is in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) & 0xFF)
