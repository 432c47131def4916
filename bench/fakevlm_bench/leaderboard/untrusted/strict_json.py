"""JSON as a stranger may send it: small, flat, without duplicates and without surprises."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any

from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown


def loads(data: bytes, name: str) -> Any:
    """Read JSON from bytes.

    Args:
        data: The file's content.
        name: Of the file, for the message.

    Raises:
        Refused: More bytes or levels than allowed, not UTF-8, not JSON, NaN or infinite
            numbers, duplicate keys, or characters that no text needs.
    """
    if len(data) > limits.JSON_BYTES:
        raise RefusalError(f"{name}: {len(data)} bytes, at most {limits.JSON_BYTES} are allowed")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusalError(f"{name}: not UTF-8 (byte {error.start})") from None
    _check_depth(text, name)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                raise RefusalError(f"{name}: the key {shown(key)} appears twice")
            found[key] = value
        return found

    def constant(word: str) -> None:
        raise RefusalError(f"{name}: {word} is not a JSON number")

    def real(word: str) -> float:
        value = float(word)
        if not math.isfinite(value):
            raise RefusalError(f"{name}: the number {shown(word)} is not finite")
        return value

    def integer(word: str) -> int:
        if len(word) > 17 or abs(int(word)) > limits.JSON_INTEGER:
            raise RefusalError(f"{name}: the number {shown(word, 24)} is out of range")
        return int(word)

    try:
        value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_float=real,
            parse_int=integer,
        )
    except json.JSONDecodeError as error:
        raise RefusalError(f"{name}: not JSON (line {error.lineno}: {error.msg})") from None
    _check_characters(value, name)
    return value


def _check_depth(text: str, name: str) -> None:
    """Count open brackets outside strings, before a recursive parser meets them."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > limits.JSON_DEPTH:
                raise RefusalError(f"{name}: nested deeper than {limits.JSON_DEPTH} levels")
        elif character in "]}":
            depth -= 1


def _check_characters(value: Any, name: str) -> None:
    """Refuse control, bidirectional, surrogate and private characters, in keys as well."""
    if isinstance(value, dict):
        for key, item in value.items():
            _check_characters(key, name)
            _check_characters(item, name)
    elif isinstance(value, list):
        for item in value:
            _check_characters(item, name)
    elif isinstance(value, str):
        for character in value:
            if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co"):
                raise RefusalError(
                    f"{name}: the character U+{ord(character):04X} is not allowed in {shown(value)}"
                )
