"""Logistic regression: fitted with scikit-learn, applied with numpy alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

PENALTIES = (0.001, 0.01, 0.1, 1.0, 10.0)
"""Inverse strengths of the L2 penalty that cross-validation chooses from."""


@dataclass(frozen=True)
class Logistic:
    """Weights on standardised features.

    Attributes:
        mean: (d,) of the features.
        scale: (d,) standard deviations of the features.
        weight: (d,).
        bias: Log-odds at the mean.
    """

    mean: Floats
    scale: Floats
    weight: Floats
    bias: float

    def logit(self, features: Floats) -> Floats:
        """Compute the log-odds (n,) of (n, d) features."""
        standard = (features - self.mean) / self.scale
        # a sum over rows, not a matrix product, so that no row depends on the others
        logits: Floats = (standard * self.weight).sum(axis=-1) + self.bias
        return logits

    def to_json(self) -> dict[str, list[float] | float]:
        """Return the weights as JSON values."""
        arrays = {"mean": self.mean, "scale": self.scale, "weight": self.weight}
        return {**{name: value.tolist() for name, value in arrays.items()}, "bias": self.bias}

    @classmethod
    def from_json(cls, values: Mapping[str, list[float] | float]) -> Logistic:
        """Read the weights back."""
        mean, scale, weight = (np.asarray(values[key]) for key in ("mean", "scale", "weight"))
        return cls(mean, scale, weight, float(np.asarray(values["bias"])))


def fit(features: Floats, labels: NDArray[np.int_], weights: Floats, penalty: float) -> Logistic:
    """Fit a regression.

    Args:
        features: (n, d).
        labels: (n,), 1 for fake.
        weights: (n,), how much each row counts.
        penalty: Inverse strength of the L2 penalty.
    """
    from sklearn.linear_model import LogisticRegression

    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    model = LogisticRegression(C=penalty, max_iter=2000)
    model.fit((features - mean) / scale, labels, sample_weight=weights)
    return Logistic(mean, scale, model.coef_[0].astype(np.float64), float(model.intercept_[0]))


def balance(labels: NDArray[np.int_]) -> Floats:
    """Weigh the rows so that both classes count alike and the mean weight is 1."""
    share = np.array([(labels == 0).mean(), (labels == 1).mean()])
    weights: Floats = 0.5 / share[labels]
    return weights


def folds(
    labels: NDArray[np.int_], groups: Sequence[str], count: int = 5
) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    """Split rows so that no group is on both sides, and classes stay balanced.

    Args:
        labels: (n,), 1 for fake.
        groups: The photograph of each row.
        count: Folds.

    Returns:
        For each fold the numbers of the rows to fit on, and of those to score.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=0)
    yield from splitter.split(np.zeros(len(labels)), labels, groups)


def out_of_fold(
    features: Floats, labels: NDArray[np.int_], groups: Sequence[str], penalty: float
) -> Floats:
    """Compute log-odds of each row by a model that saw nothing of its group.

    Args:
        features: (n, d).
        labels: (n,), 1 for fake.
        groups: The photograph of each row.
        penalty: Inverse strength of the L2 penalty.

    Returns:
        (n,).
    """
    logits = np.zeros(len(labels))
    for train, test in folds(labels, groups):
        model = fit(features[train], labels[train], balance(labels[train]), penalty)
        logits[test] = model.logit(features[test])
    return logits


def choose_penalty(
    features: Floats, labels: NDArray[np.int_], groups: Sequence[str]
) -> tuple[float, Floats]:
    """Choose the penalty with the least cross-validated log loss.

    Args:
        features: (n, d).
        labels: (n,), 1 for fake.
        groups: The photograph of each row.

    Returns:
        The penalty, and its out-of-fold log-odds (n,).
    """
    weights = balance(labels)

    def loss(logits: Floats) -> float:
        return float((weights * np.logaddexp(0, np.where(labels == 1, -logits, logits))).mean())

    tried = [(one, out_of_fold(features, labels, groups, one)) for one in PENALTIES]
    return min(tried, key=lambda pair: loss(pair[1]))
