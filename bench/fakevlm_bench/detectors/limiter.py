"""How many requests may be open at once: additive increase, multiplicative decrease.

Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion avoidance
in computer networks", 1989, as TCP uses it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class Limiter:
    """Lets requests through in the order of their coming; belongs to one event loop.

    Attributes:
        limit: Never more than this many are open.
        allowed: How many may be open now, in [1, `limit`].
        lowest: The least that `allowed` ever was.
        peak: The most that were open at once.
    """

    def __init__(self, limit: int) -> None:
        """Start at the limit: a server that stands it loses nothing."""
        self.limit = limit
        self.allowed = self.lowest = float(limit)
        self.peak = 0
        self._open = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._cut_at = self._resume_at = 0.0

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a place, and give it back at the end."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def _enter(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._wake()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._open -= 1
        self._wake()

    def _wake(self) -> None:
        loop = asyncio.get_running_loop()
        pause = self._resume_at - loop.time()
        if pause > 0:
            if self._waiting:
                loop.call_later(pause + 1e-3, self._wake)
            return
        while self._waiting and self._open < int(self.allowed):
            turn = self._waiting.popleft()
            if not turn.done():
                self._open += 1
                self.peak = max(self.peak, self._open)
                turn.set_result(None)

    def succeeded(self) -> None:
        """Allow one more for every round of answers."""
        self.allowed = min(float(self.limit), self.allowed + 1 / self.allowed)
        self._wake()

    def overloaded(self, sent: float) -> None:
        """Halve what is allowed, once for all requests that were open at the time.

        Args:
            sent: When the request that met the overload was sent, in the loop's time.
        """
        if sent >= self._cut_at:
            self._cut_at = asyncio.get_running_loop().time()
            self.allowed = max(1.0, self.allowed / 2)
            self.lowest = min(self.lowest, self.allowed)

    def pause(self, seconds: float) -> None:
        """Let nothing through for so long, because the server asked for it."""
        self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + seconds)
