"""Text made plain for matching, character by character, so that positions stay valid."""

from __future__ import annotations

import re

_QUOTES = "‘’ʼ′`´"
_TABLE = {
    **{ord(c): "'" for c in _QUOTES},
    **{ord(c): " " for c in '*_#~“”"«»「」『』【】〈〉《》\u00a0\u200b\u200c\u200d\ufeff\t\r'},
    **{ord(c): "-" for c in "‐‑‒–—―−"},
    **dict(zip(map(ord, "。｡।՝؟،؛、…¿¡"), "...,?,;,.  ", strict=True)),
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
}
_DOTTED = re.compile(r"\ba\. ?i\.|\be\.g\.|\bi\.e\.|\bvs\.|\betc\.(?=,)")
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL | re.IGNORECASE)
_SYMBOL = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_SENTENCE = re.compile(r"(?:[^.!?;\n]|\.(?=\d)|(?<=\d)\.(?=\d))+[.!?;]*")


def blank(match: re.Match[str]) -> str:
    """Give as many spaces as the match has characters."""
    return " " * len(match.group())


def normalise(text: str) -> str:
    """Lowercase, with plain punctuation, without markup or thinking; same length as `text`."""
    text = _SYMBOL.sub(blank, _THINKING.sub(blank, text))
    plain = text.translate(_TABLE)
    if plain.isascii():
        plain = plain.lower()
    else:  # some letters are more than one in lower case
        plain = "".join(c if len(c.lower()) != 1 else c.lower() for c in plain)
    plain = re.sub(r"(?<!\w)'|'(?!\w)", " ", plain)
    return _DOTTED.sub(
        lambda m: m.group().replace(".", "").replace(" ", "").ljust(len(m[0])), plain
    )


def sentences(plain: str) -> list[tuple[int, int]]:
    """Split normalised text into sentences and clues: (start, end) with closing punctuation."""
    return [match.span() for match in _SENTENCE.finditer(plain) if match.group().strip(" .!?;")]
