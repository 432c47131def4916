"""METEOR as nltk computes it, each word's stem and synonyms looked up once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from fakevlm_bench.metrics.stats import Floats
from fakevlm_bench.metrics.tokens import Vocabulary

MISSING = "WordNet is not installed: python -m nltk.downloader wordnet"

ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5
"""Weight of precision, shape and weight of the penalty (Lavie & Agarwal 2007)."""


@cache
def load_wordnet() -> Any:
    """Load nltk's WordNet reader.

    Returns:
        None where WordNet is not among nltk's data.
    """
    from nltk.corpus import wordnet

    try:
        wordnet.ensure_loaded()
    except LookupError:
        return None
    return wordnet


class Meteor:
    """Aligns words by form, then by stem, then by WordNet's synonyms of the stem."""

    def __init__(self, wordnet: Any) -> None:
        """Start with empty caches.

        Args:
            wordnet: nltk's reader.
        """
        from nltk.stem.porter import PorterStemmer

        self._stem: Callable[[str], str] = cache(PorterStemmer().stem)
        self._wordnet = wordnet
        self._synonyms = cache(self._look_up)

    def _look_up(self, stem: str) -> frozenset[str]:
        """Return the words of one piece in any synset of this one, and the word itself."""
        synsets = self._wordnet.synsets(stem)
        names = (lemma.name() for synset in synsets for lemma in synset.lemmas())
        return frozenset({name for name in names if "_" not in name} | {stem})

    def score(self, answer: Sequence[str], reference: Sequence[str]) -> float:
        """Score lower-case tokens against one reference's, in [0, 1].

        Args:
            answer: Its tokens.
            reference: The reference's tokens.
        """
        aligned = self._align(answer, reference)
        if not aligned:
            return 0.0
        precision, recall = len(aligned) / len(answer), len(aligned) / len(reference)
        mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
        pairs = sorted(aligned.items())
        chunks = 1 + sum(b != (a[0] + 1, a[1] + 1) for a, b in pairwise(pairs))
        return float(mean * (1 - GAMMA * (chunks / len(aligned)) ** BETA))

    def _align(self, answer: Sequence[str], reference: Sequence[str]) -> dict[int, int]:
        """Match each word of the answer, from the last, to the last free word that fits."""
        aligned: dict[int, int] = {}
        matched: set[int] = set()
        stages: tuple[Callable[[str], str], ...] = (str, self._stem, self._stem)
        for stage, form in enumerate(stages):
            free: dict[str, list[int]] = defaultdict(list)
            for j, word in enumerate(reference):
                if j not in matched:
                    free[form(word)].append(j)
            for i in range(len(answer) - 1, -1, -1):
                if i in aligned:
                    continue
                word = form(answer[i])
                words = self._synonyms(word) if stage == 2 else (word,)
                best = max((free[w] for w in words if w in free), key=lambda f: f[-1:], default=[])
                if best:
                    aligned[i] = best.pop()
                    matched.add(aligned[i])
        return aligned


def meteor(answers: Sequence[str], references: Sequence[Sequence[str]], scorer: Meteor) -> Floats:
    """Compute METEOR of each answer, (n,), the best over its references; ``13a`` tokens.

    Args:
        answers: n texts.
        references: Of each answer, possibly several.
        scorer: With WordNet.
    """
    flat = [*answers, *(text for texts in references for text in texts)]
    vocabulary = Vocabulary("13a")
    tokens, lengths = vocabulary.read(flat)
    words = np.array([token.lower() for token in vocabulary.tokens], dtype=object)
    cut = [list(words[part]) for part in np.split(tokens, np.cumsum(lengths)[:-1])]
    result, place = np.zeros(len(answers)), len(answers)
    for k, texts in enumerate(references):
        targets = cut[place : place + len(texts)]
        result[k] = max((scorer.score(cut[k], target) for target in targets), default=0.0)
        place += len(texts)
    return result
