"""What the pages' scripts read: figures as small ``.js`` files that each call ``put``.

Pages opened from ``file://`` may not fetch, but may load scripts; so data come as
scripts of one statement, whose argument is JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench.leaderboard.columns import Column
from fakevlm_bench.leaderboard.condition_text import describe_condition
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.ranking import PRIMARY, Ranking
from fakevlm_bench.result import Document, Figure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FINE = (1e-6, 1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3)
EDGES = (0.0, *_FINE, *(i / 100 for i in range(1, 100)), *(1 - x for x in reversed(_FINE)), 1.0)
"""Of the bins of scores: hundredths, and finer at both ends, where sure detectors are decided."""
AT_FIRST = 50


def write_script(path: Path, key: str, value: object) -> None:
    """Write ``put(key, value)`` as a script; ``<`` is escaped, and the order of keys is fixed.

    Args:
        path: Of the script.
        key: Under which the pages find the value.
        value: JSON values.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    safe = text.replace("<", "\\u003c")
    path.write_text(f"put({json.dumps(key)},{safe});\n", "utf-8")


def card(entry: Entry) -> Document:
    """Return what the table shows of an entry beside its figures."""
    detector = entry.submission.detector
    return {
        "slug": entry.slug,
        "name": detector.name,
        "version": detector.version,
        "family": detector.family,
        "licence": detector.licence,
        "parameters": detector.parameters,
        "track": entry.submission.track,
        "date": entry.submission.run.date,
        "mark": entry.mark,
        "notes": entry.notes,
        "flags": entry.flags,
    }


@dataclass(frozen=True)
class Rows:
    """The entries of a task, by the part of the table that they stand in.

    Attributes:
        ranking: The ranked ones.
        withdrawn: Those with a reason against them.
        floors: What answers without looking.
        earlier: Superseded versions, the newest first, by the slug of what supersedes them.
    """

    ranking: Ranking
    withdrawn: Sequence[Entry] = ()
    floors: Sequence[Entry] = ()
    earlier: Mapping[str, Sequence[Entry]] = field(default_factory=dict)

    @property
    def current(self) -> list[Entry]:
        """Every entry with a row of its own, in the table's order."""
        return [*self.ranking.order, *self.withdrawn, *self.floors]

    @property
    def superseded(self) -> list[Entry]:
        """Every earlier version, once."""
        by_slug = {entry.slug: entry for group in self.earlier.values() for entry in group}
        return list(by_slug.values())


def table(columns: Sequence[Column], rows: Rows) -> tuple[Document, list[Any]]:
    """Return the table: columns, entries in the order of rank, figures column by column.

    The values of columns beyond the first `AT_FIRST` come apart; a page loads them when
    one is chosen.

    Figures are integers in the column's ``unit``, a power of ten that keeps four digits:
    the value, and how far the interval reaches below and above it; null where a figure
    is absent.

    Args:
        columns: In their order.
        rows: The task's entries.
    """
    members = [*rows.current, *rows.superseded]
    packed = [_packed([entry.figure(column.id) for entry in members]) for column in columns]
    values = [values for _, values in packed]
    first = {
        "columns": [
            {
                "id": c.id,
                "label": c.label,
                "group": c.group,
                "down": c.descending,
                "on": c.on,
                "unit": unit,
            }
            for c, (unit, _) in zip(columns, packed, strict=True)
        ],
        "formulas": {
            c.id if "worst_case" in c.id else c.id.rpartition("/")[2]: c.formula
            for c in columns
            if c.formula
        },
        "entries": list(_table_entries(rows)),
        "values": values[:AT_FIRST],
    }
    return first, values[AT_FIRST:]


def _table_entries(rows: Rows) -> Iterator[Document]:
    ranking = rows.ranking
    sections = [("ranked", ranking.order), ("withdrawn", rows.withdrawn), ("floor", rows.floors),
                ("earlier", rows.superseded)]  # fmt: skip
    for section, members in sections:
        for index, entry in enumerate(members):
            row = {**card(entry), "section": section}
            if section == "ranked":
                row["rank"] = [index + 1, ranking.low[index], ranking.high[index]]
                row["tie"] = ranking.tie[index]
            if entry.slug in rows.earlier:
                row["earlier"] = [one.slug for one in rows.earlier[entry.slug]]
            yield row


def _packed(figures: Sequence[Figure]) -> tuple[float, list[list[int | None]]]:
    value = [figure.value for figure in figures]
    parts = [value, [_gap(figure.value, figure.low) for figure in figures],
             [_gap(figure.value, figure.high) for figure in figures]]  # fmt: skip
    top = max((abs(v) for v in value if v is not None), default=0.0)
    unit = 10.0 ** (math.ceil(math.log10(top)) - 4) if top else 1e-4
    return unit, [[None if v is None else round(v / unit) for v in part] for part in parts]


def _gap(value: float | None, end: float | None) -> float | None:
    return None if end is None or value is None else abs(end - value)


