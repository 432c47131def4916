"""Regions written as lists of numbers, in JSON or between tags.

A list is read by its shape alone, and never flattened: four numbers are a box, two points that
are marked as such its corners, three and more points a polygon, two numbers a point, anything
else malformed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeAlias

from fakevlm_bench.types import Box


class Flaw(StrEnum):
    """Why something that was written as a region is none."""

    MALFORMED = "malformed"
    POINT = "point"


Item: TypeAlias = Box | Flaw
"""A box in whatever unit it was written in, or why there is none."""

NUMBER = r"[-+]?\d+(?:\.\d+)?"
LARGEST = 1e6
"""Coordinates beyond this are malformed."""
DEEPEST = 32
"""Levels of nesting that are followed."""

_REFERENCES = 30
"""A list of references has no larger number."""

_NUMBER = re.compile(NUMBER)
_PIECE = re.compile(
    rf"(?P<number>{NUMBER}(?=[\s,\[\]()]|$))|(?P<open>[\[(])|(?P<close>[\])])|[\s,]+"
    r"|(?P<other>[^\s,\[\]()]+)"
)


def nested(body: str) -> list[Any]:
    """Read text such as ``(1,2),(3,4)`` or ``[[1, 2, 3, 4]; [5, 6, 7, 8]]`` as nested lists.

    Returns:
        Round brackets as tuples, square ones as lists, numbers as floats, and None for each
        piece that is nothing of the kind.
    """
    if ";" in body:
        body = f"[{body.replace(';', '],[')}]"
    stack: list[list[Any]] = [[]]
    openings: list[str] = []
    for match in _PIECE.finditer(body):
        if match["number"]:
            stack[-1].append(float(match["number"]))
        elif match["open"]:
            if len(stack) > DEEPEST:
                return [None]
            stack.append([])
            openings.append(match["open"])
        elif match["close"]:
            if not openings or (openings[-1] == "(") != (match["close"] == ")"):
                return [None]
            inner = stack.pop()
            stack[-1].append(tuple(inner) if openings.pop() == "(" else inner)
        elif match["other"]:
            stack[-1].append(None)
    return stack[0] if not openings else [None]


def read_list(
    value: Sequence[Any], *, corners: bool = False, below: bool = False, depth: int = 0
) -> list[Item]:
    """Read the regions of a list.

    Args:
        value: One region, or a list of them, at any depth.
        corners: Points in square brackets are a box's corners or a polygon; in round ones two are
            always corners, and more are malformed.
        below: The same for the lists inside `value`.
        depth: How deep `value` itself lies.

    Returns:
        One item for each region; none for an empty list.
    """
    if depth > DEEPEST:
        return [Flaw.MALFORMED]
    inner = [one for one in value if is_list(one)]
    if not inner:
        return [_flat(value)] if value else []
    if len(value) > 1 and all(isinstance(one, tuple) and len(one) != 4 for one in value):
        return [corner_box(value) if len(value) == 2 else Flaw.MALFORMED]
    if corners and len(value) > 1 and all(_is_pair(one) for one in value):
        return [corner_box(value) if len(value) == 2 else bounding_box(value)]
    strays: list[Item] = [Flaw.MALFORMED] if len(inner) < len(value) else []
    deeper = (read_list(one, corners=below, below=below, depth=depth + 1) for one in inner)
    return [item for items in deeper for item in items] + strays


def bounding_box(points: Sequence[Sequence[Any]]) -> Item:
    """Compute the box around a polygon; fewer than three points, or no numbers, are malformed."""
    numbers = [[_coordinate(v) for v in point] for point in points]
    xs = [x for x, _ in numbers if x is not None]
    ys = [y for _, y in numbers if y is not None]
    if len(points) < 3 or not len(xs) == len(ys) == len(points):
        return Flaw.MALFORMED
    return (min(xs), min(ys), max(xs), max(ys))


def corner_box(points: Sequence[Sequence[Any]]) -> Item:
    """Read a box from two points, its upper left and its lower right corner."""
    if len(points) != 2 or not all(map(_is_pair, points)):
        return Flaw.MALFORMED
    return _flat([*points[0], *points[1]])


def is_bare(value: Any, depth: int = 0) -> bool:
    """Whether a list outside any object is one of boxes: numbers only, and four somewhere.

    Args:
        value: What a JSON text holds.
        depth: How deep `value` lies, from 0.
    """
    if depth > DEEPEST or not is_list(value):
        return False
    inner = [one for one in value if is_list(one)]
    if not inner:
        return len(value) == 4 and all(is_number(one) for one in value)
    leaves = [one for one in inner if not any(is_list(v) for v in one)]
    numeric = all(is_number(v) for one in leaves for v in one)
    return len(inner) == len(value) and numeric and any(is_bare(one, depth + 1) for one in inner)


def is_citation(value: Any) -> bool:
    """Whether a list outside any object is one of references: ``[1, 2, 3, 4]``, ``[2, 5, 7, 9]``.

    Four small whole numbers that ascend are no box that anybody would draw.

    Args:
        value: What a JSON text holds.
    """
    if not is_list(value) or len(value) != 4 or not all(isinstance(one, int) for one in value):
        return False
    ascending = all(first < second for first, second in pairwise(value))
    return ascending and value[0] >= 1 and value[3] <= _REFERENCES


def is_list(value: Any) -> bool:
    """Whether a value is a list or a tuple."""
    return isinstance(value, list | tuple)


def is_number(value: Any) -> bool:
    """Whether a value is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return is_list(value) and len(value) == 2 and not any(is_list(one) for one in value)


def _flat(value: Sequence[Any]) -> Item:
    """Read a list without lists in it."""
    numbers = [v for one in value if (v := _coordinate(one)) is not None]
    if len(numbers) != len(value) or len(numbers) not in (2, 4):
        return Flaw.MALFORMED
    if len(numbers) == 2:
        return Flaw.POINT
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def _coordinate(value: Any) -> float | None:
    """Read a number, also one in quotes; None where it is none, or beyond `LARGEST`."""
    if isinstance(value, str) and len(value) < 32 and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if not is_number(value) or not -LARGEST <= value <= LARGEST:
        return None
    return float(value)
