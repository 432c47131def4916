# ruff: noqa: E501
"""Denials in languages other than English: before a word, behind it, of a whole sentence."""

from __future__ import annotations

import re

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.tongues import FRENCH, RUSSIAN, SPANISH, Tongue
from fakevlm_bench.types import Label

_CARRYING = re.compile(
    r"(?:glaube|denke|meine|finde) (?:ich )?nicht|kein(?:en)? (?:grund|anlass|anzeichen|hinweis)|nichts (?:deutet|spricht)|bezweifle|unwahrscheinlich|ausgeschlossen|不认为|不相信|"
    r"не думаю|не считаю|не верю|сомневаюсь|маловероятно|не похоже"
)
_CONCORD = (FRENCH, SPANISH, RUSSIAN)
"""Languages in which two negations are one."""


def denials(
    tongue: Tongue,
    text: str,
    clause_span: tuple[int, int],
    mentions: list[tuple[Label, int, int]],
    span: tuple[int, int],
    *,
    carried_over: int,
) -> int:
    """Count the denials of a word.

    Args:
        tongue: The language.
        text: The sentence.
        clause_span: (start, end) of the clause in it.
        mentions: (label, start, end) of the clause's words, positions in the clause.
        span: (start, end) of this one.
        carried_over: Denials of the clause before that hold in this one.
    """
    start, end = clause_span
    begin, stop = span
    clause = text[start:end]
    before = clause[:begin]
    count = len(tongue.no.findall(before)) + carried_over
    if tongue in _CONCORD:
        count = min(count, 1)
    spoken_before = text[max(0, start + begin - 80) : start + begin]
    count += bool(tongue.than.search(before) or tongue.than.search(spoken_before))
    count += _instead(tongue, before, mentions, begin)
    after = clause[stop:] if tongue.name != "ja" else clause[stop:] + text[end : end + 1]
    return count + bool(tongue.no_after.search(after))


def _instead(
    tongue: Tongue, before: str, mentions: list[tuple[Label, int, int]], begin: int
) -> int:
    """Count the denial of "instead of", which reaches one word only."""
    match = tongue.instead.search(before)
    if match is None:
        return 0
    return int(not any(match.end() <= start < begin for _, start, _ in mentions))


def carried(clause: str) -> int:
    """Count a negation that goes on behind the comma: "Ich glaube nicht, dass …"."""
    return 1 if _CARRYING.search(clause) else 0


def without_judgement(tongue: Tongue, text: str) -> tuple[str, bool]:
    """Blank "it would be wrong to say": the sentence inside is read, and turned round.

    Args:
        tongue: The sentence's language.
        text: The sentence, in lower case.
    """
    blanked = tongue.wrong.sub(lambda m: " " * len(m.group()), text)
    return blanked, blanked != text


def without_ellipsis(tongue: Tongue, text: str) -> tuple[str, int | None]:
    """Blank ", but it is not" at the end: (text, where it began or None).

    Args:
        tongue: The sentence's language.
        text: The sentence, in lower case.
    """
    stripped = text.rstrip(" .!\"'。\n")
    for match in tongue.ellipsis.finditer(stripped):
        before = stripped[: match.start()].rstrip()
        turned = before.endswith((",", "，", "、", ";", "-")) or tongue.turn.search(before[-12:])
        if match.end() == len(stripped) and before and turned:
            return text[: match.start()] + " " * (len(text) - match.start()), match.start()
    return text, None


def deny(candidates: list[Candidate], place: int) -> None:
    """Append the denial of what was named, where that was of one side.

    Args:
        candidates: Mentions of one sentence; the denial is appended.
        place: Where the denial begins in the body, in characters.
    """
    named = [item for item in candidates if item.force is not Force.LISTED]
    bases = {item.base for item in named}
    for item in candidates:
        item.place = min(item.place, Place.CONCEDED)
    if len(bases) == 1:
        base = bases.pop()
        candidates.append(
            Candidate(
                place, place + 2, base, place, True, Subject.IMAGE, Force.STATED, Place.STATED
            )
        )
