"""What went wrong with a request, and what an answer's body holds."""

from __future__ import annotations

import contextlib
import email.utils
import json
import time
from dataclasses import dataclass

import httpx

from fakevlm_bench.detectors import completion
from fakevlm_bench.detectors.completion import Completion
from fakevlm_bench.secret import public

LONGEST_REASON = 500
"""Characters of a server's words that a reason keeps."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an attempt failed, and whether another one may help."""

    reason: str
    again: bool = True
    overload: bool = False
    wait: float | None = None
    status: int = 0
    unreachable: bool = False

    @property
    def kind(self) -> str:
        """Name it for counting: the status, or what comes before the details."""
        return str(self.status or self.reason.split(":")[0])


def broken(error: Exception, timeout: float) -> Fault:
    """Say why there is no answer at all.

    Args:
        error: What ended the attempt.
        timeout: Seconds that it was given.
    """
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Fault(f"no connection: {words_of(error)}", unreachable=True)
    if isinstance(error, httpx.ProxyError):
        return Fault(f"no connection: the proxy says {words_of(error)}", unreachable=True)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Fault(f"no answer within {timeout:g} s", overload=True)
    return Fault(f"connection broken: {words_of(error)}")


def refused(response: httpx.Response) -> Fault:
    """Say why a request was refused, and whether asking again may help."""
    status, target = response.status_code, response.headers.get("location", "")
    moved = f"redirected to {public(target)[:LONGEST_REASON]}" if target else ""
    return Fault(
        f"{status}: {moved if 300 <= status < 400 and moved else _message(response)}",
        again=status in (408, 429) or status >= 500,
        overload=status in (429, 503),
        wait=_retry_after(response.headers.get("retry-after")),
        status=status,
    )


def _message(response: httpx.Response) -> str:
    """Return the server's own words, where it has some."""
    with contextlib.suppress(ValueError, RecursionError):
        body = json.loads(response.content)
        error = (body.get("error") or body) if isinstance(body, dict) else body
        words = (error.get("message") or error) if isinstance(error, dict) else error
        return _shortened(str(words))
    return _shortened(response.text) or response.reason_phrase


def _shortened(text: str) -> str:
    """Bring a server's words into one line of some length; a secret is taken out before the cut."""
    line = " ".join(public(text[: 100 * LONGEST_REASON]).split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"


def _retry_after(value: str | None) -> float | None:
    """Read Retry-After (RFC 9110, section 10.2.3): seconds, or a date."""
    if value is None:
        return None
    with contextlib.suppress(ValueError):
        return max(0.0, float(value))
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    return None


def content(response: httpx.Response) -> Completion | Fault:
    """Read the body where it is a chat completion."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return Fault(f"the answer is no JSON: {_shortened(response.text)}")
    except RecursionError:
        return Fault("the answer is nested too deeply to be read", again=False)
    choices = body.get("choices") if isinstance(body, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict) or not isinstance(first.get("message"), dict):
        return Fault(f"the answer is no chat completion: {_message(response)}")
    return completion.read(first, body.get("usage"))


def words_of(error: Exception) -> str:
    """Return an exception's words without what is secret in them."""
    return public(str(error) or type(error).__name__)[:LONGEST_REASON]
