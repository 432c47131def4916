"""The table's columns: which figures there are, what they are called, which are shown at first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = {
    "auroc": "AUROC", "ap": "AP", "eer": "EER", "ece": "ECE", "f1": "F1", "iou": "IoU",
    "ciou": "cIoU", "tpr": "TPR", "fpr": "FPR", "bleu": "BLEU", "rouge": "ROUGE", "l": "L",
    "lsum": "Lsum", "css": "CSS", "cider": "CIDEr", "d": "D", "mce": "mCE", "auc": "AUC",
    "meteor": "METEOR", "p50": "p50", "p95": "p95", "p99": "p99", "bertscore": "BERTScore",
}  # fmt: skip
_LOWER_IS_BETTER = ("eer", "brier", "ece", "fpr", "false", "latency", "cost", "mce", "flip",
                    "success", "drift", "tokens", "memory", "oracle_gap", "coin")  # fmt: skip
_PREFERRED = (
    "clean/detection/balanced_accuracy",
    "clean/detection/recall_fake",
    "clean/detection/recall_real",
    "clean/detection/auroc",
    "robustness/worst_case",
    "clean/localization/iou",
    "clean/localization/foreground_iou",
    "clean/explanation/fake/rouge_l",
    "clean/explanation/fake/rougeL",
    "efficiency/latency_p50",
    "efficiency/images_per_second",
)


@dataclass(frozen=True)
class Column:
    """One figure as a column.

    Attributes:
        id: The figure's flat name.
        label: For the header.
        group: Condition, or family of figures without one.
        descending: Whether more is better.
        shown: Whether it is there before a reader chooses.
    """

    id: str
    label: str
    group: str
    descending: bool
    shown: bool


def describe(name: str) -> str:
    """Put a figure's last name into words: ``recall_fake`` becomes ``Recall fake``."""
    text = " ".join(_WORDS.get(word, word) for word in name.split("_"))
    return text[:1].upper() + text[1:] if text[:1].islower() and text[:4] != "cIoU" else text


def columns(figures: Iterable[Mapping[str, Mapping[str, Any]]]) -> list[Column]:
    """Give a column for every figure that at least one entry has, the preferred ones first."""
    names: dict[str, None] = {}
    for of_entry in figures:
        names.update(dict.fromkeys(n for n, figure in of_entry.items() if "value" in figure))
    first = [name for name in _PREFERRED if name in names]
    first += [
        name
        for name in names
        if name.endswith("/detection/balanced_accuracy") and name not in first
    ][:6]
    ordered = first + [name for name in names if name not in first]
    return [_column(name, shown=name in first) for name in ordered]


def _column(name: str, *, shown: bool) -> Column:
    group, *middle, last = name.split("/") if "/" in name else ["other", name]
    side = " ".join(part for part in middle if part not in ("detection", "localization"))
    label = describe(last) + (f" ({side.removeprefix('explanation').strip()})" if side else "")
    falling = any(word in last for word in _LOWER_IS_BETTER)
    return Column(name, label.replace(" ()", ""), group, not falling, shown)
