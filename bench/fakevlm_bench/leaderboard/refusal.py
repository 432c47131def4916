"""Why a submission is refused: one line that a stranger can act on."""

from __future__ import annotations

from fakevlm_bench.errors import BenchError


class RefusalError(BenchError):
    """A submission that cannot be accepted; the message is one clear line."""


def shown(value: object, length: int = 60) -> str:
    """Quote a stranger's value so that it stays on one line and stays short."""
    text = ascii(value)
    return text if len(text) <= length else text[: length - 1] + "…'"
