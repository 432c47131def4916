r"""The one door for what a detector or a server says: what passes it can be recorded.

Text: lone surrogates, NUL and other control characters but line breaks and tabs become U+FFFD,
``\r\n`` and ``\r`` become ``\n``, and known secrets become ``***``. Numbers are finite and in
range. What cannot be kept is a failure of that image, with the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from fakevlm_bench.secret import redact
from fakevlm_bench.types import Box, HeatMap, Response

MAX_TEXT = 100_000
"""Characters of an answer; a longer one is a failure of its image."""
MAX_REASON = 2_000
"""Characters of a failure's reason; the rest is cut."""
MAX_BOXES = 10_000
MAX_HEAT = 2**26
"""Pixels of a heat map."""
ROUNDING = 1e-6
"""A score so little outside [0, 1] is the rounding of single precision."""
MAX_COUNT = 2**31 - 1

RIGHT = (
    "predict must return one fakevlm_bench.types.Response for each query, in order "
    "(or a number, which is P(fake), or a text)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _RefusedError(ValueError):
    """What cannot be kept, and why."""


def admit(answer: Any, seconds: float | None = None) -> Response:
    """Make an answer recordable, or a failure with the reason; never raises.

    Args:
        answer: A `Response` whose fields may be numpy or torch values; a number is taken for its
            score and a text for its text.
        seconds: Its latency, where it states none.
    """
    try:
        return _admitted(answer, seconds)
    except _RefusedError as refusal:
        return Response(error=f"the detector's answer cannot be kept: {clean(str(refusal))}")
    except Exception as error:  # anybody's objects: whatever they do costs one image
        reason = f"{type(error).__name__}: {error}"
        return Response(error=_reason(f"the detector's answer cannot be read: {reason}"))


def clean(text: str) -> str:
    """Replace what no record can hold, and take known secrets out."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return redact(_CONTROL.sub("\ufffd", text))


def _admitted(answer: Any, seconds: float | None) -> Response:
    if isinstance(answer, str):
        answer = Response(text=answer)
    elif not isinstance(answer, Response):
        try:
            answer = Response(score=_number("answer", answer))
        except _RefusedError:
            raise _RefusedError(f"it is {_kind(answer)}; {RIGHT}") from None
    if answer.error is not None:
        return Response(error=_reason(str(answer.error)))
    latency = _maybe(_latency, answer.latency)
    return Response(
        text=_text(answer.text),
        score=_score(answer.score),
        logit=None if answer.logit is None else _number("logit", answer.logit),
        heat_map=None if answer.heat_map is None else _heat_map(answer.heat_map),
        boxes=_boxes(answer.boxes),
        size=_size(answer.size),
        tokens_in=count(answer.tokens_in),
        tokens_out=count(answer.tokens_out),
        latency=seconds if latency is None else latency,
    )


def _reason(text: str) -> str:
    cleaned = clean(text) or "it gave no reason"
    return cleaned if len(cleaned) <= MAX_REASON else cleaned[: MAX_REASON - 1] + "…"


def _text(text: Any) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise _RefusedError(f"its text is {_kind(text)}")
    if len(text) > MAX_TEXT:
        raise _RefusedError(f"its text has {len(text):,} characters, at most {MAX_TEXT:,} are kept")
    return clean(text)


def _number(name: str, value: Any) -> float:
    """Read a finite number: Python's, numpy's, or an array or tensor of one."""
    if callable(getattr(value, "item", None)):
        try:
            value = value.item()
        except (TypeError, ValueError, RuntimeError):
            raise _RefusedError(f"its {name} is {_kind(value)}, not one number") from None
    if not isinstance(value, int | float):
        raise _RefusedError(f"its {name} is {_kind(value)}, not one number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _RefusedError(f"its {name} is {number}")
    return number


def _score(value: Any) -> float | None:
    if value is None:
        return None
    score = _number("score", value)
    if not -ROUNDING <= score <= 1 + ROUNDING:
        raise _RefusedError(f"its score {score:g} is not in [0, 1]")
    return min(max(score, 0.0), 1.0)


def _latency(value: Any) -> float:
    seconds = _number("latency", value)
    if seconds < 0:
        raise _RefusedError(f"its latency is {seconds}")
    return seconds


def _maybe(read: Any, value: Any) -> Any:
    """Read what is not worth an answer: None where it is nothing."""
    try:
        return None if value is None else read(value)
    except _RefusedError:
        return None


def count(value: Any) -> int | None:
    """Read a count of tokens: None where it is no whole number of at least 0."""
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"[0-9]{1,10}", value) else None
    number = None if isinstance(value, bool) else _maybe(lambda one: _number("count", one), value)
    fits = number is not None and 0 <= number <= MAX_COUNT and number == int(number)
    return int(number) if fits and number is not None else None


def _heat_map(value: Any) -> HeatMap:
    """Read a map of any numeric kind: bytes as they are, floats and truth values scaled."""
    if callable(getattr(value, "detach", None)):
        value = value.detach().cpu().numpy()
    array = np.asarray(value)
    while array.ndim > 2 and 1 in array.shape:
        array = array.squeeze(array.shape.index(1))
    if array.ndim != 2 or not 0 < array.size <= MAX_HEAT:
        raise _RefusedError(f"its heat map is of shape {np.shape(value)}: it must be (h, w)")
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == np.bool_:
        return np.ascontiguousarray(array).astype(np.uint8) * np.uint8(255)
    if not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
        raise _RefusedError(f"its heat map is of {array.dtype}: it must be of numbers")
    whole = np.issubdtype(array.dtype, np.integer)
    top, slack = (255, 0.0) if whole else (1, ROUNDING)
    least, most = float(array.min()), float(array.max())
    if not (-slack <= least and most <= top + slack):  # NaN is in no range
        raise _RefusedError(
            f"its heat map goes from {least:g} to {most:g}: it must be uint8, or floats in [0, 1]"
        )
    scaled = array if whole else np.rint(np.clip(array.astype(np.float64), 0, 1) * 255)
    return np.ascontiguousarray(scaled.astype(np.uint8))


def _boxes(boxes: Any) -> tuple[Box, ...]:
    listed = _listed("boxes", boxes)
    if len(listed) > MAX_BOXES:
        raise _RefusedError(f"it has {len(listed):,} boxes, at most {MAX_BOXES:,} are kept")
    return tuple(_box(one) for one in listed)


def _box(box: Any) -> Box:
    corners = _listed("box", box)
    if len(corners) != 4:
        raise _RefusedError(f"a box has {len(corners)} numbers: it must have x0, y0, x1, y1")
    x0, y0, x1, y1 = (_number("box", one) for one in corners)
    return (x0, y0, x1, y1)


def _size(size: Any) -> tuple[int, int] | None:
    if size is None:
        return None
    sides = [count(one) for one in _listed("size", size)]
    if len(sides) != 2 or not sides[0] or not sides[1]:
        raise _RefusedError(f"its size is {size!r}: it must be (width, height)")
    return (sides[0], sides[1])


def _listed(name: str, value: Any) -> Sequence[Any]:
    if callable(getattr(value, "tolist", None)):
        value = value.tolist()
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise _RefusedError(f"its {name} is {_kind(value)}, not a list")
    return value


def _kind(value: Any) -> str:
    """Say what kind of thing a value is."""
    shape = getattr(value, "shape", None)
    name = type(value).__name__
    return f"a {name} of shape {tuple(shape)}" if isinstance(shape, tuple) else f"a {name}"
