"""Worker processes that never outlive the process that started them."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any


class _Worker(SpawnProcess):
    """A spawned process that does not import the program that started it."""

    def start(self) -> None:
        """Start it."""
        with _main_hidden():
            super().start()


class _Context(SpawnContext):
    Process = _Worker


def processes(count: int) -> ProcessPoolExecutor:
    """Start `count` worker processes, alike on every system (spawned, not forked).

    They do not import the main script again, which need not be guarded by
    ``if __name__ == "__main__":`` therefore; see `can_be_sent`.
    """
    return ProcessPoolExecutor(count, mp_context=_Context(), initializer=_watch_parent)


def can_be_sent(value: Any) -> bool:
    """Whether a worker can rebuild a value: it can be pickled, and is of no class of the script."""
    try:
        return b"__main__" not in pickle.dumps(value)
    except Exception:  # a lock, a lambda, whatever an own class holds: pickling raises anything
        return False


@contextlib.contextmanager
def _main_hidden() -> Iterator[None]:
    """Take the main script's name away for as long as a process is started.

    Spawning records where the script is, and the new process runs it before anything else: a
    script without a guard would start its own run again in each worker.
    """
    main = sys.modules["__main__"]
    names = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    try:
        main.__dict__.update(dict.fromkeys(names))
        yield
    finally:
        main.__dict__.update(names)


def _watch_parent() -> None:
    """End this worker when its parent is gone, even by SIGKILL."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
