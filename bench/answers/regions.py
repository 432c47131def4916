"""Where an answer says the image is wrong: boxes in the forms that models write.

====================  =====================================================================
form                  coordinates
====================  =====================================================================
``<box>`` tags        ``<box>x0 y0 x1 y1</box>`` (FakeVLM-Mini) or ``[[x0, y0, x1, y1], …]``
                      (InternVL), thousandths of the image
``<|box_start|>``     ``(x0,y0),(x1,y1)`` (Qwen2-VL), thousandths
patch indices         ``<patch_index_0044><patch_index_0863>`` (Kosmos-2), a 32 x 32 grid,
                      read as in Peng et al., arXiv 2306.14824, section 2
``<loc0123>`` x 4     y0 x0 y1 x1 (PaliGemma, arXiv 2407.07726), 1/1024 of the image
JSON                  ``bbox_2d`` (Qwen), ``box_2d`` (Gemini: y0 x0 y1 x1, thousandths),
                      ``bbox``, ``box``, ``boxes``, x0/y0/x1/y1, x/y/width/height
====================  =====================================================================

JSON does not say its unit, so that is part of the reading (`Coordinates`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from bench.answers.structured import VERDICT_KEYS, find_values, walk
from bench.types import Box, Mask


class Coordinates(StrEnum):
    """The unit of boxes in JSON.

    ``AUTO`` takes [0, 1] for fractions, values beyond the image's edge for thousandths, and
    all others for pixels. ``QWEN2_5`` are pixels of the image as Qwen2.5-VL
    resizes it (both sides multiples of 28).
    """

    AUTO = "auto"
    PIXELS = "pixels"
    UNIT = "unit"
    THOUSAND = "thousand"
    QWEN2_5 = "qwen2_5"


@dataclass(frozen=True, slots=True)
class Regions:
    """Boxes in pixels, clipped to the image, and how many were malformed and left out."""

    boxes: tuple[Box, ...] = ()
    dropped: int = 0


_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_BOX_TAG = re.compile(r"<box>(.*?)(?:</box>|(?=<box>)|$)", re.DOTALL)
_QWEN2 = re.compile(r"<\|box_start\|>(.*?)(?:<\|box_end\|>|(?=<\|box_start\|>)|$)", re.DOTALL)
_PATCHES = re.compile(r"(?:<patch_index_\d+>)+")
_LOCATIONS = re.compile(r"(?:<loc\d+>\s*)+")
_MARKUP = re.compile(
    r"<box>.*?(?:</box>|$)|<\|box_start\|>.*?(?:<\|box_end\|>|$)|<object>.*?(?:</object>|$)|"
    r"(?:<loc\d+>\s*)+|(?:<patch_index_\d+>)+|</?(?:ref|phrase|grounding|p|delimiter_of_multi_objects/?)>|"
    r"<\|object_ref_(?:start|end)\|>|```(?:json)?|<\|[a-z_]+\|>",
    re.DOTALL,
)
_SINGLE_KEYS = frozenset({"bbox_2d", "bbox", "box", "box_2d", "bounding_box", "bbox_xyxy"})
_MANY_KEYS = frozenset({"boxes", "bboxes", "bounding_boxes", "regions"})
_PATCH_GRID = 32
_PALIGEMMA_BINS = 1024


def parse_regions(
    text: str, size: tuple[int, int], coordinates: Coordinates | str = Coordinates.AUTO
) -> Regions:
    """Read all boxes out of an answer.

    Args:
        text: The answer as the model wrote it.
        size: (width, height) in pixels of the image that was sent.
        coordinates: Unit of boxes in JSON; tags have their own.

    Returns:
        Boxes in pixels in the order of their form, then of the text. Left out and counted: a
        wrong number of coordinates, no numbers, no area, outside the image by more than
        a thirtieth of it, a tag that is not closed.
    """
    raw: list[Box | None] = []
    for match in _BOX_TAG.finditer(text):
        raw += _numbers(match, "</box>", 1000.0)
    for match in _QWEN2.finditer(text):
        raw += _numbers(match, "<|box_end|>", 1000.0)
    for match in _PATCHES.finditer(text):
        raw += _patch_boxes([int(n) for n in re.findall(r"\d+", match.group())])
    for match in _LOCATIONS.finditer(text):
        raw += _location_boxes([int(n) for n in re.findall(r"\d+", match.group())])
    raw += _json_boxes(text, size, Coordinates(coordinates))
    boxes = [_to_pixels(box, size) for box in raw]
    valid = tuple(box for box in boxes if box is not None)
    return Regions(valid, len(boxes) - len(valid))


def strip_regions(text: str) -> str:
    """Take region markup out of an explanation, and leave the words."""
    for start, end, value in reversed(find_values(text)):
        if _is_regions(value):
            text = text[:start] + text[end:]
    text = _MARKUP.sub(" ", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text)
    return re.sub(r"\s+([,;.])", r"\1", re.sub(r"\s+", " ", text)).strip()


def boxes_to_mask(boxes: Sequence[Box], size: tuple[int, int]) -> Mask:
    """Fill boxes: ``bool`` (H, W); edges are rounded to the nearest pixel, at least one each."""
    width, height = size
    mask = np.zeros((height, width), dtype=bool)
    for box in boxes:
        x0, y0 = min(math.floor(box[0] + 0.5), width - 1), min(math.floor(box[1] + 0.5), height - 1)
        x1, y1 = math.floor(box[2] + 0.5), math.floor(box[3] + 0.5)
        mask[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = True
    return mask


def qwen_resized(size: tuple[int, int], factor: int = 28) -> tuple[int, int]:
    """Size to which Qwen2.5-VL resizes an image (by default 4 to 16,384 patches of 28²)."""
    width, height = size
    low, high = 4 * factor**2, 16384 * factor**2
    new_h, new_w = (max(factor, round(side / factor) * factor) for side in (height, width))
    if new_h * new_w > high:
        scale = math.sqrt(height * width / high)
        new_h, new_w = (
            max(factor, math.floor(s / scale / factor) * factor) for s in (height, width)
        )
    elif new_h * new_w < low:
        scale = math.sqrt(low / (height * width))
        new_h, new_w = (math.ceil(s * scale / factor) * factor for s in (height, width))
    return new_w, new_h


def _numbers(match: re.Match[str], closing: str, unit: float) -> list[Box | None]:
    """Read one tag: all of its numbers, four to a box; anything but numbers is malformed."""
    body = match.group(1)
    values = [float(number) / unit for number in re.findall(_NUMBER, body)]
    clean = re.fullmatch(r"[\s\[\](),;]*", re.sub(_NUMBER, "", body)) is not None
    if not match.group().endswith(closing) or not clean or not values or len(values) % 4:
        return [None]
    return [_box(values[i : i + 4]) for i in range(0, len(values), 4)]


def _patch_boxes(indices: list[int]) -> list[Box | None]:
    """Turn pairs of Kosmos-2 patches (upper left, lower right) into fractions.

    Corners are patch centres; where both patches share a row or a column, the box takes
    whole patches.
    """
    if len(indices) % 2 or max(indices) >= _PATCH_GRID**2:
        return [None]
    boxes: list[Box | None] = []
    for first, last in zip(indices[::2], indices[1::2], strict=True):
        (row0, column0), (row1, column1) = divmod(first, _PATCH_GRID), divmod(last, _PATCH_GRID)
        low, high = (0.0, 1.0) if row0 == row1 or column0 == column1 else (0.5, 0.5)
        corners = (column0 + low, row0 + low, column1 + high, row1 + high)
        boxes.append(_box([corner / _PATCH_GRID for corner in corners]))
    return boxes


def _location_boxes(bins: list[int]) -> list[Box | None]:
    if len(bins) % 4 or max(bins) >= _PALIGEMMA_BINS:
        return [None]
    fours = [[b / _PALIGEMMA_BINS for b in bins[i : i + 4]] for i in range(0, len(bins), 4)]
    return [_box([x0, y0, x1, y1]) for y0, x0, y1, x1 in fours]


def _json_boxes(text: str, size: tuple[int, int], coordinates: Coordinates) -> list[Box | None]:
    """Collect boxes from JSON, decide their common unit, and give fractions."""
    tagged = _MARKUP.sub(lambda m: " " * len(m.group()), text.replace("```", "   "))
    plain: list[list[float] | None] = []
    found: list[Box | None] = []
    for _, _, value in find_values(tagged):
        mappings = list(walk(value))
        if not mappings and _is_regions(value):
            plain += [_four(box) for box in _listed(value)]
        for mapping in mappings:
            for key, body in mapping.items():
                if key == "box_2d":
                    four = _four(body)
                    ordered = four and [four[1], four[0], four[3], four[2]]
                    found.append(_box([v / 1000 for v in ordered]) if ordered else None)
                elif key in _SINGLE_KEYS and body not in (None, [], ""):
                    plain.append(_four(body))
                elif key in _MANY_KEYS and isinstance(body, list):
                    plain += [_four(box) for box in _listed(body) if not isinstance(box, Mapping)]
            if (four := _named(mapping)) is not None:
                plain.append(four)
    scale_x, scale_y = _unit([box for box in plain if box], size, coordinates)
    found.extend(
        _box([four[0] / scale_x, four[1] / scale_y, four[2] / scale_x, four[3] / scale_y])
        if four
        else None
        for four in plain
    )
    return found


def _unit(
    boxes: list[list[float]], size: tuple[int, int], coordinates: Coordinates
) -> tuple[float, float]:
    """Give what x and y are divided by to become fractions of the image."""
    width, height = size
    if coordinates is Coordinates.AUTO:
        if all(0 <= value <= 1 for box in boxes for value in box):
            coordinates = Coordinates.UNIT
        elif any(max(b[0], b[2]) > width or max(b[1], b[3]) > height for b in boxes):
            coordinates = Coordinates.THOUSAND
        else:
            coordinates = Coordinates.PIXELS
    if coordinates is Coordinates.UNIT:
        return 1.0, 1.0
    if coordinates is Coordinates.THOUSAND:
        return 1000.0, 1000.0
    if coordinates is Coordinates.QWEN2_5:
        width, height = qwen_resized(size)
    return float(width), float(height)


def _listed(value: list[Any]) -> list[Any]:
    """Treat a single flat box as a list of one."""
    return [value] if value and all(isinstance(v, int | float) for v in value) else value


def _is_regions(value: Any) -> bool:
    """Say whether a JSON value is boxes, alone or with their labels."""
    if isinstance(value, Mapping):
        keys = {str(key).lower() for key in value}
        if keys & VERDICT_KEYS:
            return False
        return bool(keys & (_SINGLE_KEYS | _MANY_KEYS)) or _named(value) is not None
    if not isinstance(value, list) or not value:
        return False
    if all(isinstance(v, int | float) for v in value):
        return len(value) == 4
    return all(_is_regions(inner) for inner in value)


def _named(mapping: Mapping[str, Any]) -> list[float] | None:
    """Read boxes spelt out as x0/y0/x1/y1, left/top/right/bottom or x/y/width/height."""
    names = {str(key).lower(): value for key, value in mapping.items()}
    for corners in (("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"),
                    ("xmin", "ymin", "xmax", "ymax"), ("x_min", "y_min", "x_max", "y_max"),
                    ("left", "top", "right", "bottom")):  # fmt: skip
        if all(corner in names for corner in corners):
            return _four([names[corner] for corner in corners]) or [math.nan] * 4
    for sides in (("x", "y", "width", "height"), ("x", "y", "w", "h")):
        if all(side in names for side in sides):
            four = _four([names[side] for side in sides])
            return (
                [four[0], four[1], four[0] + four[2], four[1] + four[3]] if four else [math.nan] * 4
            )
    return None


def _four(value: Any) -> list[float] | None:
    """Give four finite numbers, from a list, a list of two points, or a mapping."""
    if isinstance(value, Mapping):
        return _named(value)
    if isinstance(value, list | tuple) and len(value) == 2:
        value = [v for point in value if isinstance(point, list | tuple) for v in point]
    if not isinstance(value, list | tuple) or len(value) != 4:
        return None
    try:
        numbers = [float(v) for v in value]
    except (TypeError, ValueError):
        return None
    return numbers if all(math.isfinite(v) for v in numbers) else None


def _box(values: Sequence[float]) -> Box:
    return (values[0], values[1], values[2], values[3])


def _to_pixels(box: Box | None, size: tuple[int, int]) -> Box | None:
    """Scale fractions to pixels, clipped to the image; None where malformed."""
    tolerance = 1 / 30
    if box is None or not all(-tolerance <= value <= 1 + tolerance for value in box):
        return None
    x0, y0, x1, y1 = (min(max(value, 0.0), 1.0) for value in box)
    if x1 <= x0 or y1 <= y0:
        return None
    return (x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1])
