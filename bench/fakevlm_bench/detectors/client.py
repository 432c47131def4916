"""Asking an OpenAI-compatible server: many requests open, each tried a few times.

What is tried again: a refused or broken connection, silence, a body that is cut off or
is not what the interface promises, 408, 429 and 5xx. Every other 4xx is final.
"""

from __future__ import annotations

import asyncio
import gc
import random
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from fakevlm_bench.detectors.address import Address
from fakevlm_bench.detectors.completion import Completion
from fakevlm_bench.detectors.faults import Fault, broken, content, refused, words_of
from fakevlm_bench.detectors.limiter import Limiter
from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.json_types import ClientRecord
from fakevlm_bench.secret import Secret, conceal_address, public

LARGEST_BODY = 64 * 2**20
"""Bytes of an answer, unpacked; a larger one is a failure of its image."""
_HERE = r"https?://(?:127\.|localhost\b|\[::1\])"
"""Addresses of this machine: no proxy stands before them."""


@dataclass(frozen=True)
class Policy:
    """How a server is asked; nothing of it changes an answer.

    Attributes:
        limit: Most requests open at once.
        timeout: Seconds that one request may take.
        retries: Further attempts after the first.
        backoff: Seconds before the second attempt, doubled each time; what is waited is
            drawn uniformly from [half of it, all of it].
        longest_wait: Most seconds between two attempts, also where Retry-After says more.
    """

    limit: int = 32
    timeout: float = 120.0
    retries: int = 5
    backoff: float = 0.5
    longest_wait: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.limit < 1 or self.retries < 0 or self.timeout <= 0:
            raise ConfigError(
                f"client: limit={self.limit} must be at least 1, retries={self.retries} "
                f"at least 0, timeout={self.timeout} above 0"
            )


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one request.

    Attributes:
        completion: What the server answered, or None.
        error: Why there is none.
        status: HTTP status of the last attempt; 0 where there was no answer.
        latency: Seconds of the last attempt.
        unreachable: Nobody listens at the server's address.
    """

    completion: Completion | None = None
    error: str | None = None
    status: int = 0
    latency: float = 0.0
    unreachable: bool = False


@dataclass
class Counts:
    """What the client did, for the record."""

    requests: int = 0
    attempts: int = 0
    failed: int = 0
    faults: dict[str, int] = field(default_factory=dict)


class Client:
    """One connection pool on an event loop in a thread of its own; `ask` from any thread."""

    def __init__(
        self,
        address: Address,
        policy: Policy,
        *,
        headers: Mapping[str, Secret] | None = None,
        check: Callable[[], None] | None = None,
    ) -> None:
        """Start the thread; nothing is sent yet.

        Args:
            address: Of the interface.
            policy: How it is asked.
            headers: Sent with every request.
            check: Called when a connection fails; raises where the server is known to be gone.

        Raises:
            DetectorError: The proxy that the environment names cannot be used.
        """
        self.policy, self._check = policy, check or (lambda: None)
        self.counts, self.limiter = Counts(), Limiter(policy.limit)
        self._random = random.Random()
        self._gone: DetectorError | None = None
        self._tasks: set[asyncio.Task[Reply]] = set()
        self._address = address
        self._http = _pool(address, policy, headers or {})
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        # Log-probabilities are a thousand dictionaries an answer, which keep the garbage collector
        # going through all that torch and its like have loaded; none of that is garbage.
        gc.freeze()
        self._thread.start()

    def ask(self, path: str, body: bytes) -> Future[Reply]:
        """Send one request.

        Args:
            path: Below the interface's address, such as ``chat/completions``.
            body: JSON.

        Returns:
            Its reply, when there is one; its `result` raises `DetectorError` where all
            requests were given up.
        """
        return asyncio.run_coroutine_threadsafe(self._ask(path, body), self._loop)

    def cancel(self, reason: str) -> None:
        """Abandon everything that is open or waiting; it raises `DetectorError`."""
        self._loop.call_soon_threadsafe(self._abandon, DetectorError(reason))

    def close(self) -> None:
        """Abandon what is open, close the pool and end the thread; may be called twice."""
        if self._loop.is_closed():
            return
        self.cancel("the client was closed")
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        gc.unfreeze()

    def record(self) -> ClientRecord:
        """Return what was sent and what failed."""
        return {
            "requests": self.counts.requests,
            "attempts": self.counts.attempts,
            "failed": self.counts.failed,
            "faults": dict(self.counts.faults),
            "most_open": self.limiter.peak,
            "lowest_allowed": round(self.limiter.lowest, 1),
        }

    async def _end(self) -> None:
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def _abandon(self, reason: DetectorError) -> None:
        self._gone = self._gone or reason
        for task in self._tasks:
            task.cancel()

    async def _ask(self, path: str, body: bytes) -> Reply:
        task = asyncio.ensure_future(self._persist(path, body))
        self._tasks.add(task)
        self.counts.requests += 1
        try:
            if self._gone is not None:
                task.cancel()
            return await task
        except asyncio.CancelledError:
            raise self._gone or DetectorError("the request was cancelled") from None
        except DetectorError as error:
            self._tasks.discard(task)
            self._abandon(error)
            raise
        finally:
            self._tasks.discard(task)

    async def _persist(self, path: str, body: bytes) -> Reply:
        """Try until there is an answer, or no attempt is left."""
        attempt = 0
        outcome: Completion | Fault
        while True:
            async with self.limiter.slot():
                sent = self._loop.time()
                self.counts.attempts += 1
                response = await self._attempt(path, body)
                latency = self._loop.time() - sent
                self._adapt(response, sent)
            if isinstance(response, Fault):
                outcome = response
            else:
                await asyncio.sleep(0)  # the next request is sent before this answer is read
                outcome = content(response)
            if not isinstance(outcome, Fault):
                return Reply(completion=outcome, status=200, latency=latency)
            self.counts.faults[outcome.kind] = self.counts.faults.get(outcome.kind, 0) + 1
            if not outcome.status:
                self._check()
            if not outcome.again or attempt == self.policy.retries:
                break
            most = min(self.policy.backoff * 2**attempt, self.policy.longest_wait)
            await asyncio.sleep(self._random.uniform(most / 2, most))
            attempt += 1
        self.counts.failed += 1
        tries = f" ({attempt + 1} attempts)" if attempt else ""
        return Reply(
            error=f"{outcome.reason}{tries}",
            status=outcome.status,
            latency=latency,
            unreachable=outcome.unreachable,
        )

    def _adapt(self, response: httpx.Response | Fault, sent: float) -> None:
        """Let more or fewer requests through, or none for a while."""
        if not isinstance(response, Fault):
            self.limiter.succeeded()
        elif response.overload:
            self.limiter.overloaded(sent)
        if isinstance(response, Fault) and response.wait is not None:
            self.limiter.pause(min(response.wait, self.policy.longest_wait))

    async def _attempt(self, path: str, body: bytes) -> httpx.Response | Fault:
        try:
            async with asyncio.timeout(self.policy.timeout):
                response = await self._post(path, body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return broken(error, self.policy.timeout)
        if response is None:
            return Fault(f"the answer is larger than {LARGEST_BODY:,} bytes", again=False)
        return response if response.status_code == 200 else refused(response)

    async def _post(self, path: str, body: bytes) -> httpx.Response | None:
        """Send a request and read its answer; None where that is too large."""
        kind = {"content-type": "application/json"}
        url = self._address.of(path)
        async with self._http.stream("POST", url, content=body, headers=kind) as response:
            pieces, size = [], 0
            async for piece in response.aiter_bytes():
                size += len(piece)
                if size > LARGEST_BODY:
                    return None
                pieces.append(piece)
        headers = response.headers.copy()
        for name in ("content-encoding", "content-length"):  # it is unpacked already
            headers.pop(name, None)
        return httpx.Response(response.status_code, headers=headers, content=b"".join(pieces))


def _pool(address: Address, policy: Policy, headers: Mapping[str, Secret]) -> httpx.AsyncClient:
    """Make the connection pool; a proxy that can never work is said before anything is sent."""
    far = not re.match(_HERE, address.base)
    try:
        _check_proxies(getproxies() if far else {})
        return httpx.AsyncClient(
            headers={name: value.reveal() for name, value in headers.items()},
            trust_env=far,
            timeout=httpx.Timeout(policy.timeout, connect=min(10.0, policy.timeout), pool=None),
            limits=httpx.Limits(
                max_connections=policy.limit, max_keepalive_connections=policy.limit
            ),
        )
    except OSError as error:
        raise DetectorError(
            f"{address.public} cannot be asked: the certificates that the environment names "
            f"(SSL_CERT_FILE, SSL_CERT_DIR) cannot be used: {words_of(error)}"
        ) from None
    except (ValueError, httpx.InvalidURL, ImportError) as error:
        names = ", ".join(f"{kind.upper()}_PROXY" for kind in getproxies() if kind != "no")
        raise DetectorError(
            f"{address.public} cannot be asked: the proxy in the environment ({names}) cannot be "
            f"used: {words_of(error)}; correct it, or set NO_PROXY"
        ) from None


def _check_proxies(proxies: Mapping[str, str]) -> None:
    """Have their passwords redacted, and refuse what has no host or an impossible port."""
    for kind, value in proxies.items():
        whole = value if "://" in value else f"http://{value}"
        conceal_address(whole)
        if kind in ("http", "https", "all") and value:
            parts = urlsplit(whole)
            if not parts.hostname or parts.port == 0:
                raise ValueError(f"'{public(whole)}' has no host, or port 0")
