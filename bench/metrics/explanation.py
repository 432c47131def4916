"""Whether the detector says why: figures of explanations, real and fake apart.

The verdict sentence is stripped from both sides, so that no figure repeats the
verdict. A sample without an explanation counts as an empty one; samples without
a reference stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.metrics import ngrams
from bench.metrics.settings import Settings
from bench.metrics.stats import Figure, Floats, Resamples, absent, figure

if TYPE_CHECKING:
    import pandas as pd

ROUGES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL", "rouge_lsum": "rougeLsum"}


def rouge(
    answers: Sequence[str], references: Sequence[Sequence[str]], tokenizer: str = "13a"
) -> dict[str, Floats]:
    """Compute ROUGE F1 (Lin 2004) of each answer, (n,), the best over its references.

    Words are stemmed; Chinese is compared character by character.
    """
    from rouge_score_rs import rouge_scorer
    from rouge_score_rs.tokenizers import CharacterTokenizer

    chinese: Any = CharacterTokenizer() if tokenizer == "zh" else None
    build: Any = rouge_scorer.RougeScorer
    scorer = build(list(ROUGES.values()), use_stemmer=chinese is None, tokenizer=chinese)
    owner = np.repeat(np.arange(len(answers)), [len(texts) for texts in references])
    targets = [text for texts in references for text in texts]
    scores = scorer.score_batch(targets, [answers[int(k)] for k in owner])
    result = {}
    for name, kind in ROUGES.items():
        best = np.zeros(len(answers))
        np.maximum.at(best, owner, [score[kind].fmeasure for score in scores])
        result[name] = best
    return result


def text_figures(
    answers: Sequence[str],
    references: Sequence[Sequence[str]],
    resamples: Resamples,
    settings: Settings,
) -> dict[str, Any]:
    """Compute every figure that compares answers with references."""
    n, level = len(answers), settings.level
    tokenizer = ngrams.choose_tokenizer(references)
    corpus = ngrams.count(answers, references, ngrams.Vocabulary(tokenizer))
    sums = resamples.sums(ngrams.bleu_columns(corpus))
    result: dict[str, Figure] = {
        "corpus_bleu": figure(100 * ngrams.bleu(sums, smooth=True), n, level)
    }
    for order in range(1, ngrams.ORDERS + 1):
        result[f"bleu_{order}"] = figure(ngrams.bleu(sums, order), n, level)
    means = rouge(answers, references, tokenizer)
    columns = np.stack(list(means.values()), axis=1)
    for name, values in zip(means, resamples.sums(columns).T / resamples.sizes(), strict=True):
        result[name] = figure(values, n, level)
    return result


def figures(frame: pd.DataFrame, resamples: Resamples, settings: Settings) -> dict[str, Any]:
    """Compute every explanation figure, for ``fake`` and ``real`` images.

    Args:
        frame: Joined rows of one condition.
        resamples: Of these rows.
        settings: Level, minimum and options.
    """
    if not frame["explanation"].notna().any():
        reason = absent("the detector gives no explanation")
        return {side: {"rouge_l": reason, "corpus_bleu": reason} for side in ("fake", "real")}
    answers = frame["explanation"].fillna("").tolist()
    references = strip(frame["references"].tolist())
    given = np.array([bool(texts) for texts in references])
    result = {}
    for side, label in (("fake", 1), ("real", 0)):
        rows = np.flatnonzero(given & (frame["label"].to_numpy() == label))
        if len(rows) < settings.minimum:
            few = f"{len(rows)} {side} images with a reference, fewer than {settings.minimum}"
            result[side] = {name: absent(few, len(rows)) for name in ("rouge_l", "corpus_bleu")}
            continue
        chosen = [references[k] for k in rows]
        result[side] = text_figures(
            [answers[k] for k in rows], chosen, resamples.subset(rows), settings
        )
    return result


def strip(references: Sequence[Any]) -> list[list[str]]:
    """Take the verdict sentence from each reference; empty ones are dropped."""
    from bench.answers.verdict import strip_verdict

    return [
        [text for text in map(strip_verdict, () if texts is None else texts) if text.strip()]
        for texts in references
    ]
