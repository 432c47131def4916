"""The table's columns: which figures there are, what they are called, which are shown at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fakevlm_bench.metrics.definitions import DEFINITIONS, DOWN
from fakevlm_bench.result import NamedFigure

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
        on: Whether it is there before a reader chooses.
    """

    id: str
    label: str
    group: str
    descending: bool
    formula: str
    on: bool


def describe(name: str) -> str:
    """Return a figure's last name in words: ``recall_fake`` becomes ``Recall fake``."""
    text = " ".join(_WORDS.get(word, word) for word in name.split("_"))
    text = text[:1].upper() + text[1:] if text[:1].islower() and text[:4] != "cIoU" else text
    return f"{text}, s" if name.startswith("latency_") else text


def columns(figures: Iterable[Iterable[NamedFigure]]) -> list[Column]:
    """Return a column for every figure that at least one entry has, the preferred ones first."""
    names: dict[str, NamedFigure] = {}
    for of_entry in figures:
        for one in of_entry:
            if one.figure.value is not None:
                names.setdefault(one.name, one)
    first = [name for name in _PREFERRED if name in names]
    by_condition = (n for n in names if n.endswith("/detection/balanced_accuracy"))
    first += [name for name in by_condition if name not in first][:_CONDITIONS_SHOWN]
    rest = sorted(set(names) - set(first), key=lambda name: (not name.startswith("clean/"), name))
    return [_column(names[name], on=name in first) for name in first + rest]


def _column(named: NamedFigure, *, on: bool) -> Column:
    *middle, last = named.path
    group = named.condition or middle.pop(0)
    side = " ".join(part for part in middle if part in _SIDES)
    label = describe(last) + (f" ({side.replace('_', ' ')})" if side else "")
    definition = DEFINITIONS.get(last)
    falling = definition is not None and definition.direction == DOWN
    formula = definition.formula if definition else ""
    for part in middle:
        formula += _WORST.get(part, "")
    return Column(named.name, label, group, not falling, formula, on)
