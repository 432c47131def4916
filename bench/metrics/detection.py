"""Whether the verdict is right: figures of verdicts and of scores.

Positive is FAKE. An answer that was not understood counts as wrong, whatever the
truth. A missing score is the most wrong one: a fake without a score ranks below
everything, a real image without one above everything; where no sample has a
score, the figures of scores are absent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.metrics import ranking
from bench.metrics.settings import Settings
from bench.metrics.stats import Figure, Floats, Resamples, absent, figure, wilson

SMALL = 100
"""A bare proportion from fewer samples than this takes Wilson's interval."""

PROPORTIONS = {"accuracy": "n", "recall_fake": "fake", "recall_real": "real"}


@dataclass(frozen=True)
class Answers:
    """Verdicts and scores of one set of samples.

    Attributes:
        fake: ``bool`` (n,), the truth.
        hit: ``bool`` (n,), understood and right.
        understood: ``bool`` (n,).
        score: ``float`` (n,), P(fake), NaN where missing.
    """

    fake: NDArray[np.bool_]
    hit: NDArray[np.bool_]
    understood: NDArray[np.bool_]
    score: Floats

    def ranks(self) -> Floats:
        """Scores with the missing ones made the most wrong."""
        return np.where(np.isnan(self.score), np.where(self.fake, -np.inf, np.inf), self.score)


def verdict_columns(answers: Answers) -> Floats:
    """Give the (n, 6) indicators that every figure of verdicts is a function of.

    Columns: fake, real, fake and right, real and right, fake and not understood,
    real and not understood.
    """
    fake, real, hit, lost = answers.fake, ~answers.fake, answers.hit, ~answers.understood
    columns = (fake, real, fake & hit, real & hit, fake & lost, real & lost)
    return np.stack(columns, axis=1).astype(np.float64)


def verdict_values(sums: Floats) -> dict[str, Floats]:
    """Compute every figure of verdicts from sums (…, 6) of `verdict_columns`."""
    fake, real, caught, cleared, lost_fake, lost_real = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        f1_fake = 2 * caught / (caught + fake + real - cleared)
        f1_real = 2 * cleared / (cleared + real + fake - caught)
        right_fake, right_real = caught + lost_fake / 2, cleared + lost_real / 2
        return {
            "balanced_accuracy": (caught / fake + cleared / real) / 2,
            "accuracy": (caught + cleared) / (fake + real),
            "recall_fake": caught / fake,
            "recall_real": cleared / real,
            "f1_fake": f1_fake,
            "f1_real": f1_real,
            "f1_macro": (f1_fake + f1_real) / 2,
            "fakevlm_compat_accuracy": (right_fake + right_real) / (fake + real),
            "fakevlm_compat_f1": 2 * right_real / (right_real + real + fake - right_fake),
        }


def verdict_figures(
    answers: Answers, resamples: Resamples, settings: Settings
) -> dict[str, Figure]:
    """Compute every figure of verdicts with its interval."""
    fake, n = int(answers.fake.sum()), len(answers.fake)
    counts = {"n": n, "fake": fake, "real": n - fake}
    sums = resamples.sums(verdict_columns(answers))
    result = {}
    for name, values in verdict_values(sums).items():
        kind = name.rpartition("_")[2] if name.startswith("recall") else "both"
        short = too_few(counts, kind, settings.minimum)
        size = counts.get(kind, n)
        if short:
            result[name] = absent(short, size)
            continue
        result[name] = figure(values, size, settings.level)
        if name in PROPORTIONS and (size < SMALL or values[0] in (0.0, 1.0)):
            low, high = wilson(float(values[0]) * size, size, settings.level)
            result[name] |= {"low": low, "high": high, "interval": "wilson"}
    return result


def too_few(counts: dict[str, int], kind: str, minimum: int) -> str | None:
    """Say why a figure of these classes is absent, or None where it is not."""
    for label in ("fake", "real") if kind == "both" else (kind,):
        if counts[label] < minimum:
            return f"{counts[label]} {label} images, fewer than {minimum}"
    return None


OPERATING_POINTS = {"tpr_at_1_fpr": (0.01, 1000), "tpr_at_5_fpr": (0.05, 200)}
"""False-positive rate, and the real images below which the figure is absent."""


def rank_figures(answers: Answers, resamples: Resamples, settings: Settings) -> dict[str, Figure]:
    """Compute every figure of ranked scores with its interval."""
    names = ["auroc", "average_precision", "eer", *OPERATING_POINTS, "fpr_at_95_tpr"]
    n, fake = len(answers.fake), int(answers.fake.sum())
    reason = too_few({"fake": fake, "real": n - fake}, "both", settings.minimum)
    if np.isnan(answers.score).all():
        reason = "the detector gives no score"
    if reason:
        return {name: absent(reason, n) for name in names}
    order = ranking.Ranking(answers.ranks(), answers.fake)
    blocks = [rank_values(*order.curve(weights)) for weights in resamples.weights()]
    missing = int(np.isnan(answers.score).sum())
    result = {}
    for name in names:
        values = np.concatenate([block[name] for block in blocks])
        result[name] = figure(values, n, settings.level)
        if missing:
            result[name]["unscored"] = missing
    for name, (_, needed) in OPERATING_POINTS.items():
        if n - fake < needed:
            result[name] = absent(f"{n - fake} real images, fewer than {needed}", n)
    return result


def rank_values(caught: Floats, alarms: Floats) -> dict[str, Floats]:
    """Compute every figure of ranked scores from the curve of each resample."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "auroc": ranking.auroc(caught, alarms),
            "average_precision": ranking.average_precision(caught, alarms),
            "eer": ranking.equal_error_rate(caught, alarms),
            "fpr_at_95_tpr": ranking.fpr_at_tpr(caught, alarms, 0.95),
        } | {
            name: ranking.tpr_at_fpr(caught, alarms, rate)
            for name, (rate, _) in OPERATING_POINTS.items()
        }
