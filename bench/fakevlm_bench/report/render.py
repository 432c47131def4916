"""Results to look at: tables in six formats, and who beats whom as a matrix."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakevlm_bench.errors import unknown_name
from fakevlm_bench.report.rows import flags, interval, rows, wrapped
from fakevlm_bench.report.terminal import as_text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

FORMATS = ("text", "csv", "json", "latex", "markdown", "html")


def render(result: Mapping[str, Any], form: str = "text") -> str:
    """Write a result in one of `FORMATS`.

    Raises:
        ConfigError: There is no such format.
    """
    if form not in FORMATS:
        raise unknown_name("format", form, FORMATS)
    if form == "text":
        return as_text(result)
    if form == "json":
        return json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    table = frame(result)
    if form == "csv":
        return table.to_csv(index=False)
    shown = table.assign(value=[interval(row.figure) for row in rows(result)])
    shown = shown.drop(columns=["low", "high"]).astype(object)
    shown = shown.where(shown.notna(), "")
    beside = result.get("intervals", "")
    if form == "html":
        return shown.to_html(index=False, border=0) + f"\n<p>{beside}</p>\n" * bool(beside)
    if form == "latex":
        caption = beside.replace("%", r"\%") or None
        return shown.to_latex(index=False, escape=True, longtable=True, caption=caption)
    lines = [list(shown.columns), ["---"] * shown.shape[1], *shown.astype(str).to_numpy().tolist()]
    table_text = "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines)
    return f"{table_text}\n" + f"\n{beside}\n" * bool(beside)


def frame(result: Mapping[str, Any]) -> pd.DataFrame:
    """Lay a result out flat: one row for each figure.

    Returns:
        Columns ``figure`` (its path, such as ``clean/detection/auroc``), ``value``,
        ``low``, ``high``, ``n``, ``coverage`` (of its condition), ``absent`` (the reason)
        and ``flags`` (names of the signs of false robustness, where there are any).
    """
    import pandas as pd

    keys = ("value", "low", "high", "n", "coverage", "absent")
    doubts = flags(result)
    flat = [
        {
            "figure": "/".join(_short(row.path)),
            **{key: row.figure.get(key) for key in keys},
            "coverage": _coverage(result, row.path),
            "flags": "; ".join(_doubts_on(row.path, doubts)) or None,
        }
        for row in rows(result)
    ]
    table = pd.DataFrame(flat, columns=["figure", *keys, "flags"])
    return table.astype({"n": "Int64"})


def _coverage(result: Mapping[str, Any], path: tuple[str, ...]) -> float | None:
    """Give the share of understood answers under a figure's condition."""
    if path[0] != "conditions":
        return None
    return float(result["conditions"][path[1]]["coverage"]["share"])


def _doubts_on(path: tuple[str, ...], doubts: Mapping[str, list[str]]) -> list[str]:
    """Give the flags on a figure: those of its condition, or of all where it is the worst case."""
    if path[:2] == ("robustness", "worst_case"):
        return sorted({name for names in doubts.values() for name in names})
    if path[0] == "robustness":
        path = path[1:]
    return doubts.get(path[1], []) if path[0] == "conditions" else []


def _short(path: tuple[str, ...]) -> tuple[str, ...]:
    return path[1:] if path[0] == "conditions" else path


def comparison_text(comparison: pd.DataFrame) -> str:
    """Write a comparison (`metrics.compare`) for a terminal: tie groups, then pairs."""
    attrs = comparison.attrs
    lines = [f"{attrs['metric']} on {attrs['samples']}", *wrapped(attrs["intervals"]), ""]
    lines += [f"  {row['group']:>2}  {row['name']:<40} {interval(row)}" for row in attrs["ranking"]]
    lines += ["", "  differences; p after Holm"]
    for row in comparison.to_dict("records"):
        found = interval(_difference(row))
        pair = textwrap.shorten(f"{row['a']} − {row['b']}", 48, placeholder="…")
        lines.append(f"    {pair:<48} {found:<26} p {row['p_holm']:.4f}")
    return "\n".join(lines)


def _difference(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Give a pair's difference as a figure; a table has NaN where there is no interval."""
    figure = {"value": row["difference"], "low": row["low"], "high": row["high"]}
    if figure["low"] is None or figure["low"] != figure["low"]:
        return {"value": figure["value"], "low": None, "high": None, "no_interval": ""}
    return figure


def comparison_matrix(comparison: pd.DataFrame) -> go.Figure:
    """Draw who beats whom: row minus column, in colour and bold where it is significant."""
    import numpy as np
    import plotly.graph_objects as go

    from fakevlm_bench.metrics.comparison import matrix

    names, differences, sure = matrix(comparison)
    most = float(abs(differences).max()) or 1.0
    heat = go.Heatmap(
        z=np.where(sure, differences, 0), customdata=differences, x=names, y=names,
        text=_words(differences, sure), texttemplate="%{text}", colorscale="RdBu",
        zmin=-most, zmax=most, xgap=2, ygap=2, colorbar={"title": "difference"},
        hovertemplate="%{y} − %{x}: %{customdata:+.4f}<extra></extra>",
    )  # fmt: skip
    figure = go.Figure(heat)
    told = f"row minus column; coloured and bold where significant, {comparison.attrs['samples']}"
    figure.update_layout(
        title={"text": f"{comparison.attrs['metric']}: who beats whom", "subtitle": {"text": told}},
        xaxis={"side": "top", "showgrid": False, "automargin": True},
        yaxis={"autorange": "reversed", "showgrid": False, "automargin": True},
        template="plotly_white", margin={"t": 140},
    )  # fmt: skip
    return figure


def _words(differences: NDArray[Any], sure: NDArray[Any]) -> list[list[str]]:
    """Write the cells of the matrix, the diagonal empty."""
    words = [
        [f"{value if abs(value) >= 5e-4 else 0.0:+.3f}".replace("-", "−") for value in line]
        for line in differences
    ]
    for i, line in enumerate(words):
        line[i] = ""
        words[i] = [f"<b>{w}</b>" if sure[i, j] else w for j, w in enumerate(line)]
    return words
