"""The verdict and the reasons in a JSON answer: the outermost mapping with a verdict decides."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fakevlm_bench.answers.json_answers import REASON_KEYS, Pairs, find_values
from fakevlm_bench.answers.object_keys import (
    AUXILIARIES,
    FAKE,
    MEASURES,
    NAMED,
    NO,
    PLACES,
    REAL,
    WHOLE,
    YES,
)
from fakevlm_bench.types import Label

_NESTED = 12


@dataclass(frozen=True, slots=True)
class Stated:
    """A mapping with a verdict.

    Attributes:
        start: Where the outermost value begins in the text.
        end: Where it ends.
        label: None where its keys contradict each other or say nothing.
        key: The key that decided.
        value: The mapping.
        contrary: Keys of it say different things.
    """

    start: int
    end: int
    label: Label | None
    key: str
    value: Mapping[str, Any]
    contrary: bool = False


Reader = Callable[..., Label | None]
"""Reads a verdict in words, with the question that they answer as ``question``."""
_QUESTIONS = frozenset({"question", "query", "prompt"})


def stated_in(text: str, read: Reader) -> Stated | None:
    """Read the JSON of an answer: of several values the last with a verdict, None without one.

    Args:
        text: The body of the answer.
        read: Reads a verdict in words.
    """
    last: Stated | None = None
    for start, end, value in find_values(text):
        outermost = _outermost(value, read, 0)
        if outermost is not None:
            mapping, label, key, contrary = outermost
            last = Stated(start, end, label, key, mapping, contrary)
    return last


def _outermost(
    value: Any, read: Reader, depth: int
) -> tuple[Mapping[str, Any], Label | None, str, bool] | None:
    if depth > _NESTED:
        return None
    if isinstance(value, Mapping):
        labels = _labels(value, read, depth)
        if labels is not None:
            label, key, contrary = labels
            return value, label, key, contrary
        if _is_region(value):
            return None
    inner = (
        value.values()
        if isinstance(value, Mapping)
        else value
        if isinstance(value, list | tuple)
        else ()
    )
    verdicts = [
        c
        for c in (
            _outermost(v, read, depth + 1) for v in inner if isinstance(v, Mapping | list | tuple)
        )
        if c
    ]
    if len({c[1] for c in verdicts}) > 1:
        return verdicts[0][0], None, verdicts[0][2], True
    return verdicts[0] if verdicts else None


def _is_region(mapping: Mapping[str, Any]) -> bool:
    return bool(PLACES & {str(key).lower() for key in mapping})


def _labels(
    mapping: Mapping[str, Any], read: Reader, depth: int
) -> tuple[Label | None, str, bool] | None:
    """Read the keys of one mapping that name a verdict; None where it has none."""
    if _is_region(mapping):
        return None
    question = next((v for k, v in mapping.items() if str(k).lower() in _QUESTIONS), None)
    if isinstance(question, str):
        read = partial(read, question=question)
    verdicts: list[tuple[Label, str, Label | None]] = []
    name = ""
    for key, value in mapping.items():
        words = _words(key)
        side = _side(words)
        if side is None and not _names_verdict(words):
            continue
        name = name or str(key)
        label = _value(side, words, value, read, depth)
        if label is not None:
            verdicts.append((label, str(key), side))
    if not name:
        return None
    if isinstance(mapping, Pairs) and mapping.clash:
        return None, name, True
    labels = {label for label, _, _ in verdicts}
    if len(labels) == 2:
        denials = [s for s in verdicts if s[0] is Label.REAL]
        plain = all(side is Label.FAKE for _, _, side in verdicts)
        if plain and denials:  # a kind of forgery that it is not beside one that it is
            return Label.FAKE, next(k for label, k, _ in verdicts if label is Label.FAKE), False
        shares = [
            _share(mapping[key]) for _, key, _ in verdicts if _share(mapping[key]) is not None
        ]
        if len(shares) == len(verdicts) == 2:
            return _larger(mapping, verdicts)
        return None, name, True
    return (verdicts[-1][0], verdicts[-1][1], False) if verdicts else (None, name, False)


def _larger(
    mapping: Mapping[str, Any], verdicts: list[tuple[Label, str, Label | None]]
) -> tuple[Label | None, str, bool]:
    """Compare two shares that do not complement each other; they must nearly sum to one."""
    (_, first, side), (_, second, other) = verdicts
    a, b = _share(mapping[first]) or 0.0, _share(mapping[second]) or 0.0
    if side is None or other is None or side is other or a == b or not 0.95 <= a + b <= 1.05:
        return None, first, True
    return (side, first, False) if a > b else (other, second, False)


def _words(key: object) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", str(key)[:80])
    return re.findall(r"[a-z]+", spaced.lower())


def _names_verdict(words: list[str]) -> bool:
    return bool(words) and bool(NAMED & set(words)) and all(w in NAMED | WHOLE for w in words)


def _side(words: list[str]) -> Label | None:
    """Return the label that a key names: ``is_fake``, ``authentic``, ``probability_real``."""
    rest = set(words)
    fake, real = rest & FAKE, rest & REAL
    if not rest <= FAKE | REAL | MEASURES or bool(fake) == bool(real) or rest & {"not"}:
        return None
    return Label.FAKE if fake else Label.REAL


def _value(
    side: Label | None, words: list[str], value: Any, read: Reader, depth: int
) -> Label | None:
    if isinstance(value, Mapping):
        inner = _labels(value, read, depth + 1) if depth < _NESTED else None
        return inner[0] if inner else None
    if isinstance(value, list | tuple):
        labels = (
            {_value(side, words, v, read, depth + 1) for v in value[:20]}
            if depth < _NESTED
            else set()
        )
        return labels.pop() if len(labels) == 1 else None
    if side is not None:
        share = _share(value)
        if share is None and MEASURES & set(words) - AUXILIARIES and isinstance(value, int | float):
            share = value / 100 if 2 <= value <= 100 else None
        if share is not None:
            if share == 0.5:
                return None
            return side if share > 0.5 else Label(1 - side)
        if words == ["authenticity"] and isinstance(value, str):
            return read(value)
    if isinstance(value, str):
        return read(value)
    return None


def _share(value: Any) -> float | None:
    """Read true, 0.9, "1", "92 %" and the like as a share of one."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value) if 0 <= value <= 1 and math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    word = value.strip().lower()
    if word in YES | NO:
        return float(word in YES)
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\s?(%?)", word)
    if match is None:
        return None
    number = float(match[1]) / (100 if match[2] else 1)
    return number if 0 <= number <= 1 else None


