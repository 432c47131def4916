# ruff: noqa: E501
"""Labels in a layout: ticked boxes, shares beside their labels, ratings on a scale.

A line that holds nothing but labels, marks and numbers is no sentence. It is read here, and blank
for whoever reads the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.units import roles_of
from fakevlm_bench.answers.vocabulary import Role
from fakevlm_bench.types import Label

_YES, _NO, _EMPTY, _CROSSED, _LABEL, _NUMBER = "yes", "no", "empty", "crossed", "label", "number"
_PIECE = re.compile(
    r"(?P<yes>[✅✔✓☑🗹👍🔘●◉]|\[[xX✓✔✅•*]\]|\([xX✓✔✅•*]\))|"
    r"(?P<no>[❌✗✘✖👎]|\[[✗✘❌]\])|(?P<empty>[☐⬜□○◯⚪]|\[ ?\]|\( ?\))|(?P<crossed>☒)|"
    r"(?P<label>[A-Za-z]+(?:[- ][A-Za-z]+){0,3})|"
    r"(?P<number>\d{1,3}(?:[.,]\d{1,6})?(?!\d)\s?%?)|"
    r"(?P<mark>[-\s|/,;:=>()\[\]{}.?*_#•&+\ufe0f\u2013\u2014\u2190-\u21ff\u279c])"
)
_HINT = re.compile(r"[\d(\[]|[^\x00-\x7f]")
"""What every line with a tick or a number has."""
_FILLING = re.compile(
    r"(?:p|prob|probability|score|chance|likelihood|confidence|percent|of|for|is|a|an|the|and|being|"
    r"image|photo|picture|\s|-)*"
)
_LEGEND = re.compile(r"\W*\d+\s?(?:=|:|means|-|\))\s?[A-Za-z]")
_LINE = 160
"""Characters of a line that is a layout at most."""
_NOUN = re.compile(r" (?:image|photo|photograph|picture)$")
_WORD = r"[a-z]+(?:-[a-z]+)?"
_JOINT = r"\s?(?:\(|=|:|means|meaning|being|is|for)\s?(?:=\s?|means |being |completely |fully |entirely |definitely |clearly |totally )?"
_SCALE = re.compile(
    rf"(?P<low>\d{{1,3}}){_JOINT}(?P<first>{_WORD})\)?\s?(?:,|to|-|and|;|\.\.)\s?(?:and )?"
    rf"(?P<high>\d{{1,3}}){_JOINT}(?P<second>{_WORD})\)?(?P<tail>[^\n]{{0,80}})"
)
_RATE_BEFORE = re.compile(
    r"\b(?:score|rating|value|output|prediction|answer|probability|label|class|p)"
    r"(?: is| of|:| =|=)\s{0,3}\d{1,3}(?:\.\d{1,4})?\s{0,3}(?:[,;(\[-]\s?|on a scale (?:from|of) |where )$"
)
_RATE = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,4})?(?![\d(]|\.\d|\s?[(=])")


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    start: int
    end: int
    base: Label | None = None
    value: float = 0.0


def read_layouts(body: str, normal: str) -> tuple[str, list[Candidate]]:
    """Read what stands in a layout.

    Args:
        body: The answer behind the door.
        normal: The same, normalised; positions are the same.

    Returns:
        The normalised text without what was read, as long as before, and its mentions.
    """
    candidates: list[Candidate] = []
    lines_of_ticks: list[tuple[int, int]] = []
    lines_of_shares: list[tuple[int, int]] = []
    ticks: list[_Piece] = []
    shares: list[_Piece] = []
    for start, end in _lines(body):
        if _HINT.search(body, start, end) is None:
            continue
        pieces = _pieces(body, start, end)
        if pieces is None:
            continue
        kinds = {piece.kind for piece in pieces}
        if _LABEL in kinds and kinds & {_YES, _NO, _EMPTY, _CROSSED} and _NUMBER not in kinds:
            ticks += pieces
            lines_of_ticks.append((start, end))
        elif kinds == {_LABEL, _NUMBER} and not _LEGEND.match(body, start, end):
            shares += pieces
            lines_of_shares.append((start, end))
    marked, weighed = _ticked(ticks, field=_is_field(normal, ticks)), _weighed(shares)
    gone = [*(lines_of_ticks if marked is not None else ())]
    gone += [*(lines_of_shares if weighed is not None else ())]
    candidates += [*(marked or ()), *(weighed or ())]
    for match in _SCALE.finditer(normal) if "0" in normal or "1" in normal else ():
        item, end = _rated(match)
        if item is not None:
            candidates.append(item)
            gone.append((_line_start(normal, match.start()), end))
    return _blanked(normal, gone), candidates


def _lines(body: str) -> list[tuple[int, int]]:
    return [
        (m.start(), m.end()) for m in re.finditer(r"[^\n]+", body) if m.end() - m.start() <= _LINE
    ]


def _line_start(text: str, place: int) -> int:
    first = max(0, place - _LINE)
    return max(text.rfind("\n", first, place), text.rfind(". ", first, place), first - 1) + 1


def _blanked(text: str, gone: Sequence[tuple[int, int]]) -> str:
    pieces, place = [], 0
    for start, end in sorted(gone):
        pieces += [text[place:start], " " * (end - max(start, place))]
        place = max(place, end)
    return "".join([*pieces, text[place:]])


def _pieces(body: str, start: int, end: int) -> list[_Piece] | None:
    """Split a line into labels, marks and numbers; None where it holds anything else."""
    pieces: list[_Piece] = []
    while start < end:
        match = _PIECE.match(body, start, end)
        if match is None:
            return None
        start = match.end()
        kind = match.lastgroup
        if kind == "label":
            word = match.group().lower()
            base = _base(word)
            if base is None and _FILLING.fullmatch(word) is None:
                return None
            if base is not None:
                pieces.append(_Piece(_LABEL, match.start(), match.end(), base))
        elif kind == "number":
            value = _number(match.group())
            pieces.append(_Piece(_NUMBER, match.start(), match.end(), value=value))
        elif kind != "mark":
            pieces.append(_Piece(kind or "", match.start(), match.end()))
    return pieces


def _base(word: str) -> Label | None:
    for name in (word, _NOUN.sub("", word), re.sub(r"^(?:an?|is) ", "", _NOUN.sub("", word))):
        roles = roles_of(name)
        if roles & (Role.FAKE | Role.REAL):
            return Label.FAKE if roles & Role.FAKE else Label.REAL
    return None


def _number(text: str) -> float:
    value = float(text.replace(",", ".").rstrip("% "))
    return value / 100 if "%" in text else value


def _item(piece: _Piece, base: Label, *, negated: bool) -> Candidate:
    return Candidate(
        piece.start, piece.end, base, 0, negated, Subject.IMAGE, Force.STATED, Place.FIELD
    )


def _pairs(pieces: Sequence[_Piece]) -> list[tuple[_Piece, _Piece]] | None:
    """Pair each label with its mark or number, which all stand before it or all behind it."""
    if len(pieces) % 2:
        return None
    pairs = list(zip(pieces[::2], pieces[1::2], strict=True))
    if all(a.kind == _LABEL and b.kind != _LABEL for a, b in pairs):
        return pairs
    if all(b.kind == _LABEL and a.kind != _LABEL for a, b in pairs):
        return [(b, a) for a, b in pairs]
    return None


def _is_field(normal: str, pieces: Sequence[_Piece]) -> bool:
    """Say whether a lone mark is the value behind a colon: "Real: ❌"."""
    return len(pieces) == 2 and normal[pieces[0].end : pieces[1].start].strip() in (":", "=")


def _ticked(pieces: Sequence[_Piece], *, field: bool = False) -> list[Candidate] | None:
    """Read "[x] Fake [ ] Real", "Real ❌ Fake ✅"; None where a mark may only be an ornament."""
    pairs = _pairs(pieces)
    if pairs is None or not pairs:
        return None
    kinds = {mark.kind for _, mark in pairs}
    if len(pairs) == 1:  # a lone cross adorns "fake"; beside "real" nobody knows
        adorned = kinds & {_YES, _CROSSED} or (pairs[0][0].base is Label.FAKE and _NO in kinds)
        adorned = adorned or field
        return None if adorned else []
    items: list[Candidate] = []
    for label, mark in pairs:
        kind = mark.kind
        if kind == _CROSSED:
            kind = _NO if _YES in kinds else _YES
        item = _item(label, label.base or Label.REAL, negated=kind == _NO)
        if kind == _EMPTY:
            item.drop(Force.LISTED)
        items.append(item)
    return items


def _weighed(pieces: Sequence[_Piece]) -> list[Candidate] | None:
    """Read "fake 0.88 / real 0.12"; None for a single label."""
    pairs = _pairs(pieces)
    if pairs is None or len({label.base for label, _ in pairs}) < 2:
        return None
    values = [number.value for _, number in pairs]
    if max(values) > 1:
        values = [value / 100 for value in values]
    totals = dict.fromkeys(Label, 0.0)
    for (label, _), value in zip(pairs, values, strict=True):
        totals[label.base or Label.REAL] += value
    top = max(range(len(values)), key=lambda place: values[place])
    side = pairs[top][0].base
    sure = (
        0.95 <= sum(values) <= 1.05
        and values.count(values[top]) == 1
        and max(totals, key=lambda key: totals[key]) is side
    )
    items: list[Candidate] = []
    for label, _ in pairs:
        item = _item(label, label.base or Label.REAL, negated=label.base is not side)
        if not sure:
            item.drop(Force.LISTED)
        items.append(item)
    return items


def _rated(match: re.Match[str]) -> tuple[Candidate | None, int]:
    """Read "on a scale from 0 (real) to 10 (fake): 9"."""
    bases = [_base(match[name]) for name in ("first", "second")]
    if None in bases or bases[0] is bases[1]:
        return None, match.end()
    low, high = float(match["low"]), float(match["high"])
    label = bases[1] or Label.REAL
    start = match.start("second")
    item = Candidate(
        start, start + len(match["second"]), label, 0, False, Subject.IMAGE, Force.STATED,
        Place.FIELD,
    )  # fmt: skip
    rate = _RATE.search(match["tail"])
    lower, higher = min(low, high), max(low, high)
    if rate is None and (front := _RATE_BEFORE.search(match.string, 0, match.start())) is not None:
        rate = re.search(r"\d[\d.]*", front.group())
        tail = ""
    else:
        tail = match["tail"]
    if rate is None or low == high or not lower <= float(rate.group()) <= higher:
        item.drop(Force.LISTED)
        return item, match.start("tail")
    share = (float(rate.group()) - low) / (high - low)
    item.negated = share < 0.5
    if share == 0.5:
        item.drop(Force.LISTED)
    return item, match.start("tail") + (rate.end() if tail else 0)
