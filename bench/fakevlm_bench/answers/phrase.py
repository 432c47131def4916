"""The noun phrase that a word for real or fake stands in, and what is said of it behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakevlm_bench.answers.numerals import Unit
from fakevlm_bench.answers.vocabulary import Role

_LABEL = Role.FAKE | Role.REAL | Role.REAL_NOUN
_FOLLOWS = (
    Role.COMMA | Role.COLON | Role.DASH | Role.OPENING | Role.CLOSING | Role.SLASH | Role.QUOTE
    | Role.AND | Role.OR | Role.BUT | Role.THAN | Role.BECAUSE | Role.PREP | Role.LIKE | Role.NOT
    | Role.IF | Role.WHICH | Role.BE | Role.IT | Role.ME | Role.THIS | Role.CONCEDE | Role.ADVERB
    | Role.NUMBER | Role.PERCENT | Role.SKIP | Role.TO | Role.OPEN | Role.GLANCE | Role.SURE
    | Role.WOULD | Role.REVISE | Role.LIKELY | Role.MAY | Role.PRETEND | Role.THE | Role.A
    | Role.THERE | Role.DO | Role.SEEM | Role.YES | Role.NO | Role.SURENESS | Role.ALL | Role.HALF
    | Role.REJECT
)  # fmt: skip
_VERBS = (
    Role.BE | Role.SEEM | Role.SHOW | Role.WOULD | Role.MAY | Role.DO | Role.VERBAL | Role.INDICATE
)
_PARTICIPLES = frozenset(
    {"showing", "depicting", "displaying", "featuring", "containing", "portraying"}
)
_DENIALS = frozenset(["unlikely", "improbable", "impossible", "implausible"])
_RULED = frozenset({"ruled out", "excluded", "rule out", "exclude"})
_DETECTED = frozenset(
    ["detected", "found", "visible", "evident", "present", "apparent", "likely", "seen", "observed"]
)
_CHAIN = frozenset(
    [
        "digital",
        "high-quality",
        "realistic",
        "photorealistic",
        "photo-realistic",
        "hyper-realistic",
        "lifelike",
        "looking",
        "black-and-white",
        "color",
        "colour",
        "stock",
        "old",
        "close-up",
        "aerial",
        "single",
        "natural",
        "portrait-style",
    ]
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a label word belongs to.

    Attributes:
        kind: ``end`` (nothing follows), ``image``, ``images``, ``part`` or ``thing``: the noun.
        end: The place behind the phrase.
        sentence_subject: A verb follows: "A real photo would show …".
        denied: What follows rules it out: "a fake is unlikely".
        detected: What follows says that it is there: "manipulation detected".
    """

    kind: str
    end: int
    sentence_subject: bool = False
    denied: bool = False
    detected: bool = False


def phrase_at(units: Sequence[Unit], place: int) -> Phrase:
    """Look at what follows the label word at `place`.

    Args:
        units: Units of one sentence.
        place: Index of the label word.
    """
    kind, end = _noun(units, place)
    following = units[end] if end < len(units) else None
    predicate = bool(following and following.roles & _VERBS)
    denied = detected = False
    if following is not None:
        window = units[end : end + 5]
        predicate = predicate or _verb_later(window)
        if kind == "image" and following.word in _PARTICIPLES:
            predicate = any(
                u.roles & (Role.BE | Role.SEEM | Role.WOULD | Role.MAY) for u in units[end + 1 :]
            )
        ruled = any(u.word in _RULED for u in window)
        denied = (predicate and any(u.word in _DENIALS for u in window)) or ruled or _out(window)
        detected = any(u.word in _DETECTED for u in window[:4]) or ruled or denied
    lead = units[max(0, place - 12) : place]
    colon = max(
        (k + 1 for k, u in enumerate(lead) if u.roles & (Role.COLON | Role.OPENING)), default=0
    )
    plain = Role.A | Role.THE | Role.ADVERB | Role.QUOTE | _LABEL | Role.NOT
    starts = (place <= 12 or colon > 0) and all(u.roles & plain for u in lead[colon:])
    general = (kind in ("image", "images") and predicate) or (
        kind == "end" and starts and predicate and not denied
    )
    return Phrase(kind, end, general, denied, detected)


def _out(window: Sequence[Unit]) -> bool:
    words = " ".join(u.word for u in window)
    return "out of the question" in words


def _verb_later(window: Sequence[Unit]) -> bool:
    for unit in window:
        if unit.roles & _VERBS:
            return True
        if not unit.roles & (Role.ADVERB | Role.VERBAL):
            return (
                unit.roles == Role.WORD and unit.word.endswith("s") and not unit.word.endswith("ss")
            )
    return False


def _noun(units: Sequence[Unit], place: int) -> tuple[str, int]:
    """Return the kind of noun that follows, and the place behind it."""
    unknown, chained = 0, False
    for ahead in range(place + 1, min(place + 7, len(units))):
        roles = units[ahead].roles
        if (
            roles & (Role.IMAGE | Role.IMAGES) and units[ahead].word not in ("one", "deal")
        ) or units[ahead].word == "one":
            return ("images" if roles & Role.IMAGES else "image"), ahead + 1
        if roles & Role.PART and not chained:
            return "part", ahead + 1
        if roles & _LABEL or units[ahead].word in _CHAIN:
            continue
        if roles & (Role.AND | Role.COMMA | Role.SLASH | Role.OR) and _chain_goes_on(units, ahead):
            chained = True
            continue
        if roles & _FOLLOWS or units[ahead].word in ("today",):
            return ("end" if not unknown else "thing"), ahead
        if roles & (Role.SHOW | Role.INDICATE | Role.VERBAL | Role.CLAIM) and not roles & Role.SIGN:
            return ("end" if not unknown else "thing"), ahead
        unknown += 1
        if unknown > 3:
            return "thing", ahead
    end = min(place + 1 + unknown, len(units))
    return ("thing" if unknown else "end"), end


def _chain_goes_on(units: Sequence[Unit], place: int) -> bool:
    """Say whether adjectives go on to a noun for images: "genuine, unedited photo"."""
    for unit in units[place + 1 : place + 4]:
        if unit.roles & (Role.IMAGE | Role.IMAGES):
            return True
        if not unit.roles & _LABEL:
            return False
    return False


def preposition_before(units: Sequence[Unit], place: int) -> Unit | None:
    """Return the preposition that the phrase with the label word at `place` hangs on, if any.

    Args:
        units: Units of one sentence.
        place: Index of the label word.
    """
    for back in range(place - 1, max(-1, place - 6), -1):
        unit = units[back]
        if (
            unit.roles & (Role.PREP | Role.LIKE)
            and not unit.roles & Role.THE
            and unit.word != "above"
        ):
            if unit.roles & Role.ADVERB and not unit.roles & Role.LIKE and unit.word != "in":
                continue
            return unit
        if unit.roles & (Role.A | Role.THE | Role.QUOTE | _LABEL | Role.HALF):
            continue
        if unit.roles & Role.ADVERB or (
            unit.roles == Role.WORD and back > 0 and units[back - 1].roles & (Role.A | Role.THE)
        ):
            continue
        return None
    return None
