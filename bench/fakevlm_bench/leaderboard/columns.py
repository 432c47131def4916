"""The table's columns: which figures there are, what they are called, which are shown at first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.leaderboard.figures import split_name
from fakevlm_bench.metrics.definitions import DEFINITIONS, DOWN

_WORDS = {
    "auroc": "AUROC", "ap": "AP", "eer": "EER", "ece": "ECE", "f1": "F1", "iou": "IoU",
    "ciou": "cIoU", "tpr": "TPR", "fpr": "FPR", "bleu": "BLEU", "rouge": "ROUGE", "l": "L",
    "lsum": "Lsum", "css": "CSS", "cider": "CIDEr", "d": "D", "mce": "mCE", "auc": "AUC",
    "meteor": "METEOR", "p50": "p50", "p95": "p95", "p99": "p99", "bertscore": "BERTScore",
}  # fmt: skip
_PREFERRED = (
    "clean/detection/balanced_accuracy",
    "clean/detection/recall_fake",
    "clean/detection/recall_real",
    "clean/detection/auroc",
    "robustness/worst_case/balanced_accuracy",
    "clean/localization/foreground_iou",
    "clean/explanation/fake/rouge_l",
    "efficiency/latency_p50",
)
_CONDITIONS_SHOWN = 3
_RIGHT = (
    "; a sample is right only if it is right under every condition that the detector was run under"
)
_WORST = {
    "worst_case": f"{_RIGHT}, attacks included where it was attacked",
    "worst_case_without_attacks": f"{_RIGHT} but attacks",
}
_SIDES = ("fake", "real", "floors", *_WORST)


@dataclass(frozen=True)
class Column:
    """One figure as a column.

    Attributes:
        id: The figure's flat name.
        label: For the header.
        group: Condition, or family of figures without one.
        descending: Whether more is better.
        formula: What it is.
        shown: Whether it is there before a reader chooses.
    """

    id: str
    label: str
    group: str
    descending: bool
    formula: str
    shown: bool


def describe(name: str) -> str:
    """Put a figure's last name into words: ``recall_fake`` becomes ``Recall fake``."""
    text = " ".join(_WORDS.get(word, word) for word in name.split("_"))
    text = text[:1].upper() + text[1:] if text[:1].islower() and text[:4] != "cIoU" else text
    return f"{text}, s" if name.startswith("latency_") else text


def columns(
    figures: Iterable[Mapping[str, Mapping[str, Any]]], conditions: Iterable[str]
) -> list[Column]:
    """Give a column for every figure that at least one entry has, the preferred ones first."""
    known = tuple(conditions)
    names: dict[str, None] = {}
    for of_entry in figures:
        names.update(dict.fromkeys(n for n, figure in of_entry.items() if "value" in figure))
    first = [name for name in _PREFERRED if name in names]
    by_condition = (n for n in names if n.endswith("/detection/balanced_accuracy"))
    first += [name for name in by_condition if name not in first][:_CONDITIONS_SHOWN]
    rest = sorted(set(names) - set(first), key=lambda name: (not name.startswith("clean/"), name))
    ordered = first + rest
    return [_column(name, known, shown=name in first) for name in ordered]


def _column(name: str, conditions: Sequence[str], *, shown: bool) -> Column:
    condition, rest = split_name(name, conditions)
    *middle, last = rest.split("/")
    group = condition or middle.pop(0)
    side = " ".join(part for part in middle if part in _SIDES)
    label = describe(last) + (f" ({side.replace('_', ' ')})" if side else "")
    definition = DEFINITIONS.get(last)
    falling = definition is not None and definition.direction == DOWN
    formula = definition.formula if definition else ""
    for part in middle:
        formula += _WORST.get(part, "")
    return Column(name, label, group, not falling, formula, shown)
