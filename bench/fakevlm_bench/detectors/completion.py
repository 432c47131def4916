"""A chat completion as an OpenAI-compatible server sends it, read without trust in its types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.responses import count


@dataclass(frozen=True, slots=True)
class Completion:
    """The first choice of a chat completion.

    Attributes:
        text: The answer, or the refusal; None where it is no text.
        kind: Name of the content's type, for the message where `text` is None.
        tokens: For each token its ``token``, ``logprob`` and ``top_logprobs``; empty where the
            server lists none.
        tokens_in: Prompt tokens, where counted.
        tokens_out: Generated tokens, where counted.
    """

    text: str | None
    kind: str
    tokens: Sequence[Any]
    tokens_in: int | None
    tokens_out: int | None


def read(choice: Mapping[str, Any], usage: object) -> Completion:
    """Read a choice.

    Args:
        choice: ``choices[0]``, whose ``message`` is an object.
        usage: The body's ``usage``, whatever it is.
    """
    message, listing = choice["message"], choice.get("logprobs")
    answer = message.get("content") or message.get("refusal") or ""
    tokens = listing.get("content") if isinstance(listing, Mapping) else None
    counts = usage if isinstance(usage, Mapping) else {}
    return Completion(
        text=_plain(answer),
        kind=type(answer).__name__,
        tokens=tokens if isinstance(tokens, list) else (),
        tokens_in=count(counts.get("prompt_tokens")),
        tokens_out=count(counts.get("completion_tokens")),
    )


def _plain(answer: object) -> str | None:
    """Return an answer's text, also where it comes in parts; None where it is neither."""
    if isinstance(answer, list):
        texts = (part.get("text") for part in answer if isinstance(part, Mapping))
        return "".join(text for text in texts if isinstance(text, str))
    return answer if isinstance(answer, str) else None
