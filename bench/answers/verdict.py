"""What an answer says: real, fake, or nothing that can be understood.

A word is not a verdict. A verdict is (strongest first) a value in a JSON
answer; a word after an announcement (``Final answer: …``); a sentence about the image
("This is a fake image", "I don't think it's real") or one that consists of the
verdict; and, where there is nothing else, what all weaker hints agree on ("shows signs of
manipulation"). Of several sentences of equal rank the last counts.
Questions, conditions ("if it were real"), alternatives ("real or fake") and
comparisons ("unlike a real photo") are no verdicts. What stays open is None, never a guess.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bench.answers import words
from bench.answers.normal import blank, normalise, sentences
from bench.answers.structured import REASON_KEYS, VERDICT_KEYS, answer_object
from bench.types import Label


class _Rank(IntEnum):
    """How much like a verdict a mention is."""

    HINT = 1
    CONCEDED = 2
    SEEMING = 3
    STATED = 4
    ANNOUNCED = 5


@dataclass(frozen=True)
class _Mention:
    label: Label
    rank: _Rank
    start: int
    end: int


_PARENTHESIS = re.compile(
    r",?\s*\b(?:in my (?:opinion|view|assessment)|in fact|as far as i can (?:tell|see)|"
    r"i (?:think|believe|would say|suspect)(?=,)|most likely|to my eyes?|indeed|"
    r"without (?:any )?hesitation|in all likelihood|"
    r"from what i can see|after careful (?:inspection|analysis)|on closer inspection)\s*,"
)
_BREAK = re.compile(
    r"[,:()\-](?!\w)|(?<!\w)-|(?<!anything )\bbut\b|"
    r"\b(?:yet|however|so|therefore|thus|hence|instead)\b|\bnor\b|"
    r"\band\b(?=\s+(?:not|is|it|this|never|isn't|the|that|looks?|appears?|seems?|was|has)\b)"
)
_BARE = re.compile(
    r"^(?:.*[:)]|.*\s-+|.*\b(?:so|therefore|thus|hence|but|actually|overall)\b,?)?\s*(?:[(\[]?[a-d\d][)\].:]\s*)?"
    r"(?:(?:yes|no|well|hmm|okay|ok|sure|i'd say|looks?(?: like)?|seems?(?: like)?|seems to be|"
    r"appears?(?: to be)?|probably|likely|most|very|definitely|clearly|certainly|possibly|"
    r"perhaps|maybe|"
    r"almost|highly|more|not|non|never|absolutely|obviously|undoubtedly|100|99|95|90|%|a|an|the|it's|its|"
    r"strongly|it|is|totally|completely|entirely|fully|partially|partly|far from|"
    r"anything but|un?likely|"
    r"hardly|to be|neither|good|high|quality|high-quality|in|short|conclusion|summary|final|pretty|"
    r"quite|surely|verdict|bare)[\s,]+)*$"
)
_GAP_STOP = re.compile(
    r"[,;:()]|\b(?:of|because|since|where|whose|which|who|when|while|with|from|and the|"
    r"between|inside|"
    r"whether|if|on)\b"
)
_VERB_OF_SHOWING = re.compile(
    r"\b(?:shows?|depicts?|contains?|features?|displays?|exhibits?|captures?|presents?|"
    r"includes?|has an?)\b"
)
_COPULA = re.compile(rf"(?P<be>(?<!\w){words.BE}\b|'s\b)|\b{words.SEEM}\b")
_REPORT = re.compile(rf"\b{words.REPORT}\b")
_SUBJECT = re.compile(words.SUBJECT)
_PART_SUBJECT = re.compile(words.PART_SUBJECT)
_LOW_PERCENT = re.compile(
    r"(?<![\d.])(?:[0-9]|[1-4][0-9])(?:\.\d+)?\s*%.*\b(?:chance|probability|likel\w+|possib\w+)"
)
_JOIN = re.compile(
    r"\s*(?:,|/|,?\s*\b(?:or|and|nor)\b)?\s*(?:(?:an?|truly|completely|in any way|otherwise)\s+)?"
)
_ALTERNATIVE = re.compile(
    r"\s*(?:image|photo|picture)?\s*(?:/|\bor\b|,?\s*\bor\b|\bvs\.?|\bversus\b|\band\b|\||-)\s*(?:an?\s+|it\s+is\s+|is\s+|is\s+it\s+|"
    r"it\s+(?:may|might|could)\s+(?:also\s+)?be\s+(?:an?\s+)?)?"
)


def parse_verdict(text: str) -> Label | None:
    """Read the verdict out of an answer; None where it cannot be understood."""
    structured = answer_object(text)
    if structured is not None:
        return _structured_verdict(structured)
    return _decide(_mentions(_prepare(text)))


def strip_verdict(text: str) -> str:
    """Give the explanation: the answer without the sentences that only say the verdict.

    A sentence that goes on with a reason ("This is fake because …") keeps the reason.
    A JSON answer gives its reasons, joined by "; ".
    """
    structured = answer_object(text)
    if structured is not None:
        return _structured_reasons(structured)
    plain = _prepare(text)
    stated = [m for m in _mentions(plain) if m.rank >= _Rank.SEEMING]
    kept: list[str] = []
    for start, end in sentences(plain):
        inside = [m for m in stated if start <= m.start < end]
        piece = text[start:end] if not inside else _reason_after(text, plain, inside[-1].end, end)
        kept.append(piece.strip())
    return re.sub(r"\s+", " ", " ".join(piece for piece in kept if piece)).strip()


def _prepare(text: str) -> str:
    """Normalise, and join an announcement with what stands on the next line."""
    plain = normalise(text)
    plain = re.sub(rf"(?<=\b)(?:{words.MARKER})\s*:?\s*\n+", _one_line, plain)
    return _PARENTHESIS.sub(blank, plain)


def _one_line(match: re.Match[str]) -> str:
    joined = match.group().replace("\n", " ")
    return joined if ":" in joined else joined.rstrip() + ":" + joined[len(joined.rstrip()) + 1 :]


def _reason_after(text: str, plain: str, position: int, end: int) -> str:
    """Give what follows the verdict in its sentence, where that is a reason of some length."""
    found = re.compile(
        r"\s*(?:\w+\s*){0,3}?[,:\-]?\s*(?:because(?: of)?|since|due to|"
        r"given(?: that)?|as(?= (?:the|its?|there|an?)\b)|"
        r"based on|with|:|-|considering|judging by|judging from)\s+"
    ).match(plain, position, end)
    return text[found.end() : end] if found and len(plain[found.end() : end].split()) > 2 else ""


def _decide(mentions: list[_Mention]) -> Label | None:
    """Take the last announced verdict, else the last stated one, else what all hints agree on."""
    strong = [m for m in mentions if m.rank >= _Rank.SEEMING]
    announced = [m for m in strong if m.rank == _Rank.ANNOUNCED]
    if strong:
        return (announced or strong)[-1].label
    weak = {m.label for m in mentions}
    return weak.pop() if len(weak) == 1 else None


def _mentions(plain: str) -> list[_Mention]:
    """Give the verdict of each sentence that has one, in order, and all weaker hints."""
    found: list[_Mention] = []
    for start, end in sentences(plain):
        sentence = words.AFFIRMATIVE.sub(blank, plain[start:end])
        if sentence.rstrip().endswith("?"):
            continue
        inside = _read_sentence(sentence)
        best = max((m.rank for m in inside), default=_Rank.HINT)
        if best >= _Rank.SEEMING:
            inside = [m for m in inside if m.rank == best][-1:]
        found += [_Mention(m.label, m.rank, start + m.start, start + m.end) for m in inside]
    return found


def _read_sentence(sentence: str) -> list[_Mention]:
    """Rank each word for a label in one sentence; those that say nothing are left out."""
    found: list[_Mention] = []
    matches = _without_alternatives(sentence, list(words.MENTION.finditer(sentence)))
    previous: tuple[int, Label, bool] | None = None
    for match in matches:
        word = Label.FAKE if match["fake"] else Label.REAL
        scope = _scope(sentence, match.start())
        negated = len(words.NEGATOR.findall(scope)) % 2 == 1
        joined = previous and _JOIN.fullmatch(sentence, previous[0], match.start())
        if previous and joined and previous[1] == word:
            negated = previous[2]
        previous = (match.end(), word, negated)
        rank = _rank(sentence, match, scope)
        if rank is not None:
            turned = negated != match.group().startswith("non-")
            label = Label(1 - word) if turned else word
            found.append(_Mention(label, rank, match.start(), match.end()))
    return found + _signs(sentence)


def _without_alternatives(sentence: str, matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """Drop "real or fake", which offers both and says neither."""
    dropped: set[int] = set()
    for index, (first, second) in enumerate(itertools.pairwise(matches)):
        opposite = bool(first["fake"]) != bool(second["fake"])
        if opposite and _ALTERNATIVE.fullmatch(sentence, first.end(), second.start()):
            dropped |= {index, index + 1}
    return [match for index, match in enumerate(matches) if index not in dropped]


def _scope(sentence: str, position: int) -> str:
    """Give the part of the clause in front of `position` that can negate it."""
    start = 0
    for match in _BREAK.finditer(sentence, 0, position):
        start = match.start() if match.group() == "nor" else match.end()
    return sentence[start:position]


def _rank(sentence: str, match: re.Match[str], scope: str) -> _Rank | None:
    """Say how much like a verdict a mention is; None: not at all."""
    before = sentence[: match.start()]
    announced = words.MARKED.search(before)
    if announced is None and _undecided(sentence, match, scope):
        return None
    if not words.AFTER.match(sentence, match.end()):
        return None
    if announced is not None and len(before[announced.end() :].split()) <= 12:
        return _Rank.ANNOUNCED
    rank = _statement(before)
    if rank is None:
        return _Rank.HINT if _hinted(before, scope) else None
    conceding = list(words.CONCESSION.finditer(before))
    if conceding and "," not in before[conceding[-1].end() :]:
        return _Rank.CONCEDED
    return _Rank.CONCEDED if words.CONCESSION_AFTER.match(sentence, match.end()) else rank


def _undecided(sentence: str, match: re.Match[str], scope: str) -> bool:
    """Say whether a mention is only considered, compared or imagined."""
    said = re.sub(r"\b(?:i|we)\s+would\b|\bi'd\b", blank, scope)
    after = sentence[match.end() :]
    return bool(
        words.UNDECIDED.search(said)
        or _LOW_PERCENT.search(scope)
        or re.match(r"\s*(?:\w+\s){0,3}would\b", after)
    )


def _statement(before: str) -> _Rank | None:
    """Rank a mention by what stands before it in its sentence."""
    if _BARE.match(before):
        return _Rank.STATED
    copulas = list(_COPULA.finditer(before))
    reports = [m for m in _REPORT.finditer(before) if not _blocked(before[m.end() :])]
    if reports:
        return _Rank.STATED
    for copula in reversed(copulas):
        if _blocked(before[copula.end() :]):
            break
        if _is_about_image(before[: copula.end()]):
            seeming = not copula["be"] or re.search(
                rf"{words.SEEM}\s+to\s+be$", before[: copula.end()]
            )
            return _Rank.SEEMING if seeming else _Rank.STATED
    return None


def _blocked(gap: str) -> bool:
    """Say whether a mention is too far from its verb to be its complement."""
    gap = words.NEGATOR.sub("not", gap)
    return bool(_GAP_STOP.search(gap)) or len(gap.split()) > 9


def _is_about_image(clause: str) -> bool:
    """Say whether the verb at the end of `clause` has the image as its subject."""
    for subject in reversed(list(_SUBJECT.finditer(clause))):
        between = clause[subject.end() :]
        return len(between) < 120 and not _VERB_OF_SHOWING.search(between)
    return False


def _hinted(before: str, scope: str) -> bool:
    """Say whether a mention stands in a phrase that only points to a label."""
    part = _PART_SUBJECT.search(before)
    copula = part and _COPULA.search(before, part.end())
    if copula and not _blocked(before[copula.end() :]):
        return True
    return bool(words.SIGNS.search(scope)) and not re.search(r"\b(?:natural|normal)\b", scope)


def _signs(sentence: str) -> list[_Mention]:
    """Read "signs of manipulation" and "no evidence of tampering"."""
    found = []
    for match in words.MANIPULATION.finditer(sentence):
        scope = _scope(sentence, match.start())
        sign = re.search(
            r"\b(?:signs?|evidence|indications?|indicators?|traces?|hallmarks?|indicates?|suggests?|suggestive|indicative|result|marks?)\b",
            scope,
        )
        if sign and not words.UNDECIDED.search(scope):
            negated = len(words.NEGATOR.findall(scope)) % 2 == 1
            label = Label.REAL if negated else Label.FAKE
            found.append(_Mention(label, _Rank.HINT, match.start(), match.end()))
    return found


def _structured_verdict(answer: Mapping[str, Any]) -> Label | None:
    """Read a JSON answer's verdict; keys that contradict each other give None."""
    labels = {
        label
        for key, value in answer.items()
        if str(key).lower() in VERDICT_KEYS
        and (label := _value_verdict(str(key).lower(), value)) is not None
    }
    return labels.pop() if len(labels) == 1 else None


def _value_verdict(key: str, value: Any) -> Label | None:
    """Read one value: words anywhere, true and false only under a key that names a label."""
    if isinstance(value, str) and value.strip().lower() not in {"true", "false", "yes", "no"}:
        return parse_verdict(value)
    names_fake = "fake" in key or "generated" in key
    names_real = "real" in key or ("authentic" in key and key != "authenticity")
    yes = value is True or (isinstance(value, str) and value.strip().lower() in {"true", "yes"})
    no = value is False or (isinstance(value, str) and value.strip().lower() in {"false", "no"})
    if not (names_fake or names_real) or not (yes or no):
        return None
    return Label.FAKE if names_fake == yes else Label.REAL


def _structured_reasons(answer: Mapping[str, Any]) -> str:
    """Join a JSON answer's reasons."""
    lowered = {str(key).lower(): value for key, value in answer.items()}
    for key in REASON_KEYS:
        value = lowered.get(key)
        if isinstance(value, str) and value.strip():
            return strip_verdict(value) or value.strip()
        if isinstance(value, list) and value:
            return "; ".join(
                str(part).strip() for part in value if isinstance(part, str | int | float)
            )
    return ""
