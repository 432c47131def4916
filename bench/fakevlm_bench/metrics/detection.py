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

from fakevlm_bench.metrics import calibration, ranking
from fakevlm_bench.metrics.settings import Settings
from fakevlm_bench.metrics.stats import (
    Figure,
    Floats,
    Resamples,
    absent,
    bound_unanimous,
    figure,
    mean_figure,
)

PROPORTIONS = ("accuracy", "recall_fake", "recall_real")


@dataclass(frozen=True)
class Answers:
    """Verdicts and scores of one set of samples.

    Attributes:
        fake: ``bool`` (n,), the truth.
        hit: ``bool`` (n,), understood and right.
        understood: ``bool`` (n,).
        score: ``float`` (n,), P(fake), NaN where missing.
        twin: ``int`` (n,), place of a fake's real twin among these samples, or −1.
    """

    fake: NDArray[np.bool_]
    hit: NDArray[np.bool_]
    understood: NDArray[np.bool_]
    score: Floats
    twin: NDArray[np.int64]

    def ranks(self) -> Floats:
        """Scores with the missing ones made the most wrong."""
        return np.where(np.isnan(self.score), np.where(self.fake, -np.inf, np.inf), self.score)

    def probabilities(self) -> Floats:
        """Scores with the missing ones made surely wrong."""
        return np.where(np.isnan(self.score), ~self.fake, self.score)

    def counts(self, resamples: Resamples, rows: NDArray[np.bool_] | None = None) -> dict[str, int]:
        """Count the samples of each class, and the source groups that they come from.

        Args:
            resamples: Of these samples.
            rows: ``bool`` (n,), the samples to count; all by default.

        Returns:
            ``fake``, ``real``, ``both`` (samples) and ``fake_groups``, ``real_groups``,
            ``both_groups``.
        """
        rows = np.ones_like(self.fake) if rows is None else rows
        classes = {"fake": rows & self.fake, "real": rows & ~self.fake, "both": rows}
        groups = {
            f"{kind}_groups": int(np.count_nonzero(np.bincount(resamples.cluster[which])))
            for kind, which in classes.items()
        }
        return {kind: int(which.sum()) for kind, which in classes.items()} | groups


