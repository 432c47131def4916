"""Whether the detector says why: figures of explanations, real and fake apart.

The verdict sentence is stripped from both sides, so that no figure repeats the
verdict. A sample without an explanation counts as an empty one; samples without
a reference stay out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics import grounding, meteor, ngrams, semantic, tokens
from fakevlm_bench.metrics.rouge import rouge
from fakevlm_bench.metrics.settings import Settings, threads
from fakevlm_bench.metrics.stats import Figure, Floats, Resamples, absent, figure, mean_figure
from fakevlm_bench.result import Section

if TYPE_CHECKING:
    import pandas as pd

SIDES = {"fake": 1, "real": 0}


class Scorer:
    """Compares answers with references; loads what figures need once."""

    def __init__(self, settings: Settings) -> None:
        """Load stemmer, WordNet and, where it is asked for, the encoder."""
        self.settings = settings
        self._vocabularies = {name: tokens.Vocabulary(name) for name in tokens.TOKENIZERS}
        wordnet = meteor.load_wordnet()
        self.meteor = meteor.Meteor(wordnet) if wordnet else None
        self.encoder = semantic.Encoder(settings.encoder) if settings.semantic else None

    def columns(
        self, answers: Sequence[str], references: Sequence[Sequence[str]]
    ) -> tuple[Floats, dict[str, Floats], str]:
        """Compare each answer with its references, of which there is at least one.

        Args:
            answers: n texts.
            references: Of each answer, without verdict sentences.

        Returns:
            The (n, 10) counts of BLEU, the (n,) values of each other figure, the tokenizer.
        """
        tokenizer = tokens.choose_tokenizer(references)
        if threads() > 1:
            with ThreadPoolExecutor(1) as beside:
                pending = beside.submit(rouge, answers, references, tokenizer)
                corpus = ngrams.count(answers, references, self._vocabularies[tokenizer])
                means = pending.result()
        else:
            means = rouge(answers, references, tokenizer)
            corpus = ngrams.count(answers, references, self._vocabularies[tokenizer])
        means["cider_d"] = ngrams.cider_d(corpus)
        english = tokens.may_be_english(references)
        if self.meteor and english:
            means["meteor"] = meteor.meteor(answers, references, self.meteor)
        if self.encoder and (self.settings.encoder or english):  # the default one is English
            means |= semantic.likeness(answers, references, self.encoder)
        return ngrams.bleu_columns(corpus), means, tokenizer

    def figures(
        self,
        answers: Sequence[str],
        references: Sequence[Sequence[str]],
        resamples: Resamples,
    ) -> Section:
        """Compute every figure that compares answers with references.

        Args:
            answers: n texts.
            references: Of each answer, at least one.
            resamples: Of these samples.

        Returns:
            The figures, and under ``signature`` how each was computed.
        """
        n, level, groups = len(answers), self.settings.level, resamples.groups()
        columns, means, tokenizer = self.columns(answers, references)
        sums = resamples.sums(columns)
        result = {
            "corpus_bleu": figure(100 * ngrams.bleu(sums, smooth=True), n, level, groups=groups)
        }
        for order in range(1, ngrams.ORDERS + 1):
            result[f"bleu_{order}"] = figure(ngrams.bleu(sums, order), n, level, groups=groups)
        averages = resamples.sums(np.stack(list(means.values()), axis=1)).T / resamples.sizes()
        for name, values in zip(means, averages, strict=True):
            result[name] = figure(values, n, level, groups=groups)
        if "meteor" not in means:
            reason = "WordNet is English" if self.meteor else meteor.MISSING
            result["meteor"] = absent(reason, n)
        if "css" not in means:
            reason = "not asked for (scoring.semantic=true, extra 'semantic')"
            if self.encoder:
                reason = f"{self.encoder.name} is English: name another (scoring.encoder)"
            result |= {name: absent(reason, n) for name in ("css", "bertscore_f1")}
        signature = self.signature(tokenizer, semantic_too="css" in means)
        return Section({**result, "signature": signature})

    def signature(self, tokenizer: str, *, semantic_too: bool) -> dict[str, str]:
        """Say how each figure was computed.

        Args:
            tokenizer: One of `tokens.TOKENIZERS`.
            semantic_too: Whether the encoder's figures are among them.
        """
        import sacrebleu

        version = sacrebleu.__version__
        words = "characters" if tokenizer in tokens.CHARACTERS else "words, Porter stems"
        if tokenizer == "intl":
            words = "words by UAX 29, folded; Latin ones as Porter stems"
        signature = {
            "bleu": f"nrefs:var|case:mixed|eff:no|tok:{tokenizer}|smooth:exp|version:{version}",
            "rouge": f"rouge_score's F1, {words}, best reference, mean",
            "meteor": "nltk's, tok:13a, lower case, best reference, mean",
            "cider_d": f"pycocoevalcap's, tok:{tokenizer}|case:mixed, df of these references",
        }
        if self.encoder and semantic_too:
            signature["css"] = signature["bertscore_f1"] = (
                f"encoder:{self.encoder.name}, the first {semantic.TOKENS} tokens of a text"
            )
        return signature


def absent_figures() -> dict[str, Section]:
    """Return the figures of a detector that does not explain."""
    return dict.fromkeys(SIDES, _both_absent(absent("the detector gives no explanation")))


def _both_absent(figure: Figure) -> Section:
    return Section({"rouge_l": figure, "corpus_bleu": figure})


def figures(frame: pd.DataFrame, resamples: Resamples, scorer: Scorer) -> dict[str, Section]:
    """Compute every explanation figure, for ``fake`` and ``real`` images.

    Args:
        frame: Joined rows of one condition.
        resamples: Of these rows.
        scorer: Holds level, minimum and options.
    """
    answers = frame["explanation"].fillna("").tolist()
    references = strip(frame["references"].tolist())
    settings = scorer.settings
    result: dict[str, Section] = {}
    for side, rows in sides_with_reference(frame, references).items():
        if len(rows) < settings.minimum:
            reason = f"{len(rows)} {side} images with a reference, fewer than {settings.minimum}"
            compared = _both_absent(absent(reason, len(rows)))
        else:
            mine, theirs = [answers[k] for k in rows], [references[k] for k in rows]
            compared = scorer.figures(mine, theirs, resamples.subset(rows))
        of_side = frame["label"].to_numpy() == SIDES[side]
        agrees = consistency(frame, answers, of_side, resamples, settings)
        result[side] = Section({**compared, "consistency": agrees})
    agreement = grounded(frame, answers, resamples, settings)
    return result | {"fake": Section({**result["fake"], "grounded_agreement": agreement})}


def sides_with_reference(
    frame: pd.DataFrame, references: Sequence[Sequence[str]]
) -> dict[str, NDArray[np.intp]]:
    """Return the rows of each side that have a reference.

    Args:
        frame: Joined rows of one condition.
        references: Of each row, without verdict sentences.
    """
    has_reference = np.array([bool(texts) for texts in references])
    labels = frame["label"].to_numpy()
    return {
        side: np.flatnonzero(has_reference & (labels == label)) for side, label in SIDES.items()
    }


def grounded(
    frame: pd.DataFrame, answers: Sequence[str], resamples: Resamples, settings: Settings
) -> Figure:
    """Average `grounding.agreement` over the fake images that have a true region.

    An explanation that names no region agrees as little as one that names the whole image: 0;
    ``named`` is the share of those that name one.

    Args:
        frame: Joined rows of one condition.
        answers: Explanations, (n,); empty ones where there is none.
        resamples: Of these rows.
        settings: Level and minimum.
    """
    from fakevlm_bench.metrics.localization import true_region

    rows, values, named = [], [], 0
    places = np.flatnonzero((frame["label"] == 1) & ~frame["whole"].to_numpy(dtype=np.bool_))
    columns = ["label", "whole", "true_mask", "true_boxes", "width", "height"]
    every: Iterable[Any] = frame[columns].iloc[places].itertuples()
    for place, row in zip(places.tolist(), every, strict=True):
        truth = true_region(row)
        if truth is not None:
            agrees = grounding.agreement(answers[place], truth)
            named += agrees is not None
            rows.append(place)
            values.append(agrees or 0.0)
    if len(rows) < settings.minimum:
        reason = f"{len(rows)} fake images with a true region, fewer than {settings.minimum}"
        return absent(reason, len(rows))
    result = mean_figure(np.array(values), resamples.subset(np.array(rows)), settings.level)
    return result.with_further(named=named / len(rows))


def consistency(
    frame: pd.DataFrame,
    answers: Sequence[str],
    among: NDArray[np.bool_],
    resamples: Resamples,
    settings: Settings,
) -> Figure:
    """Share of explanations that take a side, whose side is the verdict's.

    Args:
        frame: Joined rows of one condition.
        answers: Explanations, (n,); empty ones where there is none.
        among: ``bool`` (n,), the samples to look at.
        resamples: Of these rows.
        settings: Level and minimum.
    """
    understood = (frame["status"] == "ok").to_numpy() & frame["verdict"].notna().to_numpy()
    verdicts = frame["verdict"].to_numpy()
    rows, values = [], []
    explained = np.fromiter(map(bool, answers), dtype=np.bool_, count=len(answers))
    for place in np.flatnonzero(understood & among & explained):
        side = grounding.stance(answers[int(place)])
        if side is not None:
            rows.append(place)
            values.append(float(side == verdicts[place]))
    if len(rows) < settings.minimum:
        reason = f"{len(rows)} explanations take a side, fewer than {settings.minimum}"
        return absent(reason, len(rows))
    return mean_figure(np.array(values), resamples.subset(np.array(rows)), settings.level)


def strip(references: Sequence[Any]) -> list[list[str]]:
    """Take the verdict sentence from each reference; empty ones are dropped."""
    return [
        [text for text in map(_stripped, () if texts is None else texts) if text.strip()]
        for texts in references
    ]


@lru_cache(maxsize=200_000)
def _stripped(reference: str) -> str:
    """Strip a reference once for all conditions and floors."""
    from fakevlm_bench.answers.read import explain

    return explain(reference)
