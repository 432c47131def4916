"""Where an answer only thinks: the parts that reasoning models write before they answer.

Every notation is a pair of marks. A pair is cut with what it holds; a closing mark alone ends a
thought that began with the text; an opening mark alone begins one that never ends, so that what
stands behind it is no answer, whatever it says.
"""

from __future__ import annotations

import re

_NAMES = (
    r"think(?:ing)?|thoughts?|reasoning|reason|analysis|seed:think|seed:cot_budget_reflect|"
    r"scratchpad|reflection|inner_monologue|antthinking|ant_thinking|cot|internal|deliberation|"
    r"chain_of_thought|monologue|rationale_draft|planning|plan"
)
_OPEN = (
    rf"<(?:{_NAMES})(?:\s[^<>]{{0,80}})?>|\u25c1(?:{_NAMES})\u25b7|\[(?:THINK(?:ING)?|REASONING)\]|"
    r"<\|(?:begin_of_thought|START_THINKING|thinking|think|begin_of_thinking)\|>|<unused94>|<\u1d40think>"
)
_CLOSE = (
    rf"</(?:{_NAMES})\s?>|\u25c1/(?:{_NAMES})\u25b7|\[/(?:THINK(?:ING)?|REASONING)\]|"
    r"<\|(?:end_of_thought|END_THINKING|/thinking|/think|end_of_thinking)\|>|<unused95>"
)
_MARK = re.compile(rf"(?P<open>{_OPEN})|(?P<close>{_CLOSE})", re.IGNORECASE)
_CHANNEL = re.compile(
    r"(?:<\|start\|>assistant)?<\|channel\|>\s?(?P<name>[a-z]{1,20})[^<]{0,100}<\|message\|>"
)
_STRIPPED = re.compile(r"\s{0,20}(?:assistant)?analysis(?=[A-Z\s])(?!\s*:)")
_STRIPPED_END = re.compile(r"assistant ?final")


def thoughts(text: str) -> tuple[list[tuple[int, int]], bool]:
    """Find the spans in which an answer thinks.

    Returns:
        Spans (start, end) in order, not overlapping, and whether the last of them was
        opened and never closed.
    """
    if "<" not in text and "[" not in text and "\u25c1" not in text:
        end = _STRIPPED_END.search(text) if _STRIPPED.match(text) else None
        return ([(0, end.end())], False) if end else ([], False)
    channels = list(_CHANNEL.finditer(text)) if "<|channel|>" in text else []
    if channels:
        return _outside_final(text, channels)
    return _pairs(text)


def _outside_final(text: str, channels: list[re.Match[str]]) -> tuple[list[tuple[int, int]], bool]:
    """Cut everything but the last final channel of gpt-oss's format."""
    finals = [match for match in channels if match["name"] == "final"]
    if not finals:
        return [(0, len(text))], True
    start = finals[-1].end()
    later = next((m.start() for m in channels if m.start() >= start), len(text))
    spans = [(0, start), (later, len(text))]
    return [span for span in spans if span[0] < span[1]], False


def _pairs(text: str) -> tuple[list[tuple[int, int]], bool]:
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for match in _MARK.finditer(text):
        if match["open"] is not None:
            opened = match.start() if opened is None else opened
        elif opened is not None:
            spans.append((opened, match.end()))
            opened = None
        else:  # a closing mark alone: all before it was thought
            spans = [(0, match.end())]
    if opened is not None:
        spans.append((opened, len(text)))
    return spans, opened is not None
