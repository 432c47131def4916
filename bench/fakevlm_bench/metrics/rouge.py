"""ROUGE of explanations in any script, each distinct pair of texts compared once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from fakevlm_bench.metrics import tokens
from fakevlm_bench.metrics.stats import Floats

ROUGES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL", "rouge_lsum": "rougeLsum"}


def rouge(
    answers: Sequence[str],
    references: Sequence[Sequence[str]],
    tokenizer: str = "13a",
    kinds: Sequence[str] = tuple(ROUGES),
) -> dict[str, Floats]:
    """Compute ROUGE F1 (Lin 2004) of each answer, (n,), the best over its references.

    Words are `tokens.words`; Chinese and Japanese, and what else is written without spaces, are
    compared character by character. What is the same pair of texts twice is compared once.

    Args:
        answers: n texts.
        references: Of each answer, possibly several.
        tokenizer: One of `tokens.TOKENIZERS`.
        kinds: Of `ROUGES`.
    """
    from rouge_score_rs import rouge_scorer
    from rouge_score_rs.tokenizers import CharacterTokenizer

    owner = np.repeat(np.arange(len(answers)), [len(texts) for texts in references])
    texts = [*answers, *chain.from_iterable(references)]
    characters: Any = CharacterTokenizer() if tokenizer in tokens.CHARACTERS else None
    if characters is None:
        texts = stemmed(texts)
    build: Any = rouge_scorer.RougeScorer
    lines = any("\n" in text for text in texts)
    computed = [name for name in kinds if lines or name != "rouge_lsum" or "rouge_l" not in kinds]
    scorer = build([ROUGES[name] for name in computed], tokenizer=characters)
    codes: dict[str, int] = {}
    numbers = np.array([codes.setdefault(text, len(codes)) for text in texts], dtype=np.int64)
    pairs = numbers[owner] * len(codes) + numbers[len(answers) :]
    _, first, place = np.unique(pairs, return_index=True, return_inverse=True)
    theirs, mine = (first + len(answers)).tolist(), owner[first].tolist()
    scores = scorer.score_batch([texts[k] for k in theirs], [texts[k] for k in mine])
    result = {}
    for name in computed:
        best = np.zeros(len(answers))
        values = np.array([score[ROUGES[name]].fmeasure for score in scores])
        np.maximum.at(best, owner, values[place])
        result[name] = best
    if computed != list(kinds):  # of texts of one line each, Lsum is L
        result = {name: result.get(name, result["rouge_l"]) for name in kinds}
    return result


def stemmed(texts: Sequence[str]) -> list[str]:
    """Put each word's stem in its place (`tokens.words`), and keep the lines.

    ROUGE's words end at spaces, so each distinct piece between spaces is stemmed once.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    distinct, pieces, starts = tokens.split(texts)
    cut = ((tokens.words(line) for line in piece.split("\n")) for piece in distinct)
    stems = ["\n".join(" ".join(words) for words in lines) for lines in cut]
    every = pa.array(stems, type=pa.string()).take(pa.array(pieces))
    joined: list[str] = pc.binary_join(pa.ListArray.from_arrays(starts, every), " ").to_pylist()
    return joined
