"""Operating points of ROC curves said plainly; the compiled kernels are held against them."""

import numpy as np

from fakevlm_bench.metrics.ranking import EPSILON
from fakevlm_bench.metrics.stats import Floats


def tpr_at_fpr(caught: Floats, alarms: Floats, rate: float) -> Floats:
    """Highest true-positive rate whose false-positive rate is at most `rate`, (b,)."""
    allowed = (alarms <= (rate + EPSILON) * alarms[:, -1:]).sum(axis=1) - 1
    value: Floats = caught[np.arange(len(caught)), allowed] / caught[:, -1]
    return value


def fpr_at_tpr(caught: Floats, alarms: Floats, rate: float) -> Floats:
    """Lowest false-positive rate whose true-positive rate is at least `rate`, (b,)."""
    needed = (caught < (rate - EPSILON) * caught[:, -1:]).sum(axis=1)
    value: Floats = alarms[np.arange(len(alarms)), needed] / alarms[:, -1]
    return value


def equal_error_rate(caught: Floats, alarms: Floats) -> Floats:
    """Rate where false positives and false negatives are equally frequent, (b,).

    Interpolated on the line between the two points of the ROC curve around it.
    """
    fpr, fnr = alarms / alarms[:, -1:], 1 - caught / caught[:, -1:]
    rows = np.arange(len(fpr))
    after = np.clip((fpr < fnr).sum(axis=1), 1, fpr.shape[1] - 1)
    before, beyond = fpr[rows, after - 1], fpr[rows, after]
    gap_before, gap_after = fnr[rows, after - 1] - before, beyond - fnr[rows, after]
    share = gap_before / (gap_before + gap_after)
    value: Floats = before + share * (beyond - before)
    return value
