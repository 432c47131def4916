"""Small probes, cross-validated by photograph, and how well they separate fakes.

A probe is a logistic regression ("linear") and a few boosted trees ("trees") on the same
numbers. Two things would make probes that know nothing look worse than chance, and hide a
small leak, so the design avoids them. In pooled scores a fold with more fakes has a training part
with fewer: AUROC compares images of one fold only (Parker, Günter and Bedő, "Stratification
bias in low signal microarray studies", BMC Bioinformatics 8:326, 2007). And where a real
image has several fakes, what it looks like is a little more "fake" in the training folds and
as much less in the others: its fakes weigh as one image in the fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.metrics.ranking import Ranking, auroc
from fakevlm_bench.metrics.stats import Floats, Resamples, figure
from fakevlm_bench.result import Figure

MODELS = ("linear", "trees")


@dataclass(frozen=True)
class Design:
    """Which images a probe is fitted on and scored on.

    Attributes:
        fake: ``bool`` (n,), the truth.
        folds: ``int`` (n,), number of the fold of each image.
        weight: (n,), of each image in a fit.
    """

    fake: NDArray[np.bool_]
    folds: NDArray[np.int64]
    weight: Floats


def design(
    fake: NDArray[np.bool_],
    group: Sequence[str],
    twins: Sequence[str],
    count: int = 5,
    seed: int = 0,
) -> Design:
    """Deal images out to folds, all of one photograph to one, the classes in like shares.

    Args:
        fake: (n,) truth.
        group: Photograph of each.
        twins: Id of the real twin of each fake, or empty.
        count: Of folds.
        seed: Of the deal.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    folds = np.zeros(len(fake), dtype=np.int64)
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for number, (_, test) in enumerate(splitter.split(fake, fake, group)):
        folds[test] = number
    sets = Counter(twins)
    weight = np.array([1.0 / sets[twin] if twin else 1.0 for twin in twins])
    return Design(fake, folds, weight)


def out_of_fold(values: NDArray[np.float32], plan: Design, model: str, seed: int = 0) -> Floats:
    """Score every image by a probe that was fitted on the other folds.

    Args:
        values: (n, k) numbers.
        plan: Folds and weights.
        model: One of `MODELS`.
        seed: Of the fit.

    Returns:
        (n,) scores, higher for fake; comparable within a fold.
    """
    scores, numbers = np.zeros(len(values)), values.astype(np.float64)
    for fold in np.unique(plan.folds):
        test = plan.folds == fold
        if len(np.unique(plan.fake[~test])) == 2:
            fitted = _model(model, int((~test).sum()), seed)
            weight = {f"{fitted.steps[-1][0]}__sample_weight": plan.weight[~test]}
            fitted.fit(numbers[~test], plan.fake[~test], **weight)
            scores[test] = fitted.decision_function(numbers[test])
    # Rounding errors of a fit on equal numbers are no ranking.
    return np.round(scores, 9)


def _model(name: str, n: int, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if name == "linear":
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    return make_pipeline(
        HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=8, min_samples_leaf=max(3, min(20, n // 20)),
            early_stopping=False, random_state=seed,
        )
    )  # fmt: skip


def fold_auroc(scores: Floats, plan: Design, resamples: Resamples, level: float) -> Figure:
    """Compute the share of pairs (a fake, a real image) of one fold that are ranked rightly.

    The interval is over resampled photographs; the fits are kept.

    Args:
        scores: (n,), comparable within a fold.
        plan: Folds and truth.
        resamples: Of the photographs.
        level: Of the interval, in (0, 1).
    """
    parts = [np.flatnonzero(plan.folds == fold) for fold in np.unique(plan.folds)]
    rankings = [Ranking(scores[rows], plan.fake[rows]) for rows in parts]
    blocks = []
    for weights in resamples.weights():
        right, pairs = np.zeros(len(weights)), np.zeros(len(weights))
        for rows, ranking in zip(parts, rankings, strict=True):
            caught, alarms = ranking.curve(weights[:, rows])
            count = caught[:, -1] * alarms[:, -1]
            with np.errstate(invalid="ignore", divide="ignore"):
                right += np.where(count > 0, auroc(caught, alarms) * count, 0.0)
            pairs += count
        with np.errstate(invalid="ignore", divide="ignore"):
            blocks.append(right / pairs)
    return Figure.from_json(figure(np.concatenate(blocks), len(scores), level))
