# ruff: noqa: E501
"""Sentences that say it without a word for real or fake being a statement: "No AI could do this"."""

from __future__ import annotations

import re

from fakevlm_bench.answers.evidence import Candidate, Force, Place, Subject
from fakevlm_bench.types import Label

_MAKER = r"(?:ai|a\.i\.|machine|algorithm|generator|gan|neural network|diffusion model|computer|software|generative model)"
_CAMERA = r"(?:camera|photographer|lens|phone|sensor)"
_COULD = r"(?: (?:model|tool|system|program|today|on earth|in the world|yet))* (?:could|can|would|is able to|could ever|can ever)(?: (?:ever|possibly|have))*"
_MADE = r"(?:made?|make|generated?|created?|produced?|faked?|drawn|draw|done|do|rendered?|painted|invent(?:ed)?)"
_TOOK = r"(?:taken?|captured?|shot|shoot|recorded?|photographed|produced?)"
_THIS = r"(?: (?:this|that|it|such|these)\b)"
_FORGED = r"(?:ai|a\.i\.|manipulation|generation|editing|tampering|forgery|ai-generation|fakery|deepfakes?|photoshop)"
_SIGNS = r"(?:artifacts?|artefacts?|signs?|hallmarks?|traces?|tells?|tell-tales?|flaws|marks|indicators|clues)"
_RULES: tuple[tuple[re.Pattern[str], bool, Place], ...] = tuple(
    (re.compile(pattern), negated, place)
    for pattern, negated, place in (
        (
            rf"^\W{{0,9}}(?:no|not any|there is no) {_MAKER}{_COULD} {_MADE}{_THIS}",
            True,
            Place.SEEMING,
        ),
        (
            rf"^\W{{0,9}}(?:no|not any|there is no) {_CAMERA}{_COULD} {_TOOK}{_THIS}",
            False,
            Place.SEEMING,
        ),
        (
            rf"^\W{{0,9}}(?:i |we |it |the image |there |this )?(?:found?|find|sees?|saw|notice[ds]?|detect(?:ed)?|is|are|shows?|has|have|can see|observed?) none of the (?:\w+ ){{0,3}}?(?:{_FORGED} {_SIGNS}|{_SIGNS} (?:of|from) (?:\w+ )?{_FORGED})",
            True,
            Place.SIGN,
        ),
        (
            r"^\W{0,9}(?:aquí |en la imagen )?no (?:hay|se (?:ven|observan|aprecian|detectan)|veo|encuentro|muestra) (?:\w+ )?(?:signos?|señal(?:es)?|indicios?|evidencias?|rastros?|huellas?) de (?:la |una )?(?:manipulación|edición|ia|generación|falsificación|alteración|retoque)",
            True,
            Place.SIGN,
        ),
        (
            r"^\W{0,9}hay (?:\w+ )?(?:signos?|señal(?:es)?|indicios?|evidencias?|rastros?|huellas?) de (?:la |una )?(?:manipulación|edición|ia|generación|falsificación|alteración)",
            False,
            Place.SIGN,
        ),
        (
            r"^\W{0,9}(?:il n'y a |je ne (?:vois|trouve) |on ne voit )?(?:aucune?|pas de|pas d'|nul(?:le)?) ?(?:signes?|traces?|indices?|preuves?) (?:de |d')(?:\w+ )?(?:manipulation|retouche|génération|ia|falsification|montage|altération)",
            True,
            Place.SIGN,
        ),
        (
            r"^\W{0,9}(?:es gibt |ich sehe |es sind )?(?:keine|keinerlei) (?:anzeichen|spuren|hinweise|indizien) (?:von|für|auf|einer|eine|der) (?:eine[rn]? |digitale[rn]? )?(?:manipulation|bearbeitung|ki|fälschung|generierung|veränderung)",
            True,
            Place.SIGN,
        ),
        (
            r"^\W{0,9}(?:здесь |на изображении |я )?(?:нет|не (?:вижу|видно|обнаружено|заметно|найдено)) (?:\w+ )?(?:признаков|следов) (?:\w+ )?(?:генерации|манипуляци\w*|редактирования|монтажа|ии|подделки|обработки|нейросет\w*|вмешательства)",
            True,
            Place.SIGN,
        ),
    )
)
_BUT = re.compile(
    r"\b(?:but|yet|however|except|pero|mais|aber|но|если|if|si|wenn|unless|salvo|sauf|außer)\b|\?"
)


def plain_denial(text: str, start: int) -> Candidate | None:
    """Read a sentence that denies or affirms a forgery as a whole; None for any other.

    Args:
        text: The sentence, normalised.
        start: Where it begins in the answer.
    """
    for pattern, negated, place in _RULES:
        match = pattern.match(text)
        if match is not None and not _BUT.search(text):
            return Candidate(
                start + match.start(), start + match.end(), Label.FAKE, 0, negated, Subject.IMAGE,
                Force.HEDGED, place,
            )  # fmt: skip
    return None
