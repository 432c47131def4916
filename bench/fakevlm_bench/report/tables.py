"""A run's figures as tables: one long frame, and the same as CSV, Parquet, JSON and LaTeX."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.files import write_atomically
from fakevlm_bench.metrics.robustness import level_of
from fakevlm_bench.report.gather import Findings, per_image
from fakevlm_bench.report.layout import COLUMNS, ordered_figures
from fakevlm_bench.result import Document

if TYPE_CHECKING:
    import pandas as pd


def long(findings: Findings) -> pd.DataFrame:
    """Lay out every figure of a run, one row each.

    Returns:
        Columns ``run``, ``detector``, ``task``, ``condition``, ``level``, ``figure`` (such
        as ``detection/auroc``), ``value``, ``low``, ``high``, ``n``, ``absent`` (the reason)
        and ``flagged``. ``condition`` is empty for figures of the whole run.
    """
    import pandas as pd

    result = findings.result
    rows = [
        {
            "run": result["run"],
            "detector": result["detector"],
            "task": result["task"],
            "condition": one.condition,
            "level": level_of(one.condition),
            "figure": "/".join(one.path),
            "value": one.figure.value,
            "low": one.figure.low,
            "high": one.figure.high,
            "n": one.figure.n,
            "absent": one.figure.absent,
            "flagged": one.condition in findings.flagged,
        }
        for one in ordered_figures(result)
    ]
    return pd.DataFrame(rows).astype({"n": "Int64", "value": float, "level": float})


def document(findings: Findings) -> Document:
    """Return everything that a report shows, as plain JSON."""
    result = findings.result
    curves = {
        name: [
            {"level": level, "condition": one, **_balanced(findings, one)}
            for level, one in by.items()
        ]
        for name, by in {**findings.families, **findings.budgets}.items()
    }
    return {
        "run": result["run"],
        "task": result["task"],
        "detector": result["detector"],
        "metrics_version": result["metrics_version"],
        "conditions": {name: part.to_json() for name, part in result.conditions.items()},
        "robustness": findings.robustness.to_json(),
        "curves": {"clean": _balanced(findings, "clean"), "families": curves},
        "images": per_image(findings).to_dict("records"),
    }


def _balanced(findings: Findings, condition: str) -> dict[str, Document]:
    names = ("balanced_accuracy", "recall_fake", "recall_real")
    return {name: findings.figure(condition, "detection", name).to_json() for name in names}


def latex(findings: Findings) -> str:
    """Write one row for each condition, with intervals; needs booktabs and longtable."""
    import pandas as pd

    headings, rows = condition_table(findings)
    rows = [(name.replace("⚑", r"$\dagger$"), *cells) for name, *cells in rows]
    table = pd.DataFrame(rows, columns=["condition", *headings])
    escaped = table.map(_escaped).rename(columns=_escaped)
    caption = _escaped(
        f"{findings.result['detector']} on {findings.result['task']}: "
        f"{findings.result.intervals or '95 % intervals'}"
    )
    if findings.flagged:
        caption += r"; $\dagger$: a sign of false robustness"
    return escaped.to_latex(index=False, escape=False, longtable=True, caption=caption)


def condition_table(findings: Findings) -> tuple[list[str], list[tuple[str, ...]]]:
    """Lay out one row for each condition, its name first, without columns that are empty.

    Returns:
        Headings without the name's, and the rows.
    """
    columns = [
        (heading, path)
        for heading, path in COLUMNS
        if any(not findings.figure(one, *path).is_absent for one in findings.conditions)
    ]
    rows = [
        (findings.label(one), *(findings.figure(one, *path).text for _, path in columns))
        for one in findings.conditions
    ]
    return [heading for heading, _ in columns], rows


def _escaped(text: str) -> str:
    special = {"%": r"\%", "_": r"\_", "&": r"\&", "#": r"\#", "→": r"$\to$", "–": "--"}
    return "".join(special.get(letter, letter) for letter in text)


def write(findings: Findings, form: str, path: Path) -> list[Path]:
    """Write a run's tables as ``csv``, ``parquet``, ``json`` or ``latex``.

    CSV and Parquet have a second file beside them, ``….images.csv``: each image's worst
    case over the condition list (`fakevlm_bench.report.gather.per_image`).

    Args:
        findings: A scored run.
        form: The format.
        path: Of the file to write.

    Returns:
        The files that were written.

    Raises:
        OSError: The file cannot be written.
    """
    if form == "json":
        text = json.dumps(document(findings), indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(path, (text + "\n").encode())
        return [path]
    if form == "latex":
        write_atomically(path, latex(findings).encode())
        return [path]
    beside = path.with_suffix(f".images{path.suffix}")
    frames = {path: long(findings), beside: per_image(findings)}
    for target, frame in frames.items():
        data = frame.to_csv(index=False).encode() if form == "csv" else _parquet(frame)
        write_atomically(target, data)
    return list(frames)


def _parquet(frame: pd.DataFrame) -> bytes:
    data: bytes = frame.to_parquet(index=False)
    return data
