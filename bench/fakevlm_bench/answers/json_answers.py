"""JSON inside answers: fenced, bare, or in the manner of Python literals."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

_OPENING = re.compile(r"\{\s{0,200}[\"'}A-Za-z_]|\[\s{0,200}[\[{\"'\-\d.\]]")
_MAX_LITERAL = 20_000
_EFFORT = 20
"""Characters looked at for each character of the text, before the search for JSON ends."""
_DEEP = 10_000
"""Effort counted for JSON that is nested too deeply to be read."""


class Pairs(dict[str, Any]):
    """A JSON object; `clash` says that it names a key twice, with two values."""

    clash = False


def _pairs(items: list[tuple[str, Any]]) -> Pairs:
    pairs = Pairs(items)
    if len(pairs) < len(items):
        pairs.clash = any(pairs[key] != value for key, value in items)
    return pairs


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs)


def find_values(text: str) -> list[tuple[int, int, Any]]:
    """Find every outermost JSON object or list in `text`.

    The effort is bounded by a multiple of the length: text made of openings that never become
    valid is given up.

    Returns:
        Triples (start, end, value); an opening that never becomes valid is skipped.
    """
    if "{" not in text and "[" not in text:
        return []
    values: list[tuple[int, int, Any]] = []
    position, effort = 0, _EFFORT * len(text) + _DEEP
    closings: dict[int, int] | None = None
    while effort > 0 and (match := _OPENING.search(text, position)) is not None:
        start = position = match.start()
        parsed, spent = _decode(text, start)
        if parsed is None:
            closings = _closings(text) if closings is None else closings
            end = closings.get(start)
            if end is not None and end - start <= _MAX_LITERAL:
                parsed = _literal(text[start:end], end)
                spent += 4 * (end - start)
        effort -= spent + start // 20  # an error counts the lines before it
        position = start + 1
        if parsed is not None:
            values.append((start, parsed[1], parsed[0]))
            position = parsed[1]
    return values


def _decode(text: str, start: int) -> tuple[tuple[Any, int] | None, int]:
    """Read the value that opens at `start`: ((value, end) or None, characters looked at)."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        return None, max(1, error.pos - start)
    except (ValueError, RecursionError):
        return None, _DEEP
    return (value, end), 0


def _literal(body: str, end: int) -> tuple[Any, int] | None:
    """Read single-quoted keys, bare keys and trailing commas, as models write them."""
    body = re.sub(r",(\s*[\]}])", r"\1", body)
    bare = re.sub(r"([{,]\s{0,40})([A-Za-z_]\w{0,40})(\s{0,40}:)", r'\1"\2"\3', body)
    for candidate in (body, bare) if bare != body else (body,):
        try:
            return _DECODER.decode(candidate), end
        except (ValueError, RecursionError):
            continue
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(body), end
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _closings(text: str) -> dict[int, int]:
    """Return for each bracket that is closed the position behind its closing one."""
    closings: dict[int, int] = {}
    stack: list[tuple[str, int]] = []
    for match in re.finditer(r"[\[\]{}]", text):
        mark = match.group()
        if mark in "[{":
            stack.append((mark, match.start()))
        elif stack and stack[-1][0] == ("[" if mark == "]" else "{"):
            closings[stack.pop()[1]] = match.end()
    return closings


def walk(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield every mapping inside a JSON value, outer ones first, down to a hundred levels.

    Args:
        value: What a JSON text holds.
        depth: How deep `value` lies, from 0.
    """
    if depth > 100:
        return
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from walk(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from walk(inner, depth + 1)


VERDICT_KEYS = frozenset(
    {"verdict", "classification", "prediction", "conclusion", "authenticity", "answer", "decision",
     "is_fake", "is_real", "fake", "real", "is_ai_generated", "ai_generated", "is_authentic",
     "final_answer", "final_verdict", "overall_verdict", "judgement", "judgment"}
)  # fmt: skip
REASON_KEYS = (
    "reasons", "reason", "reasoning", "explanation", "explanations", "clues", "evidence",
    "analysis", "rationale", "justification", "artifacts", "artefacts", "anomalies", "findings",
    "description", "details", "observations",
)  # fmt: skip