def charts(entries: Sequence[Entry], ranking: Ranking, truth_clean: pd.DataFrame) -> Document:
    """Return what the charts draw.

    Args:
        entries: In the table's order.
        ranking: Of the ranked ones.
        truth_clean: Truth rows of the clean condition.
    """
    from fakevlm_bench.metrics.scoring import primary

    label, rows = truth_clean["label"].to_numpy() == 1, primary(truth_clean)
    return {
        "entries": [{**card(entry), "floor": entry.is_floor} for entry in entries],
        "severity": [_severity(entry) for entry in entries],
        "turned": [_turned(entry) for entry in entries],
        "cost": [_cost(entry) for entry in entries],
        "accuracy": [
            _ends(figure) if figure.value is not None else None
            for figure in (entry.figure(PRIMARY) for entry in entries)
        ],
        "generators": [_by_generator(entry) for entry in entries],
        "levels": _levels(entries),
        "attacks": sorted({operation for entry in entries for operation in _attacked(entry)}),
        "edges": [round(edge, 6) for edge in EDGES],
        "bins": [_score_bins(entry, label, rows) for entry in entries],
        "reliability": [_reliability(entry) for entry in entries],
        "beats": ranking.beats.tolist(),
        "difference": np.round(ranking.difference, 4).tolist(),
        "ranked": [entry.slug for entry in ranking.order],
    }


def _severity(entry: Entry) -> dict[str, list[list[float | None]]]:
    """Balanced accuracy by operation: [severity, value, low, high], severity 0 being clean."""
    from fakevlm_bench.metrics.robustness import severities

    clean = entry.figure(PRIMARY)
    curves = {}
    for operation, by_severity in severities(entry.conditions).items():
        points = [(0.0, clean)] if min(by_severity) > 0 else []
        points += [
            (severity, entry.figure(f"{condition}/detection/balanced_accuracy"))
            for severity, condition in by_severity.items()
        ]
        curves[operation] = [[x, *_ends(f)] for x, f in points if f.value is not None]
    return curves


def _levels(entries: Sequence[Entry]) -> dict[str, list[list[Any]]]:
    """Describe the levels of each operation: [level, its name, its settings in words]."""
    from fakevlm_bench.metrics.robustness import severities

    conditions = list(dict.fromkeys(c for entry in entries for c in entry.conditions))
    return {
        operation: [
            [level, condition.rpartition(":")[2], describe_condition(condition).settings]
            for level, condition in by_level.items()
        ]
        for operation, by_level in severities(conditions).items()
    }


def _attacked(entry: Entry) -> Iterator[str]:
    """Name the operations that recorded what an attack spent."""
    for condition in entry.conditions:
        if f"{condition}/robustness/attack/distance" in entry.figures:
            yield condition.rpartition(":")[0]


def _ends(figure: Figure) -> list[float | None]:
    parts = (figure.value, figure.low, figure.high)
    return [None if part is None else round(part, 4) for part in parts]


def _turned(entry: Entry) -> list[list[Any]]:
    """Verdicts that a condition turns: [condition, direction, value, low, high]."""
    return [
        [condition, direction, *_ends(figure)]
        for condition in entry.conditions
        for direction in ("fake_to_real", "real_to_fake")
        for figure in [entry.figure(f"{condition}/robustness/success_{direction}")]
        if figure.value is not None
    ]


def _cost(entry: Entry) -> dict[str, float]:
    """Efficiency figures and the number of parameters, against which accuracy is drawn."""
    costs = {
        "/".join(path[1:]): round(figure.value, 6)
        for condition, path, figure in entry.named_figures
        if not condition and path[0] == "efficiency" and figure.value is not None
    }
    parameters = entry.submission.detector.parameters
    return costs | ({"parameters": float(parameters)} if parameters else {})


def _by_generator(entry: Entry) -> dict[str, list[float | None]]:
    """Share of each generator's images that are called right under clean."""
    recalls = {}
    for name, part in entry.result.conditions["clean"].section("by", "generator").items():
        side = "recall_fake" if part["n"]["fake"] else "recall_real"
        figure = part.section("detection").figure(side)
        if figure.value is not None:
            recalls[name] = _ends(figure)
    return recalls


def _reliability(entry: Entry) -> list[list[float]] | None:
    """Points of the reliability diagram: [mean score, share of fakes, n]."""
    points = entry.result.conditions["clean"]["reliability"]
    names = ("mean_score", "share_fake", "n")
    return [[round(point[name], 4) for name in names] for point in points] or None


def _score_bins(
    entry: Entry, fake: NDArray[np.bool_], rows: NDArray[Any]
) -> list[list[int]] | None:
    """Count clean scores between `EDGES`, of the real images and of the fakes in `rows`.

    The last count of each are images without a score, which are wrong at every threshold.
    """
    scores = entry.arrays()[1][entry.clean][rows]
    if not np.isfinite(scores).any():
        return None
    return [
        [*np.histogram(scores[of], EDGES)[0].tolist(), int(np.isnan(scores[of]).sum())]
        for of in (~fake[rows], fake[rows])
    ]
