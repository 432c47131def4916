"""Reading an answer: the published form first, then JSON, tags, and the evidence in its words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fakevlm_bench.answers.decide import decide
from fakevlm_bench.answers.evidence import Candidate, Force, Mention, Place, Subject
from fakevlm_bench.answers.explanation import explanation_of
from fakevlm_bench.answers.forms import Form, fakevlm_verdict, form_of, tagged, yes_or_no
from fakevlm_bench.answers.layouts import read_layouts
from fakevlm_bench.answers.mentions import Evidence, read_evidence
from fakevlm_bench.answers.objects import Stated, reasons_of, stated_in
from fakevlm_bench.answers.plain_text import MAX_TEXT, Plain, cut, normalise
from fakevlm_bench.answers.questions import asks_for_clean, foreign_question
from fakevlm_bench.types import Label

_NESTED = 3
"""Answers within answers (JSON in a tag, a sentence in JSON) that are read at most."""


@dataclass(frozen=True)
class Answer:
    """An answer, understood.

    Attributes:
        verdict: FAKE, REAL or None where it cannot be told.
        explanation: The answer without its verdict, thoughts and regions.
        mentions: Every word for real or fake, in the order of the text.
        rule: The rule that decided, or why none did.
        form: The published form that it was read by, or ``free``.
        body: The answer without thoughts, control tokens and markup.
    """

    verdict: Label | None
    explanation: str
    mentions: tuple[Mention, ...]
    rule: str
    form: str
    body: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A verdict with its rule and its mentions, positions in the body."""

    verdict: Label | None
    rule: str
    candidates: Sequence[Candidate] = ()
    evidence: Evidence | None = None
    stated: Stated | None = None


def read_answer(text: str, form: str = "free", yes: Label | None = None) -> Answer:
    """Read an answer.

    Args:
        text: As the model wrote it; beyond `MAX_TEXT` characters nothing is read.
        form: The published form that the detector's config states (`fakevlm_bench.answers.forms`).
        yes: What *yes* means, where the question is known (`yes_meaning`).

    Raises:
        ConfigError: No such form.
    """
    stated = form_of(form)
    if len(text) > MAX_TEXT:
        return Answer(None, "", (), f"longer than {MAX_TEXT} characters", str(Form.FREE), "")
    return _read_cached(text, stated, yes)


@lru_cache(maxsize=20_000)
def _read_cached(text: str, form: Form, yes: Label | None) -> Answer:
    plain = cut(text)
    body = plain.body
    if not body.strip():
        rule = "the thought never ends" if plain.unclosed else "empty"
        return Answer(None, "", (), rule, str(Form.FREE), body)
    normal = normalise(body)
    strict = _strict(body, normal, form, yes)
    reading = strict or _free(body, normal, yes, 0)
    form_read = form if strict else Form.FREE
    explanation = _explanation(body, normal, reading)
    mentions = tuple(
        _mention(item, plain, body) for item in sorted(reading.candidates, key=lambda i: i.start)
    )
    return Answer(reading.verdict, explanation, mentions, reading.rule, str(form_read), body)


def _strict(body: str, normal: str, form: Form, yes: Label | None) -> _Reading | None:
    """Read the published form; None where the answer does not fit it."""
    if form is Form.FAKEVLM:
        opening = fakevlm_verdict(normal)
        if opening is None:
            return None
        label, start, end = opening
        evidence = read_evidence(" " * end + normal[end:])
        item = Candidate(
            start, start + 4, label, 0, False, Subject.IMAGE, Force.STATED, Place.ANNOUNCED
        )
        return _Reading(label, "FakeVLM's form", [item, *evidence.candidates], evidence)
    if form is Form.JSON:
        stated = stated_in(body, _words(yes, 1))
        outside = stated is None or body[: stated.start].strip() or body[stated.end :].strip()
        return (
            None
            if outside or stated is None or stated.label is None
            else _from_object(stated, body)
        )
    if form is Form.YES_NO and yes is not None:
        reply = yes_or_no(normal)
        return None if reply is None else _Reading(yes if reply else Label(1 - yes), "yes or no")
    if form is Form.TAGS:
        inside = tagged(body)
        if inside is not None and inside[3]:
            reading = _from_tag(inside, body, normal, yes, 0)
            return reading if reading is not None and reading.verdict is not None else None
    return None


def _free(body: str, normal: str, yes: Label | None, depth: int) -> _Reading:
    """Read without a form: JSON, then tags, then words."""
    if depth < _NESTED:
        inside = tagged(body)
        if inside is not None:
            reading = _from_tag(inside, body, normal, yes, depth)
            if reading is not None:
                return reading
        stated = stated_in(body, _words(yes, depth + 1))
        if stated is not None:
            return _from_object(stated, body)
    sentences, laid_out = read_layouts(body, normal)
    evidence = read_evidence(sentences)
    starts = [sentence.start for sentence in evidence.sentences] if laid_out else []
    for item in laid_out:
        item.sentence = bisect_right(starts, item.start)
    evidence.candidates[:0] = laid_out
    reply = None
    if yes is not None and evidence.particle is not None:
        reply = yes if evidence.particle else Label(1 - yes)
    verdict, rule = decide(evidence.candidates, reply)
    return _Reading(verdict, rule, evidence.candidates, evidence)


