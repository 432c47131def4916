"""All figures of one entry, arranged for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fakevlm_bench.leaderboard.columns import describe
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.metrics.definitions import DEFINITIONS
from fakevlm_bench.result import Figure

_ORDER = ("detection", "localization", "explanation", "robustness")


@dataclass(frozen=True)
class FigureTable:
    """Figures of one family.

    Attributes:
        title: The family, in words.
        head: What the columns are: conditions, or one for all of them.
        rows: Name of a figure, and one figure for each column; None where there is none.
        open: Whether it is unfolded at first.
    """

    title: str
    head: list[str]
    rows: list[tuple[str, list[Figure | None]]]
    open: bool


def figure_tables(entry: Entry) -> list[FigureTable]:
    """Arrange figures: one table per family with conditions as columns, and one of the rest.

    Rows without any value are left out: `absent_figures` says why.
    """
    families: dict[str, dict[str, dict[str, Figure]]] = {}
    rest: list[tuple[str, list[Figure | None]]] = []
    for condition, (*place, last), figure in entry.named_figures:
        if condition:
            family = families.setdefault("/".join(place) or "coverage", {})
            family.setdefault(last, {})[condition] = figure
        elif figure.value is not None:
            rest.append((" · ".join([*place, describe(last)]).replace("_", " "), [figure]))
    tables = [_table(entry, name, families[name]) for name in sorted(families, key=_place)]
    if rest:
        tables.insert(2, FigureTable("over all conditions", ["value"], rest, open=True))
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
            if any(figure.value is not None for figure in row.values())
        ],
        open="floors" not in family,
    )


def meanings(entry: Entry) -> list[tuple[str, str]]:
    """Return the figures that the entry has, each with its formula in words, by name."""
    names = {one.path[-1] for one in entry.named_figures if one.figure.value is not None}
    formulas = {describe(n): DEFINITIONS[n].formula for n in names if n in DEFINITIONS}
    return sorted(formulas.items(), key=lambda pair: pair[0].lower())


def absent_figures(entry: Entry) -> list[tuple[str, list[str]]]:
    """Return the figures that could not be computed, by reason, the commonest reason first."""
    names: dict[str, dict[str, None]] = {}
    for one in entry.named_figures:
        if one.figure.absent is not None:
            names.setdefault(one.figure.absent, {})[describe(one.path[-1])] = None
    return sorted(((why, [*of]) for why, of in names.items()), key=lambda pair: -len(pair[1]))
