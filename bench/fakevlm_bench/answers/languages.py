# ruff: noqa: E501, SIM905
"""Chinese, Japanese, German, French, Spanish and Russian: plain statements are read, or nothing.

A sentence falls into clauses; a clause that imagines, compares or asks states nothing. In what is
left, negations are counted in front of a word for real or fake (in Japanese behind it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.foreign_denials import (
    carried,
    denials,
    deny,
    without_ellipsis,
    without_judgement,
)
from fakevlm_bench.answers.predicates import said_of
from fakevlm_bench.answers.tongues import CHINESE, JAPANESE, RUSSIAN, TONGUES, Tongue
from fakevlm_bench.types import Label

_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = {
    "de": frozenset(
        (
            "das ist ein eine einen einer einem nicht kein keine keinen bild foto es der die den "
            "dem und sondern aber ich dieses diese dies wurde wahrscheinlich echt echte echtes "
            "echten gefälscht fälschung urteil antwort fazit nein ja nicht obwohl ki alles andere "
            "als gesamturteil endurteil gesamtbewertung fälschung statt eher ki-generiert authentisch halte für unecht manipuliert künstlich"
        ).split()
    ),
    "fr": frozenset(
        (
            "est une un cette ce c'est n'est pas la le les des du l'image et mais je que qui dans "
            "sur avec par elle il réelle fausse faux vraie générée ia bien non oui réponse très "
            "fausses réel vrai ne n'y aucun photo authentique l'ia probablement truquée synthétique artificielle qu'authentique plutôt que plus réels vraies"
        ).split()
    ),
    "es": frozenset(
        (
            "es una un esta este esto imagen foto no la el las los y pero sino creo que por con "
            "está fue ha sido real falsa falso respuesta veredicto conclusión sí auténtica "
            "fotografía en de parece auténtico generada ia manipulada sintética más bien que"
        ).split()
    ),
}  # fmt: skip
_STRONG = {
    "de": frozenset(
        (
            "das ist dieses diese wurde einer dass obwohl der ein nicht echt gefälscht fälschung "
            "gesamturteil endurteil gesamtbewertung bild kein keine eine und ki-generiert echtes echte urteil fazit unecht künstlich"
        ).split()
    ),
    "fr": frozenset(
        (
            "est cette c'est n'est une pas réelle fausse vraie générée l'image faux réel dans "
            "fausses réponse oui authentique truquée synthétique artificielle plutôt vraies"
        ).split()
    ),
    "es": frozenset(
        (
            "es esta una imagen falsa falso auténtica auténtico veredicto respuesta sí conclusión "
            "la el sino creo parece fotografía generada sintética más"
        ).split()
    ),
}  # fmt: skip
_TELLING = frozenset().union(*_STRONG.values())
_ENGLISH = frozenset(
    (
        "the is this image real fake it a an not of and to in that i photo was looks are be "
        "with ai-generated for appears"
    ).split()
)
_PLAIN = frozenset({"the", "this", "it", "is", "not", "and"})
_BY_NAME = {tongue.name: tongue for tongue in TONGUES}
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_FIELD = re.compile(
    r"\s{0,3}[:：=]\s{0,3}(?:(?P<no>nein|non|no|нет|否|不是|いいえ|nee|falsch|faux|falso)|ja|oui|sí|si|да|是|はい)(?!\w)"
)
_REPLY = re.compile(
    "|".join(
        f"(?P<yes_{tongue.name}>{tongue.yes.pattern})|(?P<no_{tongue.name}>{tongue.nay.pattern})"
        for tongue in TONGUES
    )
)
_COMMA = re.compile(r"[,、:()\"]|\s-\s")


def tongue_of(text: str) -> Tongue | None:
    """Return the language of a sentence in lower case, None for English and unknown ones."""
    if not text.isascii():
        if _KANA.search(text):
            return JAPANESE
        if _HAN.search(text):
            return (
                JAPANESE
                if "的" not in text and re.search("偽物|本物|結論|答え|画像", text)
                else CHINESE
            )
        if _CYRILLIC.search(text):
            return RUSSIAN
    words = set(_WORD.findall(text[:600]))
    if words.isdisjoint(_TELLING):
        return None
    english = len(words & _ENGLISH)
    best, most = None, 0
    for name, vocabulary in _LATIN.items():
        count = len(words & vocabulary)
        if count > most and words & _STRONG[name]:
            best, most = name, count
    foreign = most > english or (most == english and not words & _PLAIN)
    return _BY_NAME[best] if best is not None and foreign else None


def read(
    tongue: Tongue, text: str, offset: int, *, question: bool, subject: bool
) -> list[Candidate]:
    """Return the mentions of one sentence.

    Args:
        tongue: Its language.
        text: The sentence in lower case, as long as in the body.
        offset: Where it begins in the body.
        question: It ends with a question mark.
        subject: The sentence before was about the image.
    """
    text, wrong = without_judgement(tongue, text)
    text, denied = without_ellipsis(tongue, text)
    candidates = _read_clauses(tongue, text, offset, question=question, subject=subject)
    if wrong:
        for item in candidates:
            item.negated = not item.negated
            if tongue.no.search(text) or len(candidates) > 1:
                item.drop(Force.LISTED)
    if denied is not None and candidates:
        deny(candidates, offset + denied)
    return candidates


def _read_clauses(
    tongue: Tongue, text: str, offset: int, *, question: bool, subject: bool
) -> list[Candidate]:
    candidates: list[Candidate] = []
    conceding = turned = False
    never = bool(tongue.always.search(text))
    imagined = never
    head = tongue.head.match(text.lstrip(' "')) if tongue.head else None
    spoken, negated_before = subject, 0
    for start, end, turn in _clauses(tongue, text):
        clause = text[start:end]
        if turn:
            conceding, turned, imagined, negated_before = False, True, never, 0
        imagined = imagined or bool(tongue.open.search(clause))
        conceding = bool(tongue.concede.search(clause))
        spoken = spoken or bool(tongue.image.search(clause))
        mentions = list(_words(tongue, clause))
        for base, begin, stop in mentions:
            place, span = start + begin, (begin, stop)
            count = denials(tongue, text, (start, end), mentions, span, carried_over=negated_before)
            item = Candidate(
                offset + place, offset + start + stop, base, place, count % 2 == 1,
                Subject.IMAGE, Force.STATED, Place.STATED, turned,
            )  # fmt: skip
            _place(item, tongue, clause, span, spoken=spoken, head=bool(head))
            value = _FIELD.match(text, start + stop)
            if value is not None:
                item.place, item.negated = Place.FIELD, item.negated != (value["no"] is not None)
                imagined = question = False
            elif item.start and clause[begin:stop] == "真实性":
                item.drop(Force.HYPOTHETICAL)
            _weaken(item, question=question, imagined=imagined, conceding=conceding)
            candidates.append(item)
        if tongue.no.search(clause) and not mentions and not turn:
            negated_before = carried(clause)
            depends = tongue.joint.match(text[end:].lstrip(" ,")) is not None
            imagined = imagined or (depends and not negated_before)
        elif mentions:
            negated_before = 0
    _agree(candidates)
    return candidates


def _weaken(item: Candidate, *, question: bool, imagined: bool, conceding: bool) -> None:
    """Lower a mention in a question, in a clause that imagines, in one that concedes."""
    if question or imagined:
        item.drop(Force.HYPOTHETICAL)
        item.subject = Subject.QUESTION if question else item.subject
    elif conceding and item.place > Place.NOWHERE:
        item.force, item.place = Force.HEDGED, Place.CONCEDED


def _place(
    item: Candidate, tongue: Tongue, clause: str, span: tuple[int, int], *, spoken: bool, head: bool
) -> None:
    letters = tongue not in (CHINESE, JAPANESE)
    size = len(clause.strip(" .!\"'"))
    short = size <= (34 if letters else 12)
    short = short or (tongue is JAPANESE and size - (span[1] - span[0]) <= 9)
    about = bool(tongue.image.search(clause))
    part = tongue.part.search(clause)
    of = said_of(tongue, clause, *span)
    if of in ("thing", "general"):
        item.place = Place.NOWHERE
        item.subject = Subject.REGION if of == "thing" else Subject.GENERAL
    elif head:
        item.place = Place.ANNOUNCED
    elif part and (not about or (tongue.part.search(clause[: span[0]]) and not letters)):
        item.place, item.subject = Place.NOWHERE, Subject.REGION
    elif about or (spoken and short):
        item.place = Place.STATED
    elif short and (not letters or of == "sentence"):
        item.place = Place.BARE
    else:
        item.place, item.subject = Place.NOWHERE, Subject.REGION


def _agree(candidates: list[Candidate]) -> None:
    """Drop words of both sides that are stated in one breath without a turn between them."""
    stated = [item for item in candidates if item.place >= Place.BARE]
    for first, second in pairwise(stated):
        if first.label is not second.label and not second.turned and second.place <= first.place:
            for item in stated:
                item.drop(Force.LISTED)
            return


def _clauses(tongue: Tongue, text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, begins with a word that turns) of each clause."""
    marks = [(m.start(), m.end(), False) for m in _COMMA.finditer(text)]
    marks += [
        (m.end() if tongue is JAPANESE else m.start(), m.end(), True)
        for m in tongue.turn.finditer(text)
    ]
    start, turned = 0, False
    for begin, end, turn in sorted(marks):
        if begin > start and text[start:begin].strip():
            yield start, begin, turned
            turned = False
        start = max(start, end)
        turned = turned or turn
    if text[start:].strip():
        yield start, len(text), turned


def _words(tongue: Tongue, clause: str) -> Iterator[tuple[Label, int, int]]:
    """Yield (label, start, end) of each word for real or fake, longer matches first."""
    matches = [(m.start(), m.end(), Label.FAKE) for m in tongue.fake.finditer(clause)]
    matches += [(m.start(), m.end(), Label.REAL) for m in tongue.real.finditer(clause)]
    covered = -1
    for start, end, label in sorted(matches, key=lambda m: (m[0], -m[1])):
        if start >= covered:
            covered = end
            yield label, start, end


def particle(text: str) -> bool | None:
    """Return True for a leading yes, False for a leading no in one of the languages."""
    stripped = text.strip(" \"'*.\n")
    reply = _REPLY.match(stripped)
    return None if reply is None else (reply.lastgroup or "").startswith("yes")
