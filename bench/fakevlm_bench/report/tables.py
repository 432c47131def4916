"""A run's figures as tables: one long frame, and the same as CSV, Parquet, JSON and LaTeX."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.files import write_atomically
from fakevlm_bench.metrics.robustness import level_of
from fakevlm_bench.report.gather import Findings, per_image
from fakevlm_bench.report.rows import interval, rows

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    ("bal. acc.", ("detection", "balanced_accuracy")),
    ("recall of fakes", ("detection", "recall_fake")),
    ("recall of real", ("detection", "recall_real")),
    ("AUROC", ("detection", "auroc")),
    ("IoU", ("localization", "foreground_iou")),
    ("BLEU", ("explanation", "fake", "corpus_bleu")),
    ("ROUGE-L", ("explanation", "fake", "rouge_l")),
    ("flip rate", ("flip_rate",)),
    ("mask drift", ("mask_drift",)),
    ("expl. drift", ("explanation_drift",)),
    ("fake→real", ("success_fake_to_real",)),
    ("real→fake", ("success_real_to_fake",)),
)
"""Heading and path of what is shown of every condition."""


def long(findings: Findings) -> pd.DataFrame:
    """Lay out every figure of a run, one row each.

    Returns:
        Columns ``run``, ``detector``, ``task``, ``condition``, ``level``, ``figure`` (such
        as ``detection/auroc``), ``value``, ``low``, ``high``, ``n``, ``absent`` (the reason)
        and ``flagged``. ``condition`` is empty for figures of the whole run.
    """
    import pandas as pd

    result = findings.result
    keys = ("value", "low", "high", "n", "absent")
    flat = []
    for row in rows(result):
        path, condition = list(row.path), ""
        if path[0] == "conditions":
            condition, path = path[1], path[2:]
        elif path[:2] == ["robustness", "conditions"]:
            condition, path = path[2], ["robustness", *path[3:]]
        flat.append(
            {
                "run": result["run"],
                "detector": result["detector"],
                "task": result["task"],
                "condition": condition,
                "level": level_of(condition),
                "figure": "/".join(path),
                **{key: row.figure.get(key) for key in keys},
                "flagged": condition in findings.flagged,
            }
        )
    return pd.DataFrame(flat).astype({"n": "Int64", "value": float, "level": float})


def document(findings: Findings) -> dict[str, Any]:
    """Give everything that a report shows, as plain JSON."""
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
        "conditions": result["conditions"],
        "robustness": findings.robustness,
        "curves": {"clean": _balanced(findings, "clean"), "families": curves},
        "images": per_image(findings).to_dict("records"),
    }


def _balanced(findings: Findings, condition: str) -> dict[str, Any]:
    names = ("balanced_accuracy", "recall_fake", "recall_real")
    return {name: dict(findings.figure(condition, "detection", name)) for name in names}


def latex(findings: Findings) -> str:
    """Write one row for each condition, with intervals; needs booktabs and longtable."""
    import pandas as pd

    shown = [column for column in COLUMNS if any(_given(findings, column[1]))]
    table = pd.DataFrame(
        [
            [findings.shown(one).replace("⚑", r"$\dagger$"), *(_cell(findings, one, path)
                                                              for _, path in shown)]
            for one in findings.conditions
        ],
        columns=["condition", *(heading for heading, _ in shown)],
    )  # fmt: skip
    escaped = table.map(_escaped).rename(columns=_escaped)
    caption = _escaped(
        f"{findings.result['detector']} on {findings.result['task']}: "
        f"{findings.result.get('intervals', '95 % intervals')}"
    )
    if findings.flagged:
        caption += r"; $\dagger$: a sign of false robustness"
    return escaped.to_latex(index=False, escape=False, longtable=True, caption=caption)


def _given(findings: Findings, path: tuple[str, ...]) -> list[bool]:
    return ["value" in findings.figure(one, *path) for one in findings.conditions]


def _cell(findings: Findings, condition: str, path: tuple[str, ...]) -> str:
    return interval(findings.figure(condition, *path))


def _escaped(text: str) -> str:
    special = {"%": r"\%", "_": r"\_", "&": r"\&", "#": r"\#", "→": r"$\to$", "–": "--"}
    return "".join(special.get(letter, letter) for letter in text)


def write(findings: Findings, form: str, path: Path) -> list[Path]:
    """Write a run's tables as ``csv``, ``parquet``, ``json`` or ``latex``.

    CSV and Parquet have a second file beside them, ``….images.csv``: each image's worst
    case over the condition list (`fakevlm_bench.report.gather.per_image`).

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
    frames: Mapping[Path, Any] = {path: long(findings), beside: per_image(findings)}
    for target, frame in frames.items():
        data = frame.to_csv(index=False).encode() if form == "csv" else _parquet(frame)
        write_atomically(target, data)
    return list(frames)


def _parquet(frame: pd.DataFrame) -> bytes:
    data: bytes = frame.to_parquet(index=False)
    return data
