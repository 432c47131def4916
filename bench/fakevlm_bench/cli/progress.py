"""Progress with rate and time left; quiet when nobody is looking at a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

PERIOD = 1800
"""Seconds that the rate is taken over: of batches that last minutes several must lie in them."""


@contextlib.contextmanager
def bar(total: int, done: int) -> Iterator[Callable[[int], Any]]:
    """Show a bar on standard error while the context lasts.

    Args:
        total: Number of responses of the run.
        done: How many were there before.
    """
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, speed_estimate_period=PERIOD) as progress:
        bar_id = progress.add_task("responses", total=total, completed=done, rate="")

        def tell(count: int) -> None:
            progress.advance(bar_id, count)
            speed = progress.tasks[0].speed
            progress.update(bar_id, rate=f"{speed:.1f}/s" if speed else "")

        yield tell