def _words(yes: Label | None, depth: int) -> Callable[..., Label | None]:
    """Return what reads a verdict in words that stand inside of something."""

    def read(text: str, question: str = "") -> Label | None:
        inner = cut(text).body
        meaning = yes_meaning(question) if question else yes
        return _free(inner, normalise(inner), meaning, max(depth, 1)).verdict

    return read


def _from_object(stated: Stated, body: str) -> _Reading:
    if stated.label is None:
        return _Reading(
            None,
            "JSON keys conflict" if stated.contrary else "JSON without a verdict",
            stated=stated,
        )
    start = max(body.find(stated.key, stated.start, stated.end), stated.start)
    end = min(max(start + len(stated.key), start + 1), len(body))
    item = Candidate(
        start, end, stated.label, 0, False, Subject.IMAGE, Force.STATED, Place.ANNOUNCED
    )
    return _Reading(stated.label, "JSON", [item], stated=stated)


def _from_tag(
    inside: tuple[int, int, str, bool], body: str, normal: str, yes: Label | None, depth: int
) -> _Reading | None:
    """Read what a tag holds; None for an empty one that decides nothing."""
    start, end, inner, _ = inside
    reading = _free(inner, normalise(inner), yes, depth + 1)
    if not inner.strip():
        return None
    if reading.verdict is None and len(inner.strip(" .()")) == 1:
        return None  # a letter: its option stands in the text
    candidates = []
    if len(inner) == end - start:
        for item in reading.candidates:
            item.start += start
            item.end += start
            candidates.append(item)
    evidence = read_evidence(normal)
    outside = [i for i in evidence.candidates if i.end <= start or i.start >= end]
    return _Reading(
        reading.verdict, f"tag: {reading.rule}", [*candidates, *outside], evidence, reading.stated
    )


def _explanation(body: str, normal: str, reading: _Reading) -> str:
    if reading.stated is not None:
        return reasons_of(reading.stated.value, explain)
    evidence = reading.evidence or read_evidence(normal)
    text = explanation_of(body, normal, evidence.sentences, reading.candidates)
    return re.sub(_PARTICLE, "", text) if reading.rule == "yes or no" else text


def explain(text: str) -> str:
    """Return the explanation in an answer: no thought, no verdict sentence, no region markup."""
    return read_answer(text).explanation


def _mention(item: Candidate, plain: Plain, body: str) -> Mention:
    start, end = plain.span(item.start, max(item.end, item.start + 1))
    words = body[item.start : item.end]
    return Mention(
        start, end, words, item.label, item.subject, not item.negated, item.force, item.place
    )


_PARTICLE = re.compile(r"^\W{0,10}(?:answer\W{1,3})?(?:yes|no)\b[\s.,!*\"']{0,10}", re.IGNORECASE)
_MAPPED = re.compile(
    r"\b(?P<word>yes|no)\b\s*(?:[:=(\-]|if|for|when|means|indicates|in case)?"
    r"\s*(?P<what>[^.;\n]{0,80})"
)
_AUXILIARY = re.compile(
    r"^\W*(?:(?:please|look|given|in your opinion|question)\b[^?]{0,60}?[,:]\s*)?"
    r"(?:is|are|was|were|has|have|does|do|did|can|could|would|should|will)\b"
)


@lru_cache(maxsize=1_000)
def yes_meaning(question: str) -> Label | None:
    """Return what *yes* means as an answer to a question.

    Returns:
        None where it is no question for yes or no, offers both labels, or is not clear.
    """
    plain = normalise(cut(question).body)
    labels: set[Label] = set()
    for piece in re.findall(r"[^.!?\n]+\?", plain):
        other = asks_for_clean(piece)
        other = foreign_question(piece) if other is None else other
        if other is not None:
            labels.add(other)
            continue
        if not _AUXILIARY.match(piece):
            continue
        label = _asked(piece[:-1])
        if label is None:
            return None if _offers_both(piece) else next(iter(labels), None)
        labels.add(label)
    for match in _MAPPED.finditer(plain):
        label = _free_label(match["what"].split(" and ")[0].split(",")[0])
        if label is not None:
            labels.add(label if match["word"] == "yes" else Label(1 - label))
    return labels.pop() if len(labels) == 1 else None


def _offers_both(piece: str) -> bool:
    evidence = read_evidence(piece)
    return len({item.base for item in evidence.candidates}) > 1


def _asked(piece: str) -> Label | None:
    """Return the label that a question asks for, where it asks for one."""
    evidence = read_evidence(f"{piece}?")
    items = [i for i in evidence.candidates if i.force is not Force.LISTED]
    bases = {item.base for item in evidence.candidates}
    if not items or len(bases) != 1 or any(item.negated for item in items):
        return None
    if re.match(r"\W*(?:is|are|was|were|has|does|do|have)n't\b", piece) or re.search(
        r"\bnot\b", piece
    ):
        return None
    return items[-1].base


def _free_label(text: str) -> Label | None:
    return decide(read_evidence(text).candidates)[0]


def without_cache() -> None:
    """Forget the answers that were read; for measurements."""
    _read_cached.cache_clear()


__all__ = ["MAX_TEXT", "Answer", "Mention", "explain", "read_answer", "yes_meaning"]
