"""Whether the detector says why: figures of explanations, real and fake apart.

The verdict sentence is stripped from both sides, so that no figure repeats the
verdict. A sample without an explanation counts as an empty one; samples without
a reference stay out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics import grounding, meteor, ngrams, semantic, tokens
from fakevlm_bench.metrics.settings import Settings, threads
from fakevlm_bench.metrics.stats import Figure, Floats, Resamples, absent, figure, mean_figure

if TYPE_CHECKING:
    import pandas as pd

SIDES = {"fake": 1, "real": 0}
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
    taken = [name for name in kinds if lines or name != "rouge_lsum" or "rouge_l" not in kinds]
    scorer = build([ROUGES[name] for name in taken], tokenizer=characters)
    codes: dict[str, int] = {}
    numbers = np.array([codes.setdefault(text, len(codes)) for text in texts], dtype=np.int64)
    pairs = numbers[owner] * len(codes) + numbers[len(answers) :]
    _, first, place = np.unique(pairs, return_index=True, return_inverse=True)
    theirs, mine = (first + len(answers)).tolist(), owner[first].tolist()
    scores = scorer.score_batch([texts[k] for k in theirs], [texts[k] for k in mine])
    result = {}
    for name in taken:
        best = np.zeros(len(answers))
        values = np.array([score[ROUGES[name]].fmeasure for score in scores])
        np.maximum.at(best, owner, values[place])
        result[name] = best
    if taken != list(kinds):  # of texts of one line each, Lsum is L
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
    ) -> dict[str, Any]:
        """Compute every figure that compares answers with references."""
        n, level, groups = len(answers), self.settings.level, resamples.groups()
        columns, means, tokenizer = self.columns(answers, references)
        sums = resamples.sums(columns)
        result: dict[str, Any] = {
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
        return result | {"signature": self.signature(tokenizer, semantic_too="css" in means)}

    def signature(self, tokenizer: str, *, semantic_too: bool) -> dict[str, str]:
        """Say how each figure was computed."""
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


def nothing() -> dict[str, Any]:
    """Give the figures of a detector that does not explain."""
    reason = absent("the detector gives no explanation")
    return {side: {"rouge_l": reason, "corpus_bleu": reason} for side in SIDES}


def figures(frame: pd.DataFrame, resamples: Resamples, scorer: Scorer) -> dict[str, Any]:
    """Compute every explanation figure, for ``fake`` and ``real`` images.

    Args:
        frame: Joined rows of one condition.
        resamples: Of these rows.
        scorer: Holds level, minimum and options.
    """
    answers = frame["explanation"].fillna("").tolist()
    references = strip(frame["references"].tolist())
    result: dict[str, Any] = {}
    for side, rows in _sides(frame, references).items():
        if len(rows) < scorer.settings.minimum:
            reason = f"{len(rows)} {side} images with a reference, fewer than"
            few = absent(f"{reason} {scorer.settings.minimum}", len(rows))
            result[side] = {"rouge_l": few, "corpus_bleu": few}
            continue
        mine, theirs = [answers[k] for k in rows], [references[k] for k in rows]
        result[side] = scorer.figures(mine, theirs, resamples.subset(rows))
    result["fake"]["grounded_agreement"] = grounded(frame, answers, resamples, scorer.settings)
    for side, label in SIDES.items():
        chosen = frame["label"].to_numpy() == label
        result[side]["consistency"] = consistency(
            frame, answers, chosen, resamples, scorer.settings
        )
    return result


def _sides(frame: pd.DataFrame, references: Sequence[Sequence[str]]) -> dict[str, NDArray[np.intp]]:
    """Give the rows of each side that have a reference."""
    given = np.array([bool(texts) for texts in references])
    labels = frame["label"].to_numpy()
    return {side: np.flatnonzero(given & (labels == label)) for side, label in SIDES.items()}


def floors(frame: pd.DataFrame, resamples: Resamples, scorer: Scorer) -> dict[str, Any]:
    """Compute what answers without a look at the image would score.

    ``template`` always gives one and the same reference: of `CANDIDATES`, evenly
    spread over the side's references, the one with the best ROUGE-L on it.
    ``shuffled`` gives each image the first reference of another image of its side.
    """
    references = strip(frame["references"].tolist())
    rng = np.random.default_rng(scorer.settings.seed)
    result: dict[str, Any] = {"template": {}, "shuffled": {}}
    for side, rows in _sides(frame, references).items():
        if len(rows) < scorer.settings.minimum:
            continue
        theirs = [references[k] for k in rows]
        part = resamples.subset(rows)
        text = template(theirs)
        result["template"][side] = scorer.figures([text] * len(rows), theirs, part)
        result["template"][side]["text"] = text
        order = rng.permutation(len(rows))
        other = np.empty_like(order)
        other[order] = np.roll(order, 1)
        strangers = [theirs[k][0] for k in other]
        result["shuffled"][side] = scorer.figures(strangers, theirs, part)
    return result


CANDIDATES = 32
JUDGED = 256


def template(references: Sequence[Sequence[str]]) -> str:
    """Choose the reference that does best as a constant answer.

    Both the candidates and the images that they are judged on are spread evenly.
    """
    texts = sorted({text for every in references for text in every})
    spread = [texts[k] for k in _spread(len(texts), CANDIDATES)]
    judged = [references[k] for k in _spread(len(references), JUDGED)]
    tokenizer = tokens.choose_tokenizer(references)
    scores = [rouge([text] * len(judged), judged, tokenizer)["rouge_l"].mean() for text in spread]
    return spread[int(np.argmax(scores))]


def _spread(n: int, most: int) -> list[int]:
    """Give at most `most` places among n, evenly spread."""
    return [int(k) for k in np.unique(np.linspace(0, n - 1, min(n, most)).round())]


def grounded(
    frame: pd.DataFrame, answers: Sequence[str], resamples: Resamples, settings: Settings
) -> Figure:
    """Average `grounding.agreement` over the fake images that have a true region.

    An explanation that names no region agrees as little as one that names the whole image: 0;
    ``named`` is the share of those that name one.
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
    return result | {"named": named / len(rows)}


def consistency(
    frame: pd.DataFrame,
    answers: Sequence[str],
    chosen: NDArray[np.bool_],
    resamples: Resamples,
    settings: Settings,
) -> Figure:
    """Share of explanations that take a side, whose side is the verdict's."""
    understood = (frame["status"] == "ok").to_numpy() & frame["verdict"].notna().to_numpy()
    verdicts = frame["verdict"].to_numpy()
    rows, values = [], []
    given = np.fromiter(map(bool, answers), dtype=np.bool_, count=len(answers))
    for place in np.flatnonzero(understood & chosen & given):
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
