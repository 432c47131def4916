#!/usr/bin/env python3
"""Stands in for the interpreter of an environment that has vLLM.

``-c`` answers the question for vLLM's version; ``-m vllm…`` serves, beside a child that vLLM
would have as well. ``FAKE_VLLM`` says how: ``serve``, ``crash``, ``hang`` or ``die:N`` (by
SIGKILL, once N requests are answered).
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    if sys.argv[1] == "-c":
        print("0.0.1")  # noqa: T201
        return
    how = os.environ.get("FAKE_VLLM", "serve")
    sys.stderr.write(f"INFO starting on {sys.argv}\n")
    if how == "crash":
        sys.stderr.write("ValueError: no kernel image for this device\nbye\n")
        sys.exit(3)
    engine = subprocess.Popen(["sleep", "600"])
    Path(os.environ["FAKE_VLLM_PIDS"]).write_text(f"{os.getpid()} {engine.pid}")
    if how == "hang":
        time.sleep(600)
    from support.fake_server import FakeServer, says

    most = int(how.partition(":")[2] or 10**9)

    def act(number, asked):
        if number >= most:
            os.kill(os.getpid(), signal.SIGKILL)
        return says(f"This is a fake image. {len(asked.image)} bytes.")

    server = FakeServer(act, port=int(sys.argv[sys.argv.index("--port") + 1]))
    server.serve_forever(0.05)


main()
