#!/usr/bin/env python3
"""Runs `fakevlm-bench` in forks of one process that has imported the heavy libraries already.

Each of the documents' hundred commands would import them anew otherwise, which takes longer than
what it does. ``serve`` starts that process; the program that it writes hands its arguments,
folder, environment and open files over, and ends with the command's status.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

HEAVY = (
    "torch", "transformers", "pandas", "pyarrow.parquet", "hydra", "sklearn.linear_model",
    "fakevlm_bench.api", "fakevlm_bench.cli.main", "fakevlm_bench.cli.run",
    "fakevlm_bench.engine.run", "fakevlm_bench.metrics.scoring", "fakevlm_bench.report.write",
)  # fmt: skip
CLIENT = """#!{python} -ISE
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
server.sendall(asked)
sys.exit(int.from_bytes(server.recv(1) or b"\\x01", "big"))
"""


@contextlib.contextmanager
def serving_commands(folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """Start the process; yields a folder for the path that holds ``fakevlm-bench``."""
    folder.mkdir()
    address = str(folder / "socket")
    program = folder / "bin" / "fakevlm-bench"
    program.parent.mkdir()
    program.write_text(CLIENT.format(python=sys.executable, address=address))
    program.chmod(0o755)
    command = [sys.executable, str(Path(__file__)), address]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield program.parent
    finally:
        server.terminate()
        server.wait()


def serve(address: str) -> None:
    """Answer one command after another, each in a process of its own."""
    for name in HEAVY:
        importlib.import_module(name)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.write(1, b"ready\n")
    while True:
        client, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            attend(client)
            os._exit(0)
        client.close()


def attend(client: socket.socket) -> None:
    """Run one client's command and tell it the status; it is killed when the client is gone."""
    head, files, *_ = socket.recv_fds(client, 8, 3)
    text = b""
    while len(text) < int.from_bytes(head, "big"):
        text += client.recv(1 << 16)
    child = os.fork()
    if child == 0:
        os.setsid()
        client.close()
        os._exit(execute(files, *json.loads(text)))
    for file in files:
        os.close(file)
    ended = os.pidfd_open(child)
    ready, _, _ = select.select([ended, client], [], [])
    if ended not in ready:
        os.killpg(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with contextlib.suppress(OSError):
        client.sendall((status % 256).to_bytes(1, "big"))


def execute(files: list[int], words: list[str], folder: str, environment: dict[str, str]) -> int:
    """Be `fakevlm-bench` with these arguments, and return its status."""
    from fakevlm_bench.cli.main import main

    for target, file in enumerate(files):
        os.dup2(file, target)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:0] = [one for one in environment.get("PYTHONPATH", "").split(os.pathsep) if one]
    sys.argv = ["fakevlm-bench", *words]
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    serve(sys.argv[1])
