"""Regions in JSON: which keys hold them, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fakevlm_bench.answers.region_lists import (
    DEEPEST,
    Flaw,
    Item,
    bounding_box,
    is_list,
    is_number,
    nested,
    read_list,
)

_ONE = frozenset({"bbox", "bbox2d", "box", "boundingbox", "bboxxyxy"})
_MANY = frozenset({"boxes", "bboxes", "boundingboxes", "regions"})
_POLYGONS = frozenset({"polygon", "polygons", "segmentation", "quad"})
_POINTS = frozenset({"point", "points", "point2d"})
_YX = frozenset({"box2d"})
_LOOSE = frozenset({"location", "coordinates", "coords", "region", "position", "area", "rect",
                    "rectangle", "bounds"})  # fmt: skip
"""Keys that hold a box where there are numbers, and anything else otherwise."""
REGION_KEYS = _ONE | _MANY | _POLYGONS | _POINTS | _YX
"""Folded (`folded`) names of the keys that hold regions."""
_CORNERS = (("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"),
            ("left", "top", "right", "bottom"))  # fmt: skip
_SIDES = (("x", "y", "width", "height"), ("x", "y", "w", "h"))
_NO_REGION = frozenset({"", "none", "null", "n/a"})


def folded(name: Any) -> str:
    """Fold a key: ``bbox_2d``, ``BBox-2D`` and ``bbox2d`` are one."""
    return re.sub(r"[\W_]", "", str(name)).lower()


class JsonRegions:
    """Collects the regions of JSON values.

    Attributes:
        plain: Regions in the JSON's own unit, as (x0, y0, x1, y1).
        thousandths: Regions under ``box_2d`` (Gemini), which has a unit of its own.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.plain: list[Item] = []
        self.thousandths: list[Item] = []

    def read(self, value: Any, depth: int = 0) -> None:
        """Add the regions of a value, by its keys, at any depth up to `DEEPEST`."""
        if depth > DEEPEST:
            return
        if isinstance(value, Mapping):
            item = named_box(value)
            if item is not None:
                self.plain.append(item)
            boxed = _has_box(value)
            for name, body in value.items():
                if not (boxed and folded(name) in _POLYGONS):  # the outline of the same region
                    self._read_key(folded(name), body, depth + 1)
        elif is_list(value):
            for one in value:
                self.read(one, depth + 1)

    def _read_key(self, key: str, body: Any, depth: int) -> None:
        if key in _LOOSE and _is_numeric(body):
            self.plain += _listed(body)
        elif key not in REGION_KEYS:
            self.read(body, depth)
        elif body is None or (isinstance(body, str) and body.strip().lower() in _NO_REGION):
            return
        elif key in _MANY:
            self._read_many(key, body, depth)
        elif key in _POLYGONS:
            self.plain += _polygons(body)
        elif key in _POINTS:
            self.plain += _points(body)
        elif isinstance(body, Mapping) or (
            is_list(body) and any(isinstance(one, Mapping) for one in body)
        ):
            self._read_objects(body, depth)
        elif key in _YX:
            self.thousandths += [_turned(item) for item in _listed(body)]
        else:
            self.plain += _listed(body)

    def _read_many(self, key: str, body: Any, depth: int) -> None:
        """Read a list of regions: lists, objects, or both; words among them are no regions."""
        if isinstance(body, Mapping):
            if named_box(body) is not None or REGION_KEYS & set(map(folded, body)):
                self.read(body, depth)
                return
            body = list(body.values())
        if not is_list(body) or _is_flat(body):
            body = [body]
        for one in body:
            if isinstance(one, Mapping):
                before = len(self.plain) + len(self.thousandths)
                self.read(one, depth)
                empty = len(self.plain) + len(self.thousandths) == before
                if empty and key != "regions":
                    self.plain.append(Flaw.MALFORMED)
        self.plain += read_list([one for one in body if is_list(one)], below=True)
        for one in body:
            is_words = key == "regions" and isinstance(one, str) and not any(map(str.isdigit, one))
            if not (one is None or is_words or is_list(one) or isinstance(one, Mapping)):
                self.plain += _listed(one)

    def _read_objects(self, body: Any, depth: int) -> None:
        """Read an object, or several, in the place of a box; one without a box is malformed."""
        before = len(self.plain) + len(self.thousandths)
        self.read(body, depth)
        if len(self.plain) + len(self.thousandths) == before:
            self.plain.append(Flaw.MALFORMED)


