"""JSON inside answers: fenced, bare, or in the manner of Python literals."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_OPENING = re.compile(r"\{\s*[\"'}]|\[\s*[\[{\"'\-\d.\]]")
_DECODER = json.JSONDecoder()
_CLOSING = {"{": "}", "[": "]"}
_MAX_LITERAL = 20_000


def find_values(text: str) -> list[tuple[int, int, Any]]:
    """Find every outermost JSON object or list in `text`.

    Returns:
        Triples (start, end, value); an opening that never becomes valid is skipped.
    """
    found: list[tuple[int, int, Any]] = []
    position = 0
    while (match := _OPENING.search(text, position)) is not None:
        start = match.start()
        parsed = _parse(text, start)
        if parsed is not None:
            found.append((start, parsed[1], parsed[0]))
        position = start + 1 if parsed is None else parsed[1]
    return found


def _parse(text: str, start: int) -> tuple[Any, int] | None:
    """Read the value that opens at `start`: (value, end)."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return _literal(text, start)


def _literal(text: str, start: int) -> tuple[Any, int] | None:
    """Read single-quoted keys and trailing commas, as models write them."""
    end = _matching_end(text, start)
    if end is None or end - start > _MAX_LITERAL:
        return None
    body = re.sub(r",(\s*[\]}])", r"\1", text[start:end])
    try:
        return json.loads(body), end
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(body), end
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _matching_end(text: str, start: int) -> int | None:
    """Give the position behind the bracket that closes the one at `start`."""
    depth = 0
    opening, closing = text[start], _CLOSING[text[start]]
    for position in range(start, min(len(text), start + _MAX_LITERAL)):
        depth += (text[position] == opening) - (text[position] == closing)
        if depth == 0:
            return position + 1
    return None


def walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give every mapping inside a JSON value, outer ones first."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from walk(inner)


def answer_object(text: str) -> Mapping[str, Any] | None:
    """Give the last JSON object of an answer that has a verdict, or None."""
    chosen: Mapping[str, Any] | None = None
    for _, _, value in find_values(text):
        for mapping in walk(value):
            if VERDICT_KEYS & {str(key).lower() for key in mapping}:
                chosen = mapping
    return chosen


VERDICT_KEYS = frozenset(
    {"verdict", "classification", "prediction", "conclusion", "authenticity", "answer", "decision",
     "is_fake", "is_real", "fake", "real", "is_ai_generated", "ai_generated", "is_authentic",
     "final_answer", "final_verdict", "overall_verdict", "judgement", "judgment"}
)  # fmt: skip
REASON_KEYS = (
    "reasons", "reason", "reasoning", "explanation", "explanations", "clues", "evidence",
    "analysis", "rationale", "justification", "artifacts",
)  # fmt: skip
