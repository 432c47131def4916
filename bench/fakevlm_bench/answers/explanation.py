"""The explanation in an answer: its sentences without those that only say the verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Place
from fakevlm_bench.answers.lexer import Sentence
from fakevlm_bench.answers.regions import strip_regions

_REASON = re.compile(
    r"\s{0,3}(?:\w{1,30}\s{0,3}){0,3}?[,:\-]?\s{0,3}(?:because(?: of)?|since|due to|"
    r"given(?: that)?|as(?= (?:the|its?|there|an?)\b)|"
    r"based on|with|:|-|considering|judging by|judging from)\s{1,3}"
)
_TAG = re.compile(
    r"</?(?:answer|verdict|label|conclusion|final_answer|classification|prediction|result|output|summary|caption)\s?>",
    re.IGNORECASE,
)


def explanation_of(
    body: str, normal: str, sentences: Sequence[Sentence], candidates: Sequence[Candidate]
) -> str:
    """Return the sentences of a body that do not only say the verdict, in one line.

    A sentence that goes on with a reason ("This is fake because …") keeps the reason.

    Args:
        body: The answer without thoughts and markup.
        normal: The body, normalised; as long.
        sentences: Sentences of the body.
        candidates: Its mentions.
    """
    stated = sorted((i for i in candidates if i.place >= Place.BARE), key=lambda item: item.start)
    pieces: list[str] = []
    place = 0
    for sentence in sentences:
        inside = []
        while place < len(stated) and stated[place].start < sentence.end:
            if stated[place].start >= sentence.start:
                inside.append(stated[place])
            place += 1
        if not inside:
            piece = body[sentence.start : sentence.end]
        else:
            last = max(i.end for i in inside)
            piece = _reason(body, normal, last, sentence.end)
        pieces.append(piece.strip())
    joined = _TAG.sub(" ", " ".join(piece for piece in pieces if piece))
    return strip_regions(" ".join(joined.split()))


def _reason(body: str, normal: str, position: int, end: int) -> str:
    """Return what follows the verdict in its sentence, where that is a reason of some length."""
    match = _REASON.match(normal, position, end)
    return body[match.end() : end] if match and len(normal[match.end() : end].split()) > 2 else ""
