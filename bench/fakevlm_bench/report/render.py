"""Results to look at: tables in six formats, and who beats whom as a matrix."""

from __future__ import annotations

import json
import math
import textwrap
from typing import TYPE_CHECKING, Any

from fakevlm_bench.errors import unknown_name
from fakevlm_bench.report.layout import flag_names, ordered_figures, wrapped
from fakevlm_bench.report.terminal import as_text
from fakevlm_bench.result import Figure, Result

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

FORMATS = ("text", "csv", "json", "latex", "markdown", "html")


def render(result: Result, form: str = "text") -> str:
    """Write a result in one of `FORMATS`.

    Args:
        result: Of a scored run.
        form: The format.

    Raises:
        ConfigError: There is no such format.
    """
    if form not in FORMATS:
        raise unknown_name("format", form, FORMATS)
    if form == "text":
        return as_text(result)
    if form == "json":
        return json.dumps(result.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    if form == "csv":
        return frame(result).to_csv(index=False)
    table = frame(result).assign(value=[one.figure.text for one in ordered_figures(result)])
    table = table.drop(columns=["low", "high"]).astype(object)
    table = table.where(table.notna(), "")
    beside = result.intervals
    if form == "html":
        return table.to_html(index=False, border=0) + f"\n<p>{beside}</p>\n" * bool(beside)
    if form == "latex":
        caption = beside.replace("%", r"\%") or None
        return table.to_latex(index=False, escape=True, longtable=True, caption=caption)
    lines = [list(table.columns), ["---"] * table.shape[1], *table.astype(str).to_numpy().tolist()]
    text = "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines)
    return f"{text}\n" + f"\n{beside}\n" * bool(beside)


def frame(result: Result) -> pd.DataFrame:
    """Lay a result out flat: one row for each figure.

    Returns:
        Columns ``figure`` (its name, such as ``clean/detection/auroc``), ``value``,
        ``low``, ``high``, ``n``, ``coverage`` (of its condition), ``absent`` (the reason)
        and ``flags`` (names of the signs of false robustness, where there are any).
    """
    import pandas as pd

    rows = [
        {
            "figure": one.name,
            "value": one.figure.value,
            "low": one.figure.low,
            "high": one.figure.high,
            "n": one.figure.n,
            "coverage": result.coverage(one.condition).value if one.condition else None,
            "absent": one.figure.absent,
            "flags": "; ".join(flag_names(result, one)) or None,
        }
        for one in ordered_figures(result)
    ]
    columns = ["figure", "value", "low", "high", "n", "coverage", "absent", "flags"]
    return pd.DataFrame(rows, columns=columns).astype({"n": "Int64"})


def comparison_text(comparison: pd.DataFrame) -> str:
    """Write a comparison (`metrics.compare`) for a terminal: tie groups, then pairs."""
    attrs = comparison.attrs
    lines = [f"{attrs['metric']} on {attrs['samples']}", *wrapped(attrs["intervals"]), ""]
    lines += [
        f"  {row['group']:>2}  {row['name']:<40} {Figure.from_json(row)}"
        for row in attrs["ranking"]
    ]
    lines += ["", "  differences; p after Holm"]
    for row in comparison.to_dict("records"):
        difference = _difference(row["difference"], row["low"], row["high"])
        pair = textwrap.shorten(f"{row['a']} − {row['b']}", 48, placeholder="…")
        lines.append(f"    {pair:<48} {difference.text:<26} p {row['p_holm']:.4f}")
    return "\n".join(lines)


def _difference(value: float, low: float | None, high: float | None) -> Figure:
    """Read a pair's difference as a figure; a table has NaN where there is no interval."""
    if low is None or math.isnan(low):
        return Figure(value=value, no_interval="")
    return Figure(value=value, low=low, high=high)


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
    subtitle = (
        f"row minus column; coloured and bold where significant, {comparison.attrs['samples']}"
    )
    title = f"{comparison.attrs['metric']}: who beats whom"
    figure.update_layout(
        title={"text": title, "subtitle": {"text": subtitle}},
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
