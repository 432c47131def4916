"""Regions in tags and tokens of their own: each is a grammar with a unit of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from fakevlm_bench.answers.region_lists import Flaw, Item, bounding_box, is_bare, nested, read_list

_KOSMOS_GRID = 32
_PALIGEMMA_BINS = 1024
_FLORENCE_BINS = 1000
_Reader: TypeAlias = Callable[[re.Match[str]], list[Item] | None]


def read_tags(text: str) -> tuple[list[Item], str]:
    """Read the regions in tags and tokens.

    Returns:
        Items as fractions of the image, and the text with as many spaces in their place.
    """
    return _replaced(text, lambda markup: " " * len(markup))


def cut_tags(text: str) -> str:
    """Put a space in the place of all markup of regions; words beside and between tags stay."""
    if "<" not in text and "[" not in text and "```" not in text:
        return text  # nothing could match
    _, rest = _replaced(text, lambda _: " ")
    return _LABELS.sub(" ", rest)


def _replaced(text: str, fill: Callable[[str], str]) -> tuple[list[Item], str]:
    items: list[Item] = []

    def replace(match: re.Match[str], reader: _Reader) -> str:
        regions = reader(match)
        if regions is None:
            return match.group()
        items.extend(regions)
        return fill(match.group())

    for pattern, reader in _GRAMMARS:
        text = pattern.sub(partial(replace, reader=reader), text)
    return items, text


def scaled(item: Item, x: float, y: float) -> Item:
    """Divide a box by the image's sides in its own unit.

    Args:
        item: A box (x0, y0, x1, y1), or a flaw, which stays.
        x: The image's width in the box's unit, above 0.
        y: Its height in that unit, above 0.
    """
    if isinstance(item, Flaw):
        return item
    return (item[0] / x, item[1] / y, item[2] / x, item[3] / y)


def _enclosed(opening: str, closing: str) -> re.Pattern[str]:
    """Match from a tag to its end, or, where it is not closed, to the next or the text's end."""
    first, last = re.escape(opening), re.escape(closing)
    return re.compile(rf"{first}(?P<body>.*?)(?P<end>{last}|(?={first})|$)", re.DOTALL)


def _between(match: re.Match[str], unit: float) -> list[Item]:
    body = nested(match["body"])
    if not match["end"] or not body:
        return [Flaw.MALFORMED]
    return [
        Flaw.MALFORMED if _is_fractions(item) else scaled(item, unit, unit)
        for item in read_list(body)
    ]


def _is_fractions(item: Item) -> bool:
    """Whether a box is written in another unit than its tag's: less than a thousandth in all."""
    return not isinstance(item, Flaw) and max(item) <= 1 and any(value % 1 for value in item)


def _quad(match: re.Match[str], unit: float) -> list[Item]:
    points = nested(match["body"])
    is_closed = bool(match["end"]) and all(isinstance(p, tuple) and len(p) == 2 for p in points)
    return [scaled(bounding_box(points), unit, unit) if is_closed else Flaw.MALFORMED]


def _glm(match: re.Match[str]) -> list[Item] | None:
    """GLM frames answers of any kind: only lists of lists are regions."""
    return _between(match, 1000) if match["body"].lstrip().startswith("[[") else None


def _kosmos(match: re.Match[str]) -> list[Item]:
    """Read pairs of patches (upper left, lower right).

    Corners are patch centres; where both patches share a row or a column, the box takes
    whole patches.
    """
    patches = _integers(match.group())
    if len(patches) % 2:
        return [Flaw.MALFORMED]
    items: list[Item] = []
    for first, last in zip(patches[::2], patches[1::2], strict=True):
        if max(first, last) >= _KOSMOS_GRID**2:
            items.append(Flaw.MALFORMED)
            continue
        (row0, column0), (row1, column1) = divmod(first, _KOSMOS_GRID), divmod(last, _KOSMOS_GRID)
        low, high = (0.0, 1.0) if row0 == row1 or column0 == column1 else (0.5, 0.5)
        box = (column0 + low, row0 + low, column1 + high, row1 + high)
        items.append(scaled(box, _KOSMOS_GRID, _KOSMOS_GRID))
    return items


def _paligemma(match: re.Match[str]) -> list[Item]:
    """Read fours y0 x0 y1 x1; what ``<seg…>`` tokens say of the outline needs its own decoder."""
    tokens = re.findall(r"<loc(\d+)>", match.group())
    bins = [int(digits) if len(digits) == 4 else _PALIGEMMA_BINS for digits in tokens]
    if len(bins) % 4:
        return [Flaw.MALFORMED]
    return [
        scaled((x0, y0, x1, y1), _PALIGEMMA_BINS, _PALIGEMMA_BINS)
        if max(y0, x0, y1, x1) < _PALIGEMMA_BINS
        else Flaw.MALFORMED
        for y0, x0, y1, x1 in _fours(bins)
    ]


