"""The one normal form of an answer: thoughts, control tokens and markup are cut at the door.

`cut` gives the body, which everything else reads, with the map back to the original;
`normalise` makes a body plain for matching, character by character, so that positions stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from fakevlm_bench.answers.thoughts import thoughts

MAX_TEXT = 100_000
"""Characters of an answer that are read; of a longer one, nothing is (it is unparsed)."""

_CONTROL = (
    r"<\|im_start\|>(?:(?:user|system)\b[^<]{0,4000}<\|im_end\|>|assistant\b)|"
    r"<\|start_header_id\|>assistant<\|end_header_id\|>|"
    r"<\|(?!/?(?:box|quad|point|polygon|object_ref|ref|det|grounding|begin_of_box|end_of_box)"
    r"[\w/]{0,20}\|>)[^<>|\s]{1,60}\|>|"
    r"<\uff5c[^<>\uff5c]{1,60}\uff5c>|</?s>|</?(?:start_of_turn|end_of_turn)>(?:model\b)?|"
    r"\[INST\][^\[]{0,4000}\[/INST\]|"
    r"<(?:eos|bos|pad|unk|end_of_utterance|eot|sep|image|image_soft_token)>|"
    r"\[/?(?:INST|EOS|BOS|SEP|CLS|PAD)\]|<</?SYS>>|<0x[0-9A-F]{2}>"
)
_FENCE = r"(?:```|~~~)(?:[ \t]*[\w+-]{1,20}(?![\w+-]|[ \t]*(?:```|~~~)))?"
_STRUCK = r"~~[^~\n]{1,300}~~|<(?P<struck>del|s|strike)>[^<]{0,300}</(?P=struck)>"
_INLINE = (
    r"</?(?:b|strong|i|em|u|span|font|mark|small|big|code|sup|sub|a|tt|kbd|samp|abbr|q)"
    r"(?:\s[^<>]{0,200})?>|\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}|(?<!\w)_{1,3}(?=[^\W_])|"
    r"(?<=[^\W_])_{1,3}(?!\w)|(?<=[.!?])_{1,3}(?!\w)|[\u200b-\u200f\u2060\ufeff\u00ad]"
)
_BLOCK = (
    r"</?(?:br|div|li|ul|ol|h[1-6]|hr|tr|td|th|table|center|section|blockquote|pre|html|body|"
    r"article|summary|details)(?:\s[^<>]{0,200})?\s?/?>"
)
_ENTITY = r"&(?:nbsp|amp|quot|lt|gt|apos|#39|#34);"
_ENTITIES = {"&amp;": "&", "&quot;": '"', "&lt;": "<", "&gt;": ">", "&apos;": "'",
             "&#39;": "'", "&#34;": '"', "&nbsp;": " "}  # fmt: skip
_MARKUP = re.compile(
    rf"(?P<gone>{_STRUCK}|{_FENCE}|{_INLINE})|(?P<control>{_CONTROL})|(?P<block>{_BLOCK})|"
    rf"(?P<entity>{_ENTITY})",
    re.IGNORECASE,
)
_AROUND = re.compile(r"</?s>|\s", re.IGNORECASE)
_SUSPECT = re.compile(r"[<*_~`&\[\u200b-\u200f\u2060\ufeff\u00ad]")

_TABLE: dict[int, str] = {
    **{ord(c): "'" for c in "‘’ʼ′`´"},
    **{ord(c): '"' for c in "“”«»「」『』〈〉《》„‟‹›"},
    **{ord(c): " " for c in "*_#~\u00a0\t\r\u3000\x00\x0b\x0c"},
    **{ord(c): "-" for c in "‐‑‒–—―−"},
    **{ord(c): "\n" for c in "\u2028\u2029\x85"},
    **dict(zip(map(ord, "。｡।՝؟،؛、…¿¡【】"), "...,?,;,.  []", strict=True)),
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
}
_SYMBOL = re.compile("[\u2190-\u25ff\u2600-\u2bff\ufe0f\U0001f000-\U0001faff]")
_TICKS = {
    **dict.fromkeys("✓✔☑✅", "+"),
    **dict.fromkeys("✗✘☒❌", "x"),
    "☐": "o",
}
_ARROWS = frozenset("→⇒➜➔⟶➡⇨↦")
_CELLS = re.compile(r"(?<=\S)\t+(?=\S)")
_REGION = re.compile(
    r"<box>[^<]{0,2000}(?:</box>)?|<\|box_start\|>[^<]{0,2000}(?:<\|box_end\|>)?|"
    r"<\|?/?[a-z][\w:|-]{0,40}(?:\s[^<>]{0,100})?/?\|?>",
    re.IGNORECASE,
)
_LABELLED_REF = re.compile(
    r"<(?:ref|p|phrase|object|grounding|\|object_ref_start\||\|ref\|)>", re.IGNORECASE
)
_LABEL_BEFORE = re.compile(
    r"(?<!\w)(?:fake|real|authentic|genuine|synthetic|manipulated|forged|edited|altered|tampered|"
    r"doctored|photoshopped|generated|ai-generated|computer-generated|\w+-generated|ai|artificial|"
    r"original|unedited)\s{0,3}$",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"(?<!\w)'|'(?!\w)")


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer without thoughts, control tokens and markup.

    Attributes:
        body: What is left.
        unclosed: A thought was opened and never closed.
    """

    body: str
    unclosed: bool
    _starts: tuple[int, ...]
    _origins: tuple[int, ...]

    def original(self, position: int) -> int:
        """Return the position in the original text of a position in the body."""
        piece = bisect_right(self._starts, position) - 1
        return self._origins[piece] + position - self._starts[piece] if piece >= 0 else position

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original (start, end) of a part of the body that is not empty."""
        return self.original(start), self.original(end - 1) + 1


def cut(text: str) -> Plain:
    """Cut away what is no part of the answer itself."""
    spans, unclosed = thoughts(text)
    if not spans and not _SUSPECT.search(text):
        return Plain(text, False, (0,), (0,))
    pieces: list[tuple[str, int]] = []
    position = 0
    for start, end in [*spans, (len(text), len(text))]:
        _unmarked(text, position, start, pieces)
        pieces.append(("\n", start) if 0 < start < len(text) else ("", start))
        position = end
    starts, origins, length = [], [], 0
    for piece, origin in pieces:
        if piece:
            starts.append(length)
            origins.append(origin)
            length += len(piece)
    return Plain("".join(p for p, _ in pieces), unclosed, tuple(starts), tuple(origins))


def _unmarked(text: str, start: int, end: int, pieces: list[tuple[str, int]]) -> None:
    """Append the pieces of text[start:end] that stay."""
    for match in _MARKUP.finditer(text, start, end):
        pieces.append((text[start : match.start()], start))
        if match["struck"] in ("s", "S") and _wraps(text, match):
            inner = match.start() + 3
            pieces.append((text[inner : match.end() - 4], inner))
        elif match["control"] is not None:
            pieces.append((" ", match.start()))
        elif match["block"] is not None:
            pieces.append(("\n", match.start()))
        elif match["entity"] is not None:
            pieces.append((_ENTITIES[match["entity"].lower()], match.start()))
        start = match.end()
    pieces.append((text[start:end], start))


def _wraps(text: str, match: re.Match[str]) -> bool:
    """Say whether ``<s>…</s>`` stands around all of it: tokens that begin and end a sequence."""
    before, after = text[max(0, match.start() - 20) : match.start()], text[match.end() :][:20]
    return not (_AROUND.sub("", before) or _AROUND.sub("", after))


def blank(match: re.Match[str]) -> str:
    """Return as many spaces as the match has characters."""
    return " " * len(match.group())


def _apart(match: re.Match[str]) -> str:
    """Blank a tag; one that opens behind a label ends its phrase: "fake <ref>hand</ref>"."""
    spaces = blank(match)
    opens = match.group()[1:2] != "/" and _LABELLED_REF.match(match.group())
    front = match.string[max(0, match.start() - 40) : match.start()]
    return "," + spaces[1:] if opens and _LABEL_BEFORE.search(front) else spaces


def normalise(body: str) -> str:
    """Return a body in lower case with plain punctuation and without tags; same length."""
    plain = body
    if "\t" in plain:
        plain = _CELLS.sub(lambda m: "|".ljust(len(m.group())), plain)
    if "<" in plain:
        plain = _REGION.sub(_apart, plain)
    if not plain.isascii():
        plain = _SYMBOL.sub(_symbol, plain)
    plain = plain.translate(_TABLE)
    if plain.isascii():
        plain = plain.lower()
    else:  # some letters are more than one in lower case
        plain = "".join(c if len(c.lower()) != 1 else c.lower() for c in plain)
    return _QUOTE.sub('"', plain) if "'" in plain else plain


def _symbol(match: re.Match[str]) -> str:
    """Keep a tick or a cross that is the value of a field, and an arrow behind a word."""
    if match.group() in _ARROWS:
        line = match.string[max(0, match.start() - 80) : match.start()].rpartition("\n")[2]
        return "=" if re.search(r"\w", line) else " "
    before = match.string[max(0, match.start() - 4) : match.start()].rstrip("* \t")
    return _TICKS.get(match.group(), " ") if before.endswith((":", "=", "|", "：")) else " "
