"""JSON as a stranger may send it: small, flat, without duplicates and without surprises."""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.result import Document


def loads(data: bytes, name: str) -> Any:
    """Read JSON from bytes.

    Args:
        data: The file's content.
        name: Of the file, for the message.

    Raises:
        RefusalError: More bytes or levels than allowed, not UTF-8, not JSON, NaN or infinite
            numbers, duplicate keys, or characters that no text needs.
    """
    if len(data) > limits.JSON_BYTES:
        raise RefusalError(f"{name}: {len(data)} bytes, at most {limits.JSON_BYTES} are allowed")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusalError(f"{name}: not UTF-8 (byte {error.start})") from None
    _check_depth(text, name)
    strict = _Strict(name)
    try:
        value = json.loads(
            text,
            object_pairs_hook=strict.pairs,
            parse_constant=strict.constant,
            parse_float=strict.real,
            parse_int=strict.integer,
        )
    except json.JSONDecodeError as error:
        raise RefusalError(f"{name}: not JSON (line {error.lineno}: {error.msg})") from None
    _check_characters(value, name)
    return value


@dataclass(frozen=True)
class _Strict:
    """What the parser calls for objects and numbers of the file with this name."""

    name: str

    def pairs(self, items: list[tuple[str, Any]]) -> Document:
        value: Document = {}
        for key, item in items:
            if key in value:
                raise RefusalError(f"{self.name}: the key {shown(key)} appears twice")
            value[key] = item
        return value

    def constant(self, word: str) -> None:
        raise RefusalError(f"{self.name}: {word} is not a JSON number")

    def real(self, word: str) -> float:
        value = float(word)
        if not math.isfinite(value):
            raise RefusalError(f"{self.name}: the number {shown(word)} is not finite")
        return value

    def integer(self, word: str) -> int:
        # int() of a long text takes quadratic time, so its length is checked first.
        if len(word) > 17 or abs(int(word)) > limits.JSON_INTEGER:
            raise RefusalError(f"{self.name}: the number {shown(word, 24)} is out of range")
        return int(word)


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
