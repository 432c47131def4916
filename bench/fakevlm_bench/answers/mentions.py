"""All mentions of an answer, and the rules that reach across words and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fakevlm_bench.answers import languages
from fakevlm_bench.answers.caveats import caveats
from fakevlm_bench.answers.clauses import ClauseReader
from fakevlm_bench.answers.dialogue import across_sentences
from fakevlm_bench.answers.double_denials import double_denials
from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.answers.fields import read_fields
from fakevlm_bench.answers.lexer import Sentence, sentences
from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.options import read_options
from fakevlm_bench.answers.outer_frames import outer_frames
from fakevlm_bench.answers.particles import particle
from fakevlm_bench.answers.plain_denials import plain_denial
from fakevlm_bench.answers.vocabulary import Role
from fakevlm_bench.types import Label

_LABEL = Role.FAKE | Role.REAL
_LONGEST_FOREIGN = 1000
_EXAMPLES = frozenset(
    {"example", "instance", "specimen", "case", "piece", "masterpiece", "work", "product", "bit",
     "sample", "item", "result"}
)  # fmt: skip
_EXAMPLE_OF = frozenset(
    {"an example of", "example of", "a case of", "a piece of", "work of", "product of"}
)


@dataclass(slots=True)
class Evidence:
    """What an answer holds: mentions, sentences, a leading yes or no, an announced letter."""

    candidates: list[Candidate]
    sentences: list[Sentence]
    particle: bool | None


def read_evidence(plain: str) -> Evidence:
    """Collect the mentions of normalised text, in order."""
    parts = sentences(plain)
    candidates: list[Candidate] = []
    about = False
    for number, sentence in enumerate(parts):
        text = plain[sentence.start : sentence.end]
        tongue = languages.tongue_of(text)
        if tongue is not None:
            inside = languages.read(
                tongue,
                text[:_LONGEST_FOREIGN],
                sentence.start,
                question=sentence.question,
                subject=about,
            )
        else:
            inside = _english(sentence)
            caveats(text, sentence.start, inside, alone=len(parts) == 1)
        if not sentence.question and all(item.place is Place.NOWHERE for item in inside):
            denial = plain_denial(text[:_LONGEST_FOREIGN], sentence.start)
            inside += [denial] if denial is not None else []
        for item in inside:
            item.sentence = number
        about = (
            any(i.subject is Subject.IMAGE and i.place > Place.NOWHERE for i in inside)
            or tongue is not None
        )
        candidates += inside
    across_sentences(parts, candidates, plain)
    read_options(parts, candidates)
    return Evidence(candidates, parts, particle(parts, plain))


def _english(sentence: Sentence) -> list[Candidate]:
    if not sentence.says_something:
        return []
    units = sentence.units
    double_denials(units)
    scopes = outer_frames(units)
    inside = read_fields(sentence)
    inside += ClauseReader(sentence).read()
    inside.sort(key=lambda item: item.start)
    for scope in scopes:
        scope.apply(inside)
    _emphatic(units, inside)
    _alternatives(units, inside)
    _halves(inside)
    if sentence.question:
        for item in inside:
            item.subject = Subject.QUESTION
            item.drop(Force.HYPOTHETICAL)
    for item in inside:
        after = units[item.unit + 1] if item.unit + 1 < len(units) else None
        if after is not None and after.roles & Role.QUESTION and item.place is not Place.FIELD:
            item.drop(Force.HYPOTHETICAL)
    return inside


def _emphatic(units: Sequence[Unit], candidates: list[Candidate]) -> None:
    """Read "a genuine deepfake", "an authentic example of CGI": the first word is no label."""
    for first, second in pairwise(candidates):
        if first.base is not Label.REAL or second.base is not Label.FAKE:
            continue
        between = units[first.unit + 1 : second.unit]
        words = [u.word for u in between if not u.roles & (Role.A | Role.ADVERB | Role.QUOTE)]
        example = len(words) == 2 and words[0] in _EXAMPLES and words[1] == "of"
        phrase = units[first.unit + 1 : first.unit + 2] and not words and len(between) == 0
        before = units[max(0, first.unit - 3) : first.unit]
        introduced = any(u.roles & (Role.A | Role.THE | Role.BE) for u in before)
        if example or " ".join(words) in _EXAMPLE_OF or (phrase and introduced):
            if first.place > second.place:
                second.place, second.subject = first.place, first.subject
                second.force, second.negated = first.force, first.negated
            first.drop(Force.LISTED)


def _alternatives(units: Sequence[Unit], candidates: list[Candidate]) -> None:
    """Mark "real or fake", which offers both and says neither, as listed."""
    for first, second in pairwise(candidates):
        if first.base is second.base or Place.FIELD in (first.place, second.place):
            continue
        between = units[first.unit + 1 : second.unit]
        if len(between) == 1 and between[0].word in "<>":
            loser = second if between[0].word == ">" else first
            loser.drop(Force.LISTED)
        elif _offers(between, first, second):
            first.drop(Force.LISTED)
            second.drop(Force.LISTED)


def _offers(between: Sequence[Unit], first: Candidate, second: Candidate) -> bool:
    links = (
        Role.OR | Role.SLASH | Role.COMMA | Role.A | Role.THE | Role.ADVERB | Role.IMAGE
        | Role.IMAGES | Role.IT | Role.THIS | Role.BE | Role.MAY | Role.QUOTE | Role.LIKELY
        | Role.AND | Role.NOT | Role.DASH | Role.COLON | Role.PART | Role.SKIP | Role.SEEM
        | Role.HALF | Role.OPENING | Role.CLOSING
    )  # fmt: skip
    if any(not u.roles & links for u in between) or any(
        u.roles & Role.BUT and not u.roles & Role.ADVERB for u in between
    ):
        return False
    disjunct = any(u.roles & (Role.OR | Role.SLASH) or u.word == "|" for u in between)
    denied = any(u.roles & Role.NOT and u.word != "nor" for u in between)
    if disjunct:
        return not denied or not (first.negated or second.negated)
    plain = not any(
        u.roles & (Role.BE | Role.SEEM | Role.NOT | Role.COLON | Role.THIS | Role.IT)
        for u in between
    )
    return plain and any(u.roles & Role.AND for u in between) and first.negated is second.negated


def _halves(candidates: list[Candidate]) -> None:
    """Let "partly real" leave open what else its sentence says."""
    if any(item.half and item.base is Label.REAL for item in candidates):
        for item in candidates:
            item.drop(Force.LISTED)