def reasons_of(mapping: Mapping[str, Any], clean: Callable[[str], str]) -> str:
    """Return the reasons of a JSON answer, joined by "; "; lists and mappings are read in order.

    Args:
        mapping: The answer.
        clean: Takes the verdict out of a reason in words.
    """
    lowered = {str(key).lower(): value for key, value in mapping.items()}
    for key in REASON_KEYS:
        value = lowered.get(key)
        if isinstance(value, str) and value.strip():
            return clean(value) or value.strip()
        if isinstance(value, list | tuple | Mapping) and value:
            return "; ".join(piece for piece in _texts(value, 0) if piece)
    return ""


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Yield the words in a reason: of a mapping those of its values."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value).strip()
    elif isinstance(value, list | tuple) and depth < _NESTED:
        if value and all(isinstance(v, int | float) for v in value) and depth:
            return  # a box
        for inner in value:
            yield from _texts(inner, depth + 1)
    elif isinstance(value, Mapping) and depth < _NESTED:
        texts = [
            " ".join(_texts(inner, depth + 1))
            if isinstance(inner, list | tuple | Mapping)
            else inner.strip()
            for key, inner in value.items()
            if isinstance(inner, str | list | tuple | Mapping)
            and str(key).lower() not in PLACES - {"region", "area"}
        ]
        yield (
            ": ".join(text for text in texts if text) if depth else "; ".join(t for t in texts if t)
        )
