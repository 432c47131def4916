"""What an explanation claims: the regions that its words name, and the side it takes.

A small grammar of English, which leaves out what it is not sure of: "upper left",
"left side", "on the right", "in the centre" name regions of the image, while
"left hand" and "top of the roof" name things.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fakevlm_bench.metrics.regions import Region, from_boxes, overlap
from fakevlm_bench.types import Box, Label

_UP = r"upper|top|lower|bottom"
_SIDE = r"left|right"
_MIDDLE = r"cent(?:er|re)|central|middle"
_PART = (r"side|edge|half|part|portion|third|corner|border|margin|area|region|section"
         r"|quadrant|zone")  # fmt: skip
_IMAGE = r"(?:image|picture|photo|photograph|frame|scene)"
_VERB = r"(?:and|or|is|are|was|were|where|which|with|has|have|shows?|looks?|appears?)"
_AFTER = rf"(?=\s*(?:[.,;:!?)]|$|of\s+(?:the|this)\s+{_IMAGE}\b|{_VERB}\b))"
_NAMED = re.compile(
    rf"\b(?P<v>{_UP})[\s-]+(?P<h>{_SIDE}|{_MIDDLE})(?:[\s-]hand)?(?:\s+(?P<part>{_PART})\b)?\b"
    rf"|\b(?P<one>{_UP}|{_SIDE}|{_MIDDLE})(?:[\s-]hand)?[\s-]+(?P<part1>{_PART})\b"
    rf"|\b(?:on|in|at|to|near|towards?|from)\s+(?:the\s+)?(?:far\s+|very\s+|image\s+)?"
    rf"(?P<alone>top|bottom|{_SIDE}|cent(?:er|re)|middle)\b{_AFTER}",
    re.IGNORECASE,
)
_REACH = {"edge": 1 / 6, "border": 1 / 6, "margin": 1 / 6, "third": 1 / 3, "corner": 1 / 3}
"""How far a named part reaches from the border, in image sides; otherwise one half."""


def named_boxes(text: str) -> list[Box]:
    """Return the regions that a text names, in fractions of the image's width and height."""
    return list(_named(text))


@lru_cache(maxsize=100_000)
def _named(text: str) -> tuple[Box, ...]:
    """Read a text once, however many images it was said of."""
    boxes = []
    for match in _NAMED.finditer(text):
        part = (match["part"] or match["part1"] or "").lower()
        reach = _REACH.get(part, 0.5)
        words = [w.lower() for w in (match["v"], match["h"], match["one"], match["alone"]) if w]
        sides = [_span(word, reach) for word in words]
        across = [span for axis, span in sides if axis != "y"] or [(0.0, 1.0)]
        down = [span for axis, span in sides if axis != "x"] or [(0.0, 1.0)]
        # "upper centre": the centre says where across, the top where down.
        x, y = across[-1], down[0]
        boxes.append((x[0], y[0], x[1], y[1]))
    return tuple(boxes)


def _span(word: str, reach: float) -> tuple[str, tuple[float, float]]:
    """Return the axis that a word speaks of and what it spans; the centre speaks of both."""
    if word in {"upper", "top"}:
        return "y", (0.0, reach)
    if word in {"lower", "bottom"}:
        return "y", (1 - reach, 1.0)
    if word == "left":
        return "x", (0.0, reach)
    if word == "right":
        return "x", (1 - reach, 1.0)
    return "xy", (0.25, 0.75)


def agreement(text: str, truth: Region) -> float | None:
    """Measure whether a text names where the image is false.

    Args:
        text: An explanation.
        truth: The true region, not empty.

    Returns:
        Share of the true region within the named one, less the share of the image
        that is named: 0 for chance and for naming everything, up to 1; None where the text
        names no region.
    """
    boxes = named_boxes(text)
    if not boxes:
        return None
    w, h = truth.width, truth.height
    named = from_boxes([(a * w, b * h, c * w, d * h) for a, b, c, d in boxes], w, h)
    return overlap(named, truth) / truth.area - named.area / (w * h)


_FAKE = re.compile(
    r"\b(?:art[ei]facts?|unnatural(?:ly)?|inconsisten\w*|distort\w*|synthetic\w*|ai-generated"
    r"|manipulat\w*|tamper\w*|splic\w*|warp\w*|implausibl\w*|unrealistic\w*|anomal\w*"
    r"|irregularit\w*|mismatch\w*|deformed|deformit\w*|glitch\w*|(?:too|overly) smooth"
    r"|(?:too|overly) perfect)\b",
    re.IGNORECASE,
)
_REAL = re.compile(
    r"\b(?:authentic\w*|genuine\w*|natural(?:ly)?|consistent(?:ly)?|realistic(?:ally)?"
    r"|coheren\w*|plausibl\w*|lifelike)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?:\b(?:no|not|without|never|neither|nor|lacks?|lacking|absence|free|hardly)\b|n't)"
    r"(?:\s+[\w-]+){0,3}\s*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def stance(text: str) -> Label | None:
    """Tell which side an explanation's words take, verdict sentence apart.

    Signs of forgery and of authenticity are counted; a negation up to three words
    before turns one into the other. None where they balance or there are none.
    """
    balance = 0
    for sign, pattern in ((1, _FAKE), (-1, _REAL)):
        for match in pattern.finditer(text):
            negated = _NEGATED.search(text[max(0, match.start() - 60) : match.start()])
            balance += -sign if negated else sign
    if balance == 0:
        return None
    return Label.FAKE if balance > 0 else Label.REAL