def named_box(mapping: Mapping[Any, Any]) -> Item | None:
    """Read a box spelt out as x0/y0/x1/y1, left/top/right/bottom or x/y/width/height."""
    names = {folded(key): value for key, value in mapping.items()}
    for corners in _CORNERS:
        if all(corner in names for corner in corners):
            return _four([names[corner] for corner in corners])
    for sides in _SIDES:
        if all(side in names for side in sides):
            item = _four([names[side] for side in sides])
            if item is None or isinstance(item, Flaw):
                return item
            return (item[0], item[1], item[0] + item[2], item[1] + item[3])
    return Flaw.MALFORMED if _is_incomplete(names) else None


def _is_incomplete(names: Mapping[str, Any]) -> bool:
    """Say whether some sides of a box are there as numbers and others are missing."""
    numeric = {name for name, value in names.items() if is_number(value)}
    several = any(len(numeric & set(corners)) > 1 for corners in _CORNERS)
    return several or any({"x", "y"} < numeric & set(sides) for sides in _SIDES)


def _has_box(mapping: Mapping[Any, Any]) -> bool:
    """Say whether an object holds a well-formed box of its own, beside what else it holds."""
    if named_box(mapping) not in (None, Flaw.MALFORMED):
        return True
    bodies = [body for key, body in mapping.items() if folded(key) in _ONE | _YX]
    return any(is_list(body) and len(body) == 4 and all(map(is_number, body)) for body in bodies)


def _four(values: list[Any]) -> Item | None:
    """Read four sides; None where none of them is a number, so that they are words."""
    if not any(is_number(one) or (isinstance(one, str) and one.isdigit()) for one in values):
        return None
    return Flaw.MALFORMED if any(map(is_list, values)) else read_list(values)[0]


def _is_flat(value: Sequence[Any]) -> bool:
    """Whether a list is a single box: numbers, or numbers in quotes."""
    numeric = (is_number(one) or (isinstance(one, str) and one.strip().isdigit()) for one in value)
    return bool(value) and all(numeric)


def _is_numeric(value: Any, depth: int = 0) -> bool:
    """Whether a value is a list of numbers, or of such lists."""
    if not is_list(value) or not value or depth > DEEPEST:
        return False
    return all(is_number(one) or _is_numeric(one, depth + 1) for one in value)


def _listed(body: Any) -> list[Item]:
    """Read what stands in the place of a box: a list, or the same in quotes."""
    if is_list(body):
        return read_list(body, corners=True, below=True)
    if isinstance(body, str):
        return read_list(nested(body), corners=True, below=True)
    return [Flaw.MALFORMED]


def _turned(item: Item) -> Item:
    """Put x first."""
    return item if isinstance(item, Flaw) else (item[1], item[0], item[3], item[2])


def _polygons(body: Any, depth: int = 0) -> list[Item]:
    """Read one polygon or several: lists of points, or of their numbers in a row (COCO)."""
    if not is_list(body) or depth > DEEPEST:
        return [Flaw.MALFORMED]
    inner = [one for one in body if is_list(one)]
    if not inner:
        pairs = list(zip(body[::2], body[1::2], strict=False))
        return [bounding_box(pairs) if len(body) % 2 == 0 else Flaw.MALFORMED] if body else []
    if len(inner) < len(body):
        return [Flaw.MALFORMED]
    if all(len(one) == 2 and not any(map(is_list, one)) for one in inner):
        return [bounding_box(inner)]
    return [item for one in inner for item in _polygons(one, depth + 1)]


def _points(body: Any) -> list[Item]:
    """Count points, which are no regions; words are none."""
    if isinstance(body, Mapping):
        return [Flaw.POINT] if any(map(is_number, body.values())) else []
    if not is_list(body):
        return []
    if any(map(is_number, body)):
        return [Flaw.POINT]
    return [item for one in body for item in _points(one)]
