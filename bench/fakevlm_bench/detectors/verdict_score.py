"""P(fake) from the log-probabilities of an answer's verdict token.

The verdict token is the one that begins the verdict's word behind an opening such as
"This is a" or ``"verdict": "``. P(fake) is the probability of the tokens that mean
fake, divided by that of those that mean fake or real, at that place. Where one of the two is not
among the tokens that the server lists, its probability is taken as that of the least likely
listed one, which is an upper bound.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

_SPELT = {
    True: ("fake", "synthetic", "manipulated", "generated", "artificial", "deepfake", "forged"),
    False: ("real", "genuine", "authentic"),
}
"""Words that tokenizers may cut: four letters of one name it, and so do `_STUBS`."""
_STUBS = {"fa": True, "fak": True, "rea": False, "deep": None}
FAKE = (
    *_SPELT[True], "ai", "ai-generated", "ai-manipulated", "synthesized", "deep-fake", "altered",
    "edited", "tampered", "computer-generated", "inauthentic", "photoshopped", "doctored",
)  # fmt: skip
REAL = (*_SPELT[False], "original", "unaltered", "unedited")

ROUNDING = 1e-3
"""A log-probability so little above 0 is a rounded 0."""

_OPENING = re.compile(
    r"(?:^|(?:this|it|that|the\s+(?:given\s+|provided\s+)?(?:image|photo|photograph|picture))\s*"
    r"(?:is|'s|looks(?:\s+like)?|appears(?:\s+to\s+be)?|seems(?:\s+to\s+be)?)(?P<first>\s+not)?"
    r"(?:\s+(?:likely|probably|clearly|definitely|most\s+likely|almost\s+certainly))?"
    r"(?P<second>\s+not)?(?:\s+an?)?|"
    r"[\"'](?:verdict|classification|prediction|answer|label|conclusion|final_answer)[\"']\s*:\s*[\"']|"
    r"(?:verdict|answer|conclusion|classification|label|prediction)\W{0,4}[:=]\W{0,4}(?:an?)?)\W{0,3}$"
)


def fake_probability(tokens: Sequence[object] | None) -> float | None:
    """Compute P(fake).

    Args:
        tokens: ``choices[0].logprobs.content`` of a chat completion: for each token its
            ``token``, ``logprob`` and the likeliest ones in ``top_logprobs``.

    Returns:
        In [0, 1]; None where there is no verdict token, or only one token is listed there.
    """
    entries = [one for one in tokens or () if isinstance(one, Mapping)]
    texts = [str(one.get("token", "")) for one in entries]
    before = ""
    for i, text in enumerate(texts):
        opening = _OPENING.search(before.lower()[-200:]) if meaning(text) is not None else None
        if opening and _is_word(text, "".join(texts[i + 1 : i + 6])):
            negated = bool(opening["first"]) != bool(opening["second"])
            return _share(entries[i].get("top_logprobs"), negated=negated)
        before += text
    return None


def meaning(token: str) -> bool | None:
    """Say whether a token begins a word for fake (True), for real (False), or neither."""
    word = token.strip(" \t\n\"'*`_▁Ġ.,;:").lower()
    if word in _STUBS:
        return _STUBS[word]
    for side, words in ((True, FAKE), (False, REAL)):
        cut = len(word) >= 4 and any(one.startswith(word) for one in _SPELT[side])
        if cut or word in words:
            return side
    return None


def _is_word(token: str, after: str) -> bool:
    """Say whether the word that the token begins is one of a label, not "realistic"."""
    word = re.match(r"[\w-]+", (token + after).lstrip(" \"'*`_▁Ġ").lower())
    return word is not None and word.group().rstrip("-_") in {*FAKE, *REAL}


def _share(top: object, *, negated: bool) -> float | None:
    listed = _listed(top)
    if len(listed) < 2:
        return None
    sums = {True: 0.0, False: 0.0}
    for text, probability in listed:
        side = meaning(text)
        if side is not None:
            sums[side] += probability
    least = min(probability for _, probability in listed)
    fake, real = (sums[side] or least for side in (True, False))
    if fake + real == 0:
        return None
    share = fake / (fake + real)
    return 1 - share if negated else share


def _listed(top: object) -> list[tuple[str, float]]:
    """Read the tokens of one place with their probabilities; none where one is no logarithm."""
    probabilities = []
    for one in top if isinstance(top, list) else ():
        value = one.get("logprob") if isinstance(one, Mapping) else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            return []
        if not value <= ROUNDING:  # NaN is not below
            return []
        probabilities.append((str(one.get("token", "")), math.exp(float(max(min(value, 0), -1e6)))))
    return probabilities
