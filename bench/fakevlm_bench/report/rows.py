"""The figures of a result, one after the other, and how one is written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

WIDTH = 100
"""Columns of a terminal."""

PRIMARY = ("balanced_accuracy", "recall_fake", "recall_real", "auroc", "foreground_iou", "rouge_l",
           "corpus_bleu")  # fmt: skip
ORDER = ("conditions", "clean", "coverage", *PRIMARY, "detection", "localization", "explanation",
         "fake", "real", "robustness")  # fmt: skip
"""What comes first; parts of a task and what is not named here come after it."""
LAST = ("floors", "by", "efficiency", "added")


def _place(key: str) -> tuple[int, str]:
    if key in ORDER:
        return ORDER.index(key), ""
    return len(ORDER) + (1 + LAST.index(key) if key in LAST else 0), key


class Row(NamedTuple):
    """One figure of a result, with the names on the way to it."""

    path: tuple[str, ...]
    figure: Mapping[str, Any]


def rows(result: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Row]:
    """Give every figure of a result: clean first, then as `ORDER` says on each level."""
    for key in sorted(result, key=_place):
        value = result[key]
        if not isinstance(value, Mapping):
            continue
        if "absent" in value or isinstance(value.get("value"), int | float):
            yield Row((*path, str(key)), value)
        elif isinstance(value.get("value"), Mapping):  # a metric of the user's with several values
            for name, one in value["value"].items():
                if isinstance(one, int | float):
                    yield Row((*path, str(key), str(name)), {"value": one, "n": value.get("n")})
        elif key != "settings":
            yield from rows(value, (*path, str(key)))


def interval(figure: Mapping[str, Any]) -> str:
    """Write a figure as ``0.912 [0.897, 0.926]``, or a dash where it is absent.

    ``0.912 [–]`` is a figure whose interval is absent, for the reason in ``no_interval``.
    """
    if "absent" in figure:
        return "–"
    value = number(figure["value"])
    if figure.get("low") is None:
        return f"{value} [–]" if "no_interval" in figure else value
    return f"{value} [{number(figure['low'])}, {number(figure['high'])}]"


def wrapped(text: str, indent: str = "") -> list[str]:
    """Lay a sentence out for a terminal of `WIDTH` columns."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def number(value: float) -> str:
    """Write a number with three decimals, large ones without."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:,.0f}"


def flags(result: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give the names of the flags on each attack's figures, by condition id."""
    found: dict[str, list[str]] = {}
    for flag in result.get("robustness", {}).get("flags", ()):
        found.setdefault(flag["condition_id"], []).append(flag["name"])
    return found
