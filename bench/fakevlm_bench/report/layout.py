"""What a result looks like: order of its figures, columns of its tables, width of its lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from fakevlm_bench.result import NamedFigure, Result

WIDTH = 100
"""Columns of a terminal."""

PRIMARY = ("balanced_accuracy", "recall_fake", "recall_real", "auroc", "foreground_iou", "rouge_l",
           "corpus_bleu")  # fmt: skip
ORDER = ("conditions", "clean", "coverage", *PRIMARY, "detection", "localization", "explanation",
         "fake", "real", "robustness")  # fmt: skip
"""What comes first; parts of a task and what is not named here come after it."""
LAST = ("floors", "by", "efficiency", "added")

COLUMNS = (
    ("bal. acc.", ("detection", "balanced_accuracy")),
    ("recall of fakes", ("detection", "recall_fake")),
    ("recall of real", ("detection", "recall_real")),
    ("AUROC", ("detection", "auroc")),
    ("IoU", ("localization", "foreground_iou")),
    ("BLEU", ("explanation", "fake", "corpus_bleu")),
    ("ROUGE-L", ("explanation", "fake", "rouge_l")),
    ("flip rate", ("robustness", "flip_rate")),
    ("mask drift", ("robustness", "mask_drift")),
    ("expl. drift", ("robustness", "explanation_drift")),
    ("fake→real", ("robustness", "success_fake_to_real")),
    ("real→fake", ("robustness", "success_real_to_fake")),
)
"""Heading and path of each column of the table of conditions."""


def order(name: str) -> tuple[int, str]:
    """Return the sort key of a name on any level of a result."""
    if name in ORDER:
        return ORDER.index(name), ""
    return len(ORDER) + (1 + LAST.index(name) if name in LAST else 0), name


def ordered_figures(result: Result) -> Iterator[NamedFigure]:
    """Iterate over every figure of a result: clean first, then as `ORDER` says on each level."""
    return result.figures(parts=True, order=order)


def flag_names(result: Result, figure: NamedFigure) -> list[str]:
    """List the signs of false robustness on a figure, or on any attack where it is a worst case.

    Args:
        result: That the figure is of.
        figure: With its place.
    """
    if figure.path[:2] == ("robustness", "worst_case"):
        return sorted({name for names in result.flags.values() for name in names})
    return result.flags.get(figure.condition, [])


def wrapped(text: str, indent: str = "") -> list[str]:
    """Wrap a sentence for a terminal of `WIDTH` columns.

    Args:
        text: The sentence.
        indent: Before the first line; further lines have two spaces more.
    """
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
