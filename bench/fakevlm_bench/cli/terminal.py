"""The terminal: no secret is shown on it, no alphabet breaks it, and a signal ends work cleanly."""

from __future__ import annotations

import codecs
import contextlib
import json
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any, cast

from fakevlm_bench.secret import public

_PLAIN = {
    "×": "x", "–": "-", "—": "-", "─": "-", "…": "...", "‘": "'", "’": "'", "“": "'", "”": "'",
    "±": "+/-", "→": "->", "≥": ">=", "≤": "<=", "\u202f": " ", "\xa0": " ", "·": "*", "−": "-",
}  # fmt: skip
"""What the suite's own output has beyond ASCII."""
STOPPING = (signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """A signal that asks this process to end; it is handled like Ctrl-C."""

    def __init__(self, number: int) -> None:
        """Take the signal's number."""
        super().__init__()
        self.number = number


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Write what an alphabet lacks as people do, and the rest as JSON's escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    text = "".join(_PLAIN.get(one) or json.dumps(one)[1:-1] for one in lacking)
    return text, error.end


codecs.register_error("plainly", _plainly)


class _Stream:
    """Another stream, behind which no secret and no letter that it lacks gets."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what may be shown."""
        safe = public(text)
        encoding = getattr(self._stream, "encoding", None)
        if encoding:
            safe = safe.encode(encoding, "plainly").decode(encoding)
        self._stream.write(safe)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Be the other stream in everything else."""
        return getattr(self._stream, name)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Guard standard output and error for as long as the context lasts."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = cast("Any", _Stream(out)), cast("Any", _Stream(err))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """Raise `Stopped` on SIGTERM and SIGHUP, once; a second one ends the process at once."""

    def stop(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        raise Stopped(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    mine = [one for one in STOPPING if signal.getsignal(one) == signal.SIG_DFL]
    for one in mine:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one in mine:
            signal.signal(one, signal.SIG_DFL)