def verdict_columns(answers: Answers) -> Floats:
    """Return the (n, 6) indicators that every figure of verdicts is a function of.

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
    """Compute every figure of verdicts with its interval.

    Args:
        answers: Verdicts of n samples.
        resamples: Of these samples.
        settings: Level, minimum and costs.
    """
    counts = answers.counts(resamples)
    sums = resamples.sums(verdict_columns(answers))
    result = {}
    for name, values in verdict_values(sums).items():
        kind = name.removeprefix("recall_") if name.startswith("recall") else "both"
        build = proportion if name in PROPORTIONS else checked
        result[name] = build(values, counts, kind, settings)
    with np.errstate(invalid="ignore", divide="ignore"):
        false_alarm, miss = 1 - sums[:, 3] / sums[:, 1], 1 - sums[:, 2] / sums[:, 0]
    for use, cost, prevalence in settings.costs:
        missed, alarm = cost * prevalence, 1 - prevalence
        values = (missed * miss + alarm * false_alarm) / min(missed, alarm)
        result[f"expected_cost_{use}"] = checked(values, counts, "both", settings)
    return result


def checked(values: Floats, counts: dict[str, int], kind: str, settings: Settings) -> Figure:
    """Build a figure, absent where a class that it needs has too few samples.

    Args:
        values: (1 + count,), on the sample and on each resample.
        counts: As `Answers.counts` returns them.
        kind: The class that it needs: ``fake``, ``real`` or ``both``.
        settings: Level and minimum.
    """
    needed = ("fake", "real") if kind == "both" else (kind,)
    for label in needed:
        if counts[label] < settings.minimum:
            reason = f"{counts[label]} {label} images, fewer than {settings.minimum}"
            return absent(reason, counts[kind])
    groups = min(counts[f"{label}_groups"] for label in needed)
    return figure(values, counts[kind], settings.level, groups=groups)


def proportion(values: Floats, counts: dict[str, int], kind: str, settings: Settings) -> Figure:
    """Build the figure of a bare proportion; at 0 and 1 it states a bound.

    Args:
        values: (1 + count,) in [0, 1], on the sample and on each resample.
        counts: As `Answers.counts` returns them.
        kind: The class that it needs: ``fake``, ``real`` or ``both``.
        settings: Level and minimum.
    """
    result = checked(values, counts, kind, settings)
    return bound_unanimous(result, counts[f"{kind}_groups"], settings.level)


OPERATING_POINTS = {"tpr_at_1_fpr": (0.01, 1000), "tpr_at_5_fpr": (0.05, 200)}
"""False-positive rate, and the real images below which the figure is absent."""

CAUGHT = 0.95
"""True-positive rate of ``fpr_at_95_tpr``."""

SCORED = ("auroc", "average_precision", "eer", "fpr_at_95_tpr", *OPERATING_POINTS, "twin_ranking",
          "balanced_accuracy_at_half", "brier", "ece")  # fmt: skip


def score_figures(answers: Answers, resamples: Resamples, settings: Settings) -> dict[str, Figure]:
    """Compute every figure of scores with its interval; ``unscored`` counts missing scores.

    Args:
        answers: Verdicts and scores of n samples.
        resamples: Of these samples.
        settings: Level, minimum, thresholds and temperature.
    """
    counts = answers.counts(resamples)
    if np.isnan(answers.score).all():
        n = len(answers.fake)
        return {name: absent("the detector gives no score", n) for name in SCORED}
    values = ranked(answers, resamples) | probabilistic(answers, resamples, settings)
    result = {name: checked(one, counts, "both", settings) for name, one in values.items()}
    for name, (_, needed) in OPERATING_POINTS.items():
        if counts["real"] < needed:
            reason = f"{counts['real']} real images, fewer than {needed}"
            result[name] = absent(reason, len(answers.fake))
    result["twin_ranking"] = twin_ranking(answers, resamples, settings)
    missing = int(np.isnan(answers.score).sum())
    if not missing:
        return result
    return {name: one.with_further(unscored=missing) for name, one in result.items()}


def ranked(answers: Answers, resamples: Resamples) -> dict[str, Floats]:
    """Compute the figures of the ROC and precision-recall curves, (1 + count,) each.

    Args:
        answers: Scores of n samples.
        resamples: Of these samples.
    """
    from fakevlm_bench.metrics.kernels import curve_values

    order = ranking.Ranking(answers.ranks(), answers.fake)
    end = np.zeros(len(order.order), dtype=np.bool_)
    end[order.ends] = True
    rates = np.array([rate for rate, _ in OPERATING_POINTS.values()])
    cluster, fake = resamples.cluster[order.order], order.fake.astype(np.int64)
    values = curve_values(resamples.blocks, cluster, fake, end, CAUGHT, rates)
    values = values[: resamples.count + 1]
    names = ("auroc", "average_precision", "eer", "fpr_at_95_tpr", *OPERATING_POINTS)
    return {name: values[:, k] for k, name in enumerate(names)}


def probabilistic(answers: Answers, resamples: Resamples, settings: Settings) -> dict[str, Floats]:
    """Compute the figures of thresholds and of calibration, (1 + count,) each.

    Args:
        answers: Scores of n samples.
        resamples: Of these samples.
        settings: Thresholds and temperature.
    """
    named = {"half": 0.5, "published": settings.published, "calibrated": settings.threshold}
    thresholds = {name: value for name, value in named.items() if value is not None}
    scores = {"": answers.probabilities()}
    if settings.temperature is not None:
        scores["_tempered"] = calibration.temper(scores[""], settings.temperature)
    fake, n = answers.fake, resamples.sizes()
    sides = resamples.sums(np.stack([fake, ~fake], axis=1).astype(np.float64))
    result = {}
    for name, threshold in thresholds.items():
        called = answers.ranks() > threshold
        right = np.stack([fake & called, ~fake & ~called], axis=1).astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            recalls = resamples.sums(right) / sides
        result[f"balanced_accuracy_at_{name}"] = recalls.mean(axis=1)
    for suffix, score in scores.items():
        result[f"brier{suffix}"] = resamples.sums(((score - fake) ** 2)[:, None])[:, 0] / n
        gaps = resamples.sums(calibration.gaps(score, fake))
        result[f"ece{suffix}"] = calibration.centred(np.abs(gaps).sum(axis=1) / n)
    return result


def twin_ranking(answers: Answers, resamples: Resamples, settings: Settings) -> Figure:
    """Compute how often a fake scores higher than its real twin; a tie counts one half.

    Args:
        answers: Scores of n samples, and their twins.
        resamples: Of these samples.
        settings: Level and minimum.
    """
    paired = answers.twin >= 0
    n = int(paired.sum())
    if n < settings.minimum:
        return absent(f"{n} twins, fewer than {settings.minimum}", n)
    score = answers.ranks()
    mine, other = score[paired], score[answers.twin[paired]]
    wins = (mine > other) + 0.5 * (mine == other)
    return mean_figure(wins, resamples.subset(paired), settings.level)
