"""Worker processes that never outlive the process that started them."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def processes(count: int) -> ProcessPoolExecutor:
    """Start `count` worker processes, alike on every system (spawned, not forked)."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_watch_parent)


def _watch_parent() -> None:
    """End this worker when its parent is gone, even by SIGKILL."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
