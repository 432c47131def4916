"""Where an answer says the image is wrong: boxes in the notations that models write.

Each notation is a grammar, read strictly; what does not fit is left out and counted.

====================  =====================================================================
notation              coordinates
====================  =====================================================================
``<box>``             ``<box>x0 y0 x1 y1</box>`` (FakeVLM-Mini), ``(x0,y0),(x1,y1)``
                      (Qwen-VL) or ``[[x0, y0, x1, y1], …]`` (InternVL), thousandths
``<|box_start|>``     ``(x0,y0),(x1,y1)`` (Qwen2-VL), thousandths
``<|det|>``           ``[[x0, y0, x1, y1], …]`` (DeepSeek-VL2), 1/999 of the image
``<|begin_of_box|>``  ``[[x0,y0,x1,y1]]`` (GLM-4.5V), thousandths
``<quad>``            ``(x,y),(x,y),(x,y),(x,y)`` (Qwen), thousandths; also ``<|quad_start|>``
patch indices         ``<patch_index_0044><patch_index_0863>`` (Kosmos-2), a 32 x 32 grid,
                      read as in Peng et al., arXiv 2306.14824, section 2
``<loc0123>`` x 4     y0 x0 y1 x1 (PaliGemma, arXiv 2407.07726), 1/1024 of the image;
                      ``<seg…>`` tokens are passed over
``<loc_123>`` x 4     x0 y0 x1 y1 (Florence-2, arXiv 2311.06242), centres of 1,000 bins;
                      any other even number from 6 on is a polygon or quad
``[[012,034,…;…]]``   thousandths (CogVLM); ``[0.012,…;…]`` fractions (Shikra)
JSON                  ``bbox_2d`` (Qwen), ``box_2d`` (Gemini: y0 x0 y1 x1, thousandths),
                      ``bbox``, ``box``, ``boxes``, x0/y0/x1/y1, x/y/width/height,
                      ``polygon``, ``segmentation``; bare lists ``[x0, y0, x1, y1]`` (Ferret),
                      but for lists of references such as ``[1, 2, 3, 4]``
====================  =====================================================================

JSON does not say its unit, so that is part of the reading (`Coordinates`). A polygon counts as
the box around it. Points (Molmo, ``point_2d``) are no region: they are left out, and counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from fakevlm_bench.answers.json_answers import VERDICT_KEYS, find_values
from fakevlm_bench.answers.region_json import REGION_KEYS, JsonRegions, folded, named_box
from fakevlm_bench.answers.region_lists import (
    DEEPEST,
    Flaw,
    Item,
    is_bare,
    is_citation,
    is_list,
    read_list,
)
from fakevlm_bench.answers.region_tags import cut_tags, read_tags, scaled
from fakevlm_bench.errors import unknown_name
from fakevlm_bench.types import Box, Mask

MOST = 1000
"""Regions read of one answer; further ones are left out and counted."""


_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_SPACED = re.compile(r" ([,;.])")
_COMPACT = re.compile(r"\[\[\d{1,4}(?:,\d{1,4}){3}(?:\],\[\d{1,4}(?:,\d{1,4}){3})*\]\]")


class Coordinates(StrEnum):
    """The unit of boxes in JSON.

    ``AUTO`` decides once for all boxes of an answer. Fractions: all are within [0, 1], or one of
    them has decimals and nothing beyond [-1, 2]. Else thousandths: one reaches beyond the image's
    edge, and not beyond 1,000; or bare integers without blanks, ``[[94,598,177,991]]`` (CogVLM,
    GLM). Else pixels. ``QWEN2_5`` are pixels of the image as Qwen2.5-VL resizes it (both sides
    multiples of 28).
    """

    AUTO = "auto"
    PIXELS = "pixels"
    UNIT = "unit"
    THOUSAND = "thousand"
    QWEN2_5 = "qwen2_5"


def coordinates_named(name: str) -> Coordinates:
    """Return the unit of a name.

    Raises:
        ConfigError: There is no such unit.
    """
    if name not in list(Coordinates):
        raise unknown_name("unit of coordinates", name, list(Coordinates))
    return Coordinates(name)


@dataclass(frozen=True, slots=True)
class Regions:
    """What an answer says of places.

    Attributes:
        boxes: In pixels, clipped to the image.
        dropped: Regions that were left out: malformed, without area, wholly outside the
            image, beyond `MOST`, or points.
        points: Of these, the points.
    """

    boxes: tuple[Box, ...] = ()
    dropped: int = 0
    points: int = 0


def parse_regions(
    text: str, size: tuple[int, int], coordinates: Coordinates | str = Coordinates.AUTO
) -> Regions:
    """Read all boxes out of an answer.

    Args:
        text: The answer as the model wrote it.
        size: (width, height) in pixels of the image that was sent.
        coordinates: Unit of boxes in JSON; tags have their own.

    Returns:
        Boxes in pixels in the order of their notation, then of the text. What lies partly
        outside the image is clipped. Left out and counted: a wrong number of coordinates, no
        numbers, no area, wholly outside, a tag that is not closed, points.
    """
    tagged, rest = read_tags(text)
    items = tagged + _json_items(rest.replace("```", "   "), size, coordinates_named(coordinates))
    boxes = [_to_pixels(item, size) for item in items[:MOST]]
    valid = tuple(box for box in boxes if box is not None)
    return Regions(valid, len(items) - len(valid), items.count(Flaw.POINT))


def scale_boxes(
    boxes: Sequence[Box], size: tuple[int, int], coordinates: Coordinates | str
) -> Regions:
    """Bring boxes (x0, y0, x1, y1) of a stated unit into pixels, as `parse_regions` does.

    Args:
        boxes: (x0, y0, x1, y1) in the stated unit.
        size: (width, height) of the image in pixels.
        coordinates: The boxes' unit, see `Coordinates`.
    """
    x, y = _unit(boxes, size, coordinates_named(coordinates))
    pixels = [_to_pixels(scaled(box, x, y), size) for box in boxes]
    inside = tuple(box for box in pixels if box is not None)
    return Regions(inside, len(boxes) - len(inside))


def strip_regions(text: str) -> str:
    """Take region markup out of an explanation, and leave the words."""
    pieces, end = [], 0
    for start, stop, value in find_values(text):
        if _is_regions(value):
            pieces.append(text[end:start])
            end = stop
    text = cut_tags("".join([*pieces, text[end:]]))
    if "(" in text or "[" in text:
        text = _EMPTY.sub(" ", text)
    return _SPACED.sub(r"\1", " ".join(text.split()))


def boxes_to_mask(boxes: Sequence[Box], size: tuple[int, int]) -> Mask:
    """Fill boxes: ``bool`` (H, W); edges are rounded to the nearest pixel, at least one each.

    Boxes are clipped to the image; what lies wholly outside fills nothing.

    Args:
        boxes: (x0, y0, x1, y1) in pixels.
        size: (width, height) of the image in pixels.
    """
    width, height = size
    mask = np.zeros((height, width), dtype=bool)
    for left, top, right, bottom in boxes:
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            continue
        x0, y0 = (min(math.floor(max(v, 0) + 0.5), side - 1) for v, side in
                  ((left, width), (top, height)))  # fmt: skip
        x1, y1 = math.floor(min(right, width) + 0.5), math.floor(min(bottom, height) + 0.5)
        mask[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = True
    return mask


def qwen_resized(size: tuple[int, int], factor: int = 28) -> tuple[int, int]:
    """Size to which Qwen2.5-VL resizes an image (by default 4 to 16,384 patches of 28²).

    Args:
        size: (width, height) of the image in pixels.
        factor: What both sides are multiples of, in pixels.
    """
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


def _json_items(text: str, size: tuple[int, int], coordinates: Coordinates) -> list[Item]:
    """Collect regions from JSON, decide their common unit, and scale them to fractions."""
    collected = JsonRegions()
    compact: list[Item] = []
    for start, end, value in find_values(text):
        if is_citation(value):
            continue
        if not is_bare(value):
            collected.read(value)
        elif coordinates is Coordinates.AUTO and _COMPACT.fullmatch(text, start, end):
            compact += read_list(value)
        else:
            collected.plain += read_list(value)
    x, y = _unit(collected.plain, size, coordinates)
    thousandths = [scaled(item, 1000, 1000) for item in (*collected.thousandths, *compact)]
    return thousandths + [scaled(item, x, y) for item in collected.plain]


def _unit(
    items: Sequence[Item], size: tuple[int, int], coordinates: Coordinates
) -> tuple[float, float]:
    """Return what x and y are divided by to become fractions of the image."""
    width, height = size
    if coordinates is Coordinates.AUTO:
        boxes = [one for one in items if not isinstance(one, Flaw) and _has_area(one)]
        coordinates = _guessed(boxes, size)
    if coordinates is Coordinates.UNIT:
        return 1.0, 1.0
    if coordinates is Coordinates.THOUSAND:
        return 1000.0, 1000.0
    if coordinates is Coordinates.QWEN2_5:
        width, height = qwen_resized(size)
    return float(width), float(height)


def _guessed(boxes: Sequence[Box], size: tuple[int, int]) -> Coordinates:
    """Decide the unit of an answer's boxes, from those that have an area."""
    width, height = size
    small = [b for b in boxes if all(-1 <= v <= 2 for v in b)]
    if any(v % 1 for box in small for v in box):
        return Coordinates.UNIT
    if all(0 <= value <= 1 for box in boxes for value in box):
        return Coordinates.UNIT
    beyond = (b for b in boxes if (b[2] > width or b[3] > height) and max(b[2], b[3]) <= 1000)
    return Coordinates.THOUSAND if any(beyond) else Coordinates.PIXELS


def _has_area(box: Box) -> bool:
    return box[0] < box[2] and box[1] < box[3]


def _is_regions(value: Any, depth: int = 0) -> bool:
    """Whether a JSON value is regions, alone or with their labels."""
    if isinstance(value, Mapping):
        if {str(key).lower() for key in value} & VERDICT_KEYS:
            return False
        return bool({folded(key) for key in value} & REGION_KEYS) or named_box(value) is not None
    if is_bare(value):
        return not is_citation(value)
    if depth > DEEPEST or not is_list(value):
        return False
    return bool(value) and all(_is_regions(one, depth + 1) for one in value)


def _to_pixels(item: Item, size: tuple[int, int]) -> Box | None:
    """Scale fractions to pixels, clipped to the image; None where there is no box in it."""
    if isinstance(item, Flaw) or not _has_area(item):
        return None
    x0, y0, x1, y1 = (min(max(value, 0.0), 1.0) for value in item)
    if x1 <= x0 or y1 <= y0:
        return None
    return (x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1])
