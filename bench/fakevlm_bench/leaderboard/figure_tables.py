"""All figures of one entry, arranged for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.leaderboard.columns import describe
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.figures import split_name
from fakevlm_bench.metrics.definitions import DEFINITIONS

_ORDER = ("detection", "localization", "explanation", "robustness")
Figure = Mapping[str, Any]


@dataclass(frozen=True)
class FigureTable:
    """Figures of one family.

    Attributes:
        title: The family, in words.
        head: What the columns are: conditions, or one for all of them.
        rows: Name of a figure, and one figure for each column; None where there is none.
        shown: Whether it is there before a reader asks for it.
    """

    title: str
    head: list[str]
    rows: list[tuple[str, list[Figure | None]]]
    shown: bool


def figure_tables(entry: Entry) -> list[FigureTable]:
    """Arrange figures: one table per family with conditions as columns, and one of the rest.

    Rows without any value are left out: `absent_figures` says why.
    """
    families: dict[str, dict[str, dict[str, Figure]]] = {}
    rest: list[tuple[str, list[Figure | None]]] = []
    for name, figure in entry.figures.items():
        condition, tail = split_name(name, entry.conditions)
        if condition:
            family, _, last = tail.rpartition("/")
            families.setdefault(family or "coverage", {}).setdefault(last, {})[condition] = figure
        elif "value" in figure:
            *place, last = name.split("/")
            rest.append((" · ".join([*place, describe(last)]).replace("_", " "), [figure]))
    tables = [_table(entry, name, families[name]) for name in sorted(families, key=_place)]
    if rest:
        tables.insert(2, FigureTable("over all conditions", ["value"], rest, shown=True))
    return [table for table in tables if table.rows]


def _place(family: str) -> tuple[bool, int, str]:
    first = family.partition("/")[0]
    return "floors" in family, _ORDER.index(first) if first in _ORDER else len(_ORDER), family


def _table(entry: Entry, family: str, rows: Mapping[str, Mapping[str, Figure]]) -> FigureTable:
    return FigureTable(
        family.replace("/", ", "),
        entry.conditions,
        [
            (describe(name), [row.get(condition) for condition in entry.conditions])
            for name, row in rows.items()
            if any("value" in figure for figure in row.values())
        ],
        shown="floors" not in family,
    )


def meanings(entry: Entry) -> list[tuple[str, str]]:
    """Give the figures that the entry has, each with its formula in words, by name."""
    names = {name.rpartition("/")[2] for name, figure in entry.figures.items() if "value" in figure}
    known = {describe(name): DEFINITIONS[name].formula for name in names if name in DEFINITIONS}
    return sorted(known.items(), key=lambda pair: pair[0].lower())


def absent_figures(entry: Entry) -> list[tuple[str, list[str]]]:
    """Give the figures that could not be computed, by reason, the commonest reason first."""
    found: dict[str, dict[str, None]] = {}
    for name, figure in entry.figures.items():
        if "absent" in figure:
            last = describe(name.rpartition("/")[2])
            found.setdefault(str(figure["absent"]), {})[last] = None
    return sorted(((why, [*names]) for why, names in found.items()), key=lambda p: -len(p[1]))