def _florence(match: re.Match[str]) -> list[Item]:
    """Read runs of x y x y …: boxes where most fours are, else one polygon or quad."""
    parts = re.split(r"</?poly>|<sep>", match.group())
    is_polygon = len(parts) > 1
    runs = [_integers(one) for one in parts if one]
    return [item for run in runs for item in _florence_run(run, is_polygon)]


def _florence_run(bins: list[int], is_polygon: bool) -> list[Item]:
    ordered = [x0 < x1 and y0 < y1 for x0, y0, x1, y1 in _fours(bins)]
    is_valid = max(bins) < _FLORENCE_BINS
    if not is_polygon and len(bins) % 4 == 0 and (2 * sum(ordered) > len(ordered) or not is_valid):
        return [_florence_box(four) for four in _fours(bins)]
    if len(bins) == 2:
        return [Flaw.POINT]
    if len(bins) % 2 or len(bins) < 6 or not is_valid:
        return [Flaw.MALFORMED]
    points = list(zip(bins[::2], bins[1::2], strict=True))
    around = bounding_box(points)
    return [around if isinstance(around, Flaw) else _florence_box(around)]


def _florence_box(box: tuple[float, float, float, float]) -> Item:
    """Take the centres of bins, as the model's own processor does."""
    if max(box) >= _FLORENCE_BINS:
        return Flaw.MALFORMED
    x0, y0, x1, y1 = (value + 0.5 for value in box)
    return scaled((x0, y0, x1, y1), _FLORENCE_BINS, _FLORENCE_BINS)


def _molmo(match: re.Match[str]) -> list[Item]:
    """Count points: as many as there are y coordinates, or triples (Molmo 2)."""
    coords = re.search(r'coords="([^"]*)"', match.group())
    if coords:
        return [Flaw.POINT] * max(1, len(re.findall(r"\d+", coords[1])) // 3)
    return [Flaw.POINT] * max(1, len(re.findall(r"\sy\d*\s*=", match.group())))


def _compact(match: re.Match[str]) -> list[Item] | None:
    """Read lists that are no JSON: split by semicolons, or with leading zeros.

    CogVLM writes ``[[012,034,500,600;…]]``, thousandths; Shikra ``[0.012,…;…]``, fractions.
    """
    text = match.group()
    if ";" not in text and not re.search(r"(?<![\d.])0\d", text):
        return None
    lists = nested(text)
    if not is_bare(lists):
        return None
    unit = 1 if "." in text else 1000
    return [scaled(item, unit, unit) for item in read_list(lists)]


def _integers(tokens: str) -> list[int]:
    """Read the numbers of a run of tokens; of ten digits and more all are alike too large."""
    return [int(digits) if len(digits) < 10 else 10**9 for digits in re.findall(r"\d+", tokens)]


def _fours(values: list[int]) -> list[tuple[int, int, int, int]]:
    return [(values[i], values[i + 1], values[i + 2], values[i + 3])
            for i in range(0, len(values) - 3, 4)]  # fmt: skip


_GRAMMARS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_enclosed("<box>", "</box>"), partial(_between, unit=1000)),
    (_enclosed("<|box_start|>", "<|box_end|>"), partial(_between, unit=1000)),
    (_enclosed("<|det|>", "<|/det|>"), partial(_between, unit=999)),
    (_enclosed("<|begin_of_box|>", "<|end_of_box|>"), _glm),
    (_enclosed("<quad>", "</quad>"), partial(_quad, unit=1000)),
    (_enclosed("<|quad_start|>", "<|quad_end|>"), partial(_quad, unit=1000)),
    (re.compile(r"(?:<patch_index_\d+>)+"), _kosmos),
    (re.compile(r"(?:<loc\d+>\s*)+(?:<seg\d+>\s*)*"), _paligemma),
    (re.compile(r"(?:<loc_\d+>|</?poly>|<sep>)+"), _florence),
    (re.compile(r"<points?\s[^<>]*>"), _molmo),
    (re.compile(r"\[{1,2}\s*[\d.][\d.,;\s]*(?:\]\s*,\s*\[[\d.,;\s]*)*\]{1,2}"), _compact),
)
_LABELS = re.compile(
    r"<object>.*?(?:</object>|$)|</?(?:ref|phrase|grounding|p|delimiter_of_multi_objects/?)>|"
    r"</points?>|<seg\d+>|<\|/?(?:object_)?ref(?:_start|_end)?\|>|<\|grounding\|>|```(?:json)?|"
    r"<\|[a-z_]+\|>",
    re.DOTALL,
)
