"""The published forms of answers, read strictly: an answer that does not fit is read freely.

=========  ==================================================================================
form       grammar
=========  ==================================================================================
fakevlm    ``This is a fake image.`` or ``This is a real image.``, then anything
json       one JSON object (or a list of one), in a fence or not, and nothing else
yes_no     ``yes`` or ``no`` alone, where the question is known
tags       one ``<answer>…</answer>`` (or another tag of that meaning), then nothing
free       none
=========  ==================================================================================
"""

from __future__ import annotations

import re
from enum import StrEnum

from fakevlm_bench.errors import unknown_name
from fakevlm_bench.types import Label


class Form(StrEnum):
    """How a detector's answers are written."""

    FAKEVLM = "fakevlm"
    JSON = "json"
    YES_NO = "yes_no"
    TAGS = "tags"
    FREE = "free"


def form_of(name: str) -> Form:
    """Return the form of that name.

    Raises:
        ConfigError: There is none.
    """
    try:
        return Form(name)
    except ValueError:
        raise unknown_name("form of answers", name, [*Form]) from None


_FAKEVLM = re.compile(
    r"\s{0,20}this\s{1,3}is\s{1,3}an?\s{1,3}(?P<label>fake|real)\s{1,3}(?:image|photo|photograph|picture)"
    r"(?P<end>\s{0,3}(?:[.;!:,]|$))"
)
_YES_NO = re.compile(r"[\s\"'*(]{0,20}(?P<word>yes|no)[\s\"'*.!)]{0,20}")
_TAG = (
    r"answer|verdict|label|conclusion|final[_ -]?answer|final[_ -]?verdict|classification|"
    r"prediction|decision|result|output|judge?ment|final"
)
_TAGGED = re.compile(
    rf"<(?P<tag>{_TAG})\s?>(?P<inner>[^<]{{0,20000}}(?:<(?!/(?P=tag))[^<]{{0,2000}}){{0,50}})</(?P=tag)\s?>|"
    rf"\[(?P<mark>ANSWER|VERDICT)\](?P<marked>[^\[]{{0,2000}})\[/(?P=mark)\]|"
    r"<\|begin_of_box\|>(?P<boxed>[^<]{0,2000})<\|end_of_box\|>",
    re.IGNORECASE,
)
_LATEX = re.compile(
    r"\\boxed\s?\{(?P<latex>(?:[^{}]{0,300}|\\?[a-z]{0,12}\{[^{}]{0,300}\}){1,4}?)\}"
)
_COMMAND = re.compile(r"\\(?:text|textbf|mathrm|mathbf|textit|mbox|texttt)\s?|[{}$]")


def fakevlm_verdict(plain: str) -> tuple[Label, int, int] | None:
    """Read FakeVLM's form: (label, start of its word, end of the sentence)."""
    match = _FAKEVLM.match(plain)
    if match is None:
        return None
    label = Label.FAKE if match["label"] == "fake" else Label.REAL
    return label, match.start("label"), match.end()


def yes_or_no(plain: str) -> bool | None:
    """Read an answer that is yes or no and nothing else."""
    match = _YES_NO.fullmatch(plain)
    return None if match is None else match["word"] == "yes"


def tagged(body: str) -> tuple[int, int, str, bool] | None:
    """Return the last tag that holds an answer.

    Returns:
        (start and end of what it holds, that text, whether the answer consists of it alone).
    """
    if "<" not in body and "[" not in body and "\\boxed" not in body:
        return None
    matches = [*_TAGGED.finditer(body)] or [*_LATEX.finditer(body)]
    for match in reversed(matches):
        name = next(
            (
                n
                for n in ("inner", "marked", "boxed", "latex")
                if n in match.groupdict() and match[n] is not None
            ),
            None,
        )
        if name is None:
            continue
        inner = _COMMAND.sub(" ", match[name]) if name == "latex" else match[name]
        alone = len(matches) == 1 and not body[match.end() :].strip()
        return match.start(name), match.end(name), inner, alone
    return None
