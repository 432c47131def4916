"""What the pages' scripts read: figures as small ``.js`` files that each call ``put``.

Pages opened from ``file://`` may not fetch, but may load scripts; so data come as
scripts of one statement, whose argument is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from leaderboard.columns import Column, describe
from leaderboard.entries import Entry
from leaderboard.standing import PRIMARY, Standing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ROC_BINS = 100
RELIABILITY_BINS = 10


def write_script(path: Path, key: str, value: Any) -> None:
    """Write ``put(key, value)`` as a script; ``<`` is escaped, and the order of keys is fixed."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    safe = text.replace("<", "\\u003c")
    path.write_text(f"put({json.dumps(key)},{safe});\n", "utf-8")


def card(entry: Entry) -> dict[str, Any]:
    """Give what the table shows of an entry beside its figures."""
    detector = entry.document["detector"]
    return {
        "slug": entry.slug,
        "name": detector["name"],
        "version": detector["version"],
        "family": detector["family"],
        "licence": detector["licence"],
        "parameters": detector["parameters"],
        "track": entry.document["track"],
        "date": entry.document["run"]["date"],
        "mark": entry.mark,
        "flags": [*entry.notes, *entry.flags],
    }


def table(
    columns: Sequence[Column], standing: Standing, unranked: Mapping[str, Sequence[Entry]]
) -> dict[str, Any]:
    """Give the table: columns, entries in the order of rank, figures column by column.

    Figures are integers in units of 1e-4: the value, and how far the interval reaches
    below and above it; null where a figure is absent.
    """
    sections = [("ranked", standing.order), *unranked.items()]
    entries = []
    for section, members in sections:
        for index, entry in enumerate(members):
            row = {**card(entry), "section": section}
            if section == "ranked":
                row["rank"] = [index + 1, standing.low[index], standing.high[index]]
                row["tie"] = standing.tie[index]
            entries.append(row)
    members = [entry for _, of_section in sections for entry in of_section]
    return {
        "primary": PRIMARY,
        "columns": [
            {"id": c.id, "label": c.label, "group": c.group, "down": c.descending, "on": c.shown}
            for c in columns
        ],
        "entries": entries,
        "values": [_packed([e.figures.get(column.id, {}) for e in members]) for column in columns],
    }


def _packed(figures: Sequence[Mapping[str, Any]]) -> list[list[int | None]]:
    def units(value: float | None) -> int | None:
        return None if value is None else round(value * 1e4)

    value = [figure.get("value") for figure in figures]
    below = [_gap(figure, "low") for figure in figures]
    above = [_gap(figure, "high") for figure in figures]
    return [[units(v) for v in part] for part in (value, below, above)]


def _gap(figure: Mapping[str, Any], side: str) -> float | None:
    end, value = figure.get(side), figure.get("value")
    return None if end is None or value is None else abs(float(end) - float(value))


def charts(
    entries: Sequence[Entry], standing: Standing, truth_clean: pd.DataFrame
) -> dict[str, Any]:
    """Give what the charts draw, entries in the table's order."""
    label = truth_clean["label"].to_numpy() == 1
    bins = [_score_bins(entry, label) for entry in entries]
    return {
        "entries": [{**card(entry), "floor": entry.is_floor} for entry in entries],
        "severity": [_severity(entry) for entry in entries],
        "attacks": [_attacks(entry) for entry in entries],
        "cost": [_cost(entry) for entry in entries],
        "accuracy": [
            _ends(figure) if "value" in figure else None
            for figure in (entry.figures.get(PRIMARY, {}) for entry in entries)
        ],
        "generators": [_by_generator(entry) for entry in entries],
        "bins": [part[0] for part in bins],
        "reliability": [part[1] for part in bins],
        "beats": standing.beats.tolist(),
        "difference": np.round(standing.difference, 4).tolist(),
        "ranked": [entry.slug for entry in standing.order],
    }


def _severity(entry: Entry) -> dict[str, list[list[float | None]]]:
    """Balanced accuracy by operation: [severity, value, low, high], severity 0 being clean."""
    found: dict[str, list[list[float | None]]] = {}
    for condition in entry.conditions:
        operation, _, severity = condition.partition(":")
        if severity.isdigit():
            figure = entry.figures.get(f"{condition}/detection/balanced_accuracy", {})
            if "value" in figure:
                found.setdefault(operation, []).append([int(severity), *_ends(figure)])
    clean = entry.figures.get(PRIMARY, {})
    if "value" in clean:
        for points in found.values():
            points.append([0, *_ends(clean)])
            points.sort(key=lambda point: point[0] or 0)
    return found


def _ends(figure: Mapping[str, Any]) -> list[float | None]:
    parts = (figure.get(part) for part in ("value", "low", "high"))
    return [None if part is None else round(float(part), 4) for part in parts]


def _attacks(entry: Entry) -> list[list[Any]]:
    """Attack success: [condition, which, value, low, high]."""
    return [
        [name.split("/")[-2], describe(name.rpartition("/")[2]), *_ends(figure)]
        for name, figure in sorted(entry.figures.items())
        if "attack_success" in name and "value" in figure
    ]


def _cost(entry: Entry) -> dict[str, float]:
    """Efficiency figures and the number of parameters, against which accuracy is drawn."""
    found = {
        name.partition("/")[2]: round(float(figure["value"]), 6)
        for name, figure in entry.figures.items()
        if name.startswith("efficiency/") and "value" in figure
    }
    parameters = entry.document["detector"]["parameters"]
    return {**found, **({"parameters": float(parameters)} if parameters else {})}


def _by_generator(entry: Entry) -> dict[str, list[float | None]]:
    """Recall of each generator's images under clean (of photographs: recall of REAL)."""
    by = entry.result["conditions"]["clean"].get("by", {}).get("generator", {})
    found = {}
    for name, families in by.items():
        figure = families.get("detection", families).get("accuracy", {})
        if "value" in figure:
            found[name] = _ends(figure)
    return found


def _score_bins(
    entry: Entry, fake: NDArray[np.bool_]
) -> tuple[list[list[int]] | None, list[list[float]] | None]:
    """Histograms of clean scores per class, and equal-mass bins of the reliability diagram."""
    scores = entry.arrays()[1][entry.clean]
    known = np.isfinite(scores)
    if not known.any():
        return None, None
    scores, fake = scores[known], fake[known]
    edges = np.linspace(0, 1, ROC_BINS + 1)
    histogram = [np.histogram(scores[of], edges)[0].tolist() for of in (~fake, fake)]
    parts = np.array_split(np.argsort(scores, kind="stable"), RELIABILITY_BINS)
    reliability = [
        [round(float(scores[p].mean()), 4), round(float(fake[p].mean()), 4), len(p)]
        for p in parts
        if len(p)
    ]
    return histogram, reliability
