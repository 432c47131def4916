"""The explanation in an answer: its sentences without those that only say the verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fakevlm_bench.answers.evidence import Candidate, Place
from fakevlm_bench.answers.languages import tongue_of
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


_NEXT = re.compile(
    r"\s{0,3}(?:[\w'-]{1,30}\s{0,3}){0,3}?,\s{0,3}(?=(?:the|its|there|his|her|their|both|all|several|"
    r"two|three|one|no|some|every|each|even|many|most|look(?: at)?)\s)"
)
_NEXT_FOREIGN = re.compile(r"\s{0,3}(?:[^\W\d_]{1,30}\s{0,3}){0,2}?,\s{0,3}")
_SO = re.compile(
    r",?\s{1,3}(?:and\s{1,3})?(?:so|therefore|thus|hence|which means(?: that)?|consequently|"
    r"поэтому|значит|следовательно|daher|deshalb|also|somit|"
    r"folglich|donc|por (?:lo )?tanto|así que)\b"
    r"|[,]\s?(?:所以|因此|故)|,\s?(?:そのため|したがって)"
)
_BECAUSE = re.compile(
    r"\W{0,3}(?:because(?: of)?|since|given that|due to|as|considering that|"
    r"из-за того,? что|так как|"
    r"поскольку|weil|da|parce que|comme|puisque|porque|ya que|como|因为|由于)\s{0,3}"
)
_SHORT = 3
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


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
            first, last = min(i.start for i in inside), max(i.end for i in inside)
            piece = _reason(body, normal, last, sentence.end)
            piece = piece or _before(body, normal, sentence.start, first)
            piece = piece or _behind(body, normal, sentence.start, last, sentence.end)
        pieces.append(piece.strip())
    joined = _TAG.sub(" ", " ".join(piece for piece in pieces if piece))
    return strip_regions(" ".join(joined.split()))


def _reason(body: str, normal: str, position: int, end: int) -> str:
    """Return what follows the verdict in its sentence, where that is a reason of some length."""
    match = _REASON.match(normal, position, end)
    return body[match.end() : end] if match and len(normal[match.end() : end].split()) > 2 else ""


def _before(body: str, normal: str, start: int, first: int) -> str:
    """Return the reason in front of a verdict: "The hands are off, so …", "Because …, …"."""
    joints = [*_SO.finditer(normal, start, first)]
    leading = _BECAUSE.match(normal, start, first)
    if joints:
        end = joints[-1].start()
    elif leading is not None and "," in normal[leading.end() : first]:
        end = normal.rindex(",", leading.end(), first)
    else:
        return ""
    begin = leading.end() if leading is not None and leading.end() < end else start
    return body[begin:end] if _is_long(normal[begin:end]) else ""


def _behind(body: str, normal: str, start: int, position: int, end: int) -> str:
    """Return the clause behind a verdict: "This is a fake image, the hand has six fingers"."""
    foreign = tongue_of(normal[start:end]) is not None
    match = (_NEXT_FOREIGN if foreign else _NEXT).match(normal, position, end)
    return body[match.end() : end] if match and _is_long(normal[match.end() : end]) else ""


def _is_long(text: str) -> bool:
    return len(text.split()) >= _SHORT or len(_CJK.findall(text)) > _SHORT
