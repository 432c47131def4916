"""What answers without a look at the image would score, to stand below explanation figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fakevlm_bench.metrics import tokens
from fakevlm_bench.metrics.explanation import Scorer, sides_with_reference, strip
from fakevlm_bench.metrics.rouge import rouge
from fakevlm_bench.metrics.stats import Resamples
from fakevlm_bench.result import Section

if TYPE_CHECKING:
    import pandas as pd

CANDIDATES = 32
"""References that are tried as the constant answer."""
JUDGED = 256
"""Images that each of them is judged on."""


def floors(frame: pd.DataFrame, resamples: Resamples, scorer: Scorer) -> Section:
    """Compute what answers without a look at the image would score.

    ``template`` always gives one and the same reference: of `CANDIDATES`, evenly
    spread over the side's references, the one with the best ROUGE-L on it.
    ``shuffled`` gives each image the first reference of another image of its side.

    Args:
        frame: Joined rows of one condition.
        resamples: Of these rows.
        scorer: Holds level, minimum, seed and options.
    """
    references = strip(frame["references"].tolist())
    rng = np.random.default_rng(scorer.settings.seed)
    constant, shuffled = {}, {}
    for side, rows in sides_with_reference(frame, references).items():
        if len(rows) < scorer.settings.minimum:
            continue
        theirs = [references[k] for k in rows]
        part = resamples.subset(rows)
        text = template(theirs)
        compared = scorer.figures([text] * len(rows), theirs, part)
        constant[side] = Section({**compared, "text": text})
        order = rng.permutation(len(rows))
        other = np.empty_like(order)
        other[order] = np.roll(order, 1)
        strangers = [theirs[k][0] for k in other]
        shuffled[side] = scorer.figures(strangers, theirs, part)
    return Section({"template": constant, "shuffled": shuffled})


def template(references: Sequence[Sequence[str]]) -> str:
    """Choose the reference that does best as a constant answer.

    Both the candidates and the images that they are judged on are spread evenly.
    """
    texts = sorted({text for every in references for text in every})
    spread = [texts[k] for k in _evenly_spread(len(texts), CANDIDATES)]
    panel = [references[k] for k in _evenly_spread(len(references), JUDGED)]
    tokenizer = tokens.choose_tokenizer(references)
    scores = [rouge([text] * len(panel), panel, tokenizer)["rouge_l"].mean() for text in spread]
    return spread[int(np.argmax(scores))]


def _evenly_spread(n: int, most: int) -> list[int]:
    """Return at most `most` places among n, evenly spread."""
    return [int(k) for k in np.unique(np.linspace(0, n - 1, min(n, most)).round())]
