"""The same figures as files: CSV, JSON, Parquet, LaTeX; and a feed of changes (Atom)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from fakevlm_bench.leaderboard.columns import Column
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.figures import split_name
from fakevlm_bench.leaderboard.ranking import Standing
from fakevlm_bench.leaderboard.truth import folder_name
from fakevlm_bench.metrics import Settings
from fakevlm_bench.metrics.stats import describe_intervals

_FIELDS = ("slug", "detector", "version", "track", "mark", "condition", "figure", "value", "low",
           "high", "n", "absent")  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@")
_LATEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"\\": "/", "~": "-", "^": " "})


def long_rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Give one row for every entry and figure."""
    rows = []
    for entry in entries:
        detector = entry.document["detector"]
        for name, figure in entry.figures.items():
            condition, rest = split_name(name, entry.conditions)
            rows.append(
                {
                    "slug": entry.slug,
                    "detector": detector["name"],
                    "version": detector["version"],
                    "track": entry.document["track"],
                    "mark": entry.mark,
                    "condition": condition or None,
                    "figure": rest,
                    **{part: figure.get(part) for part in ("value", "low", "high", "n", "absent")},
                }
            )
    return rows


def write_downloads(
    entries: Sequence[Entry], standing: Standing, columns: Sequence[Column], out: Path
) -> None:
    """Write ``results.csv``, ``.json``, ``.parquet`` and ``.tex`` of one task."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = long_rows(entries)
    out.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: _plain_cell(value) for name, value in r.items()} for r in rows])
    (out / "results.csv").write_text(text.getvalue(), "utf-8")
    documents = [{"submission": e.document, "mark": e.mark, "result": e.result} for e in entries]
    (out / "results.json").write_text(json.dumps(documents, sort_keys=True), "utf-8")
    kinds = {"value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "n": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in _FIELDS])
    pq.write_table(pa.Table.from_pylist(rows, schema), out / "results.parquet", compression="zstd")
    (out / "results.tex").write_text(_latex(standing, columns), "utf-8")


def _plain_cell(value: Any) -> Any:
    """Keep a stranger's text from becoming a spreadsheet's formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _latex(standing: Standing, columns: Sequence[Column]) -> str:
    shown = [column for column in columns if column.shown]
    lines = [
        f"\\begin{{tabular}}{{rl{'r' * len(shown)}}}",
        "\\toprule",
        " & ".join(["Rank", "Detector", *(f"{c.label} {c.group}".translate(_LATEX) for c in shown)])
        + " \\\\",
        "\\midrule",
    ]
    for index, entry in enumerate(standing.order):
        name = str(entry.document["detector"]["name"]).translate(_LATEX)
        cells = [_latex_cell(entry.figures.get(column.id, {})) for column in shown]
        rank = f"{standing.low[index]}--{standing.high[index]}"
        lines.append(" & ".join([rank, name, *cells]) + " \\\\")
    beside = describe_intervals(Settings()).translate(_LATEX)
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", f"\\par {beside}", ""])


def _latex_cell(figure: dict[str, Any]) -> str:
    if "value" not in figure:
        return "--"
    if figure.get("low") is None:
        return f"{figure['value']:.3f}" + " [--]" * ("no_interval" in figure)
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def write_feed(entries: Sequence[Entry], out: Path) -> None:
    """Write ``feed.xml``: entries, the newest first, dated by their runs."""
    newest = sorted(entries, key=lambda e: (e.document["run"]["date"], e.task, e.slug))[::-1]
    feed = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    ElementTree.SubElement(feed, "title").text = "fakevlm-bench leaderboard"
    ElementTree.SubElement(feed, "id").text = "urn:fakevlm-bench:leaderboard"
    date = newest[0].document["run"]["date"] if newest else "2026-01-01"
    ElementTree.SubElement(feed, "updated").text = f"{date}T00:00:00Z"
    for entry in newest[:200]:
        item = ElementTree.SubElement(feed, "entry")
        detector = entry.document["detector"]
        title = f"{detector['name']} {detector['version']} on {entry.task}: {entry.mark}"
        ElementTree.SubElement(item, "title").text = title
        ElementTree.SubElement(item, "id").text = f"urn:fakevlm-bench:{entry.task}:{entry.slug}"
        ElementTree.SubElement(item, "updated").text = f"{entry.document['run']['date']}T00:00:00Z"
        author = ElementTree.SubElement(item, "author")
        ElementTree.SubElement(author, "name").text = entry.document["submitter"]["name"]
        ElementTree.SubElement(
            item, "link", href=f"{folder_name(entry.task)}/detectors/{entry.slug}.html"
        )
        ElementTree.SubElement(item, "summary").text = "; ".join([*entry.notes, *entry.flags])
    ElementTree.indent(feed)
    text = ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)
    (out / "feed.xml").write_text(text + "\n", "utf-8")
