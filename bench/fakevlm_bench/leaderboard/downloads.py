"""The same figures as files: CSV, JSON, Parquet, LaTeX; and a feed of changes (Atom)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from fakevlm_bench.leaderboard.columns import Column
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.ranking import Ranking
from fakevlm_bench.leaderboard.truth import folder_name
from fakevlm_bench.metrics import Settings
from fakevlm_bench.metrics.stats import describe_intervals
from fakevlm_bench.result import Document, Figure

_FIELDS = ("slug", "detector", "version", "track", "mark", "condition", "figure", "value", "low",
           "high", "n", "absent")  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@")
_LATEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"\\": "/", "~": "-", "^": " "})


def long_rows(entries: Sequence[Entry]) -> list[Document]:
    """Return one row for every entry and figure, with the columns of the downloads."""
    rows: list[Document] = []
    for entry in entries:
        submission = entry.submission
        for condition, path, figure in entry.named_figures:
            rows.append(
                {
                    "slug": entry.slug,
                    "detector": submission.detector.name,
                    "version": submission.detector.version,
                    "track": submission.track,
                    "mark": entry.mark,
                    "condition": condition or None,
                    "figure": "/".join(path),
                    "value": figure.value,
                    "low": figure.low,
                    "high": figure.high,
                    "n": figure.n,
                    "absent": figure.absent,
                }
            )
    return rows


def write_downloads(
    entries: Sequence[Entry], ranking: Ranking, columns: Sequence[Column], out: Path
) -> None:
    """Write ``results.csv``, ``.json``, ``.parquet`` and ``.tex`` of one task.

    Args:
        entries: In the table's order.
        ranking: Of the ranked ones.
        columns: Of the table; LaTeX has those that are shown at first.
        out: Folder.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = long_rows(entries)
    out.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: _plain_cell(value) for name, value in r.items()} for r in rows])
    (out / "results.csv").write_text(text.getvalue(), "utf-8")
    documents = [
        {"submission": e.submission.to_json(), "mark": e.mark, "result": e.result.to_json()}
        for e in entries
    ]
    (out / "results.json").write_text(json.dumps(documents, sort_keys=True), "utf-8")
    kinds = {"value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "n": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in _FIELDS])
    pq.write_table(pa.Table.from_pylist(rows, schema), out / "results.parquet", compression="zstd")
    (out / "results.tex").write_text(_latex(ranking, columns), "utf-8")


def _plain_cell(value: object) -> object:
    """Keep a stranger's text from becoming a spreadsheet's formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _latex(ranking: Ranking, columns: Sequence[Column]) -> str:
    first = [column for column in columns if column.on]
    heads = [f"{column.label} {column.group}".translate(_LATEX) for column in first]
    lines = [
        f"\\begin{{tabular}}{{rl{'r' * len(first)}}}",
        "\\toprule",
        " & ".join(["Rank", "Detector", *heads]) + " \\\\",
        "\\midrule",
    ]
    for index, entry in enumerate(ranking.order):
        name = entry.submission.detector.name.translate(_LATEX)
        cells = [_latex_cell(entry.figure(column.id)) for column in first]
        rank = f"{ranking.low[index]}--{ranking.high[index]}"
        lines.append(" & ".join([rank, name, *cells]) + " \\\\")
    beside = describe_intervals(Settings()).translate(_LATEX)
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", f"\\par {beside}", ""])


def _latex_cell(figure: Figure) -> str:
    return figure.text.replace("–", "--")


def write_feed(entries: Sequence[Entry], out: Path) -> None:
    """Write ``feed.xml``: entries, the newest first, dated by their runs.

    Args:
        entries: Of all tasks, earlier versions included.
        out: Folder of the site.
    """
    newest = sorted(entries, key=lambda e: (e.submission.run.date, e.task, e.slug))[::-1]
    feed = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    ElementTree.SubElement(feed, "title").text = "fakevlm-bench leaderboard"
    ElementTree.SubElement(feed, "id").text = "urn:fakevlm-bench:leaderboard"
    date = newest[0].submission.run.date if newest else "2026-01-01"
    ElementTree.SubElement(feed, "updated").text = f"{date}T00:00:00Z"
    for entry in newest[:200]:
        item = ElementTree.SubElement(feed, "entry")
        submission, detector = entry.submission, entry.submission.detector
        title = f"{detector.name} {detector.version} on {entry.task}: {entry.mark}"
        ElementTree.SubElement(item, "title").text = title
        ElementTree.SubElement(item, "id").text = f"urn:fakevlm-bench:{entry.task}:{entry.slug}"
        ElementTree.SubElement(item, "updated").text = f"{submission.run.date}T00:00:00Z"
        author = ElementTree.SubElement(item, "author")
        ElementTree.SubElement(author, "name").text = submission.submitter.name
        ElementTree.SubElement(
            item, "link", href=f"{folder_name(entry.task)}/detectors/{entry.slug}.html"
        )
        ElementTree.SubElement(item, "summary").text = "; ".join([*entry.notes, *entry.flags])
    ElementTree.indent(feed)
    text = ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)
    (out / "feed.xml").write_text(text + "\n", "utf-8")
