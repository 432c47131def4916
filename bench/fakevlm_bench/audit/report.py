"""An audit's result as text, as a plot, and as files."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fakevlm_bench.audit.probes import MODELS
from fakevlm_bench.audit.warning_text import below, leaks
from fakevlm_bench.files import write_atomically
from fakevlm_bench.result import Document, Figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

ADVICE = (
    "Before quoting an accuracy on this task, decode both classes, bring them to one size, and "
    "encode them alike without metadata; a probe that still gets through is in the pictures."
)
CLEAN = "No probe gets through: no interval lies above 0.5."
UNJUDGED = "No interval lies above 0.5, but some lie below: that does not clear the data."
_COLOURS = {"linear": "#1f6f8b", "trees": "#b5541c"}


def as_text(result: Document) -> str:
    """Return the table of the probes, and the warnings under it."""
    rows = [
        (
            "  " + ("!" if leaks(figures) else " ") + f" {probe:<28}"
            + "".join(f"{cell(figure):<24}" for figure in figures.values())
        ).rstrip()
        for probe, figures in probe_figures(result).items()
    ]  # fmt: skip
    head = f"    {'AUROC':<28}" + "".join(f"{model:<24}" for model in MODELS)
    return "\n".join(
        [_counted(result), "", head.rstrip(), *rows, "", _intervals(result), *_verdict(result)]
    )


def probe_figures(result: Document) -> dict[str, dict[str, Figure]]:
    """Read the AUROC of each probe's models."""
    return {
        probe: {model: Figure.from_json(figures[model]) for model in MODELS}
        for probe, figures in result["probes"].items()
    }


def is_clear(result: Document) -> bool:
    """Whether no probe gets through and none is below chance."""
    return not any(leaks(one) or below(one) for one in probe_figures(result).values())


def cell(figure: Figure) -> str:
    """Return one figure as text, an absent one with its reason."""
    return figure.text if figure.absent is None else f"— ({figure.absent})"


def _counted(result: Document) -> str:
    counts = result["counts"]
    text = (
        f"{result['task']}: what separates {counts['fake']} fake from {counts['real']} real images "
        f"of {counts['groups']} photographs without looking"
    )
    if counts["unpaired"]:
        kinds = ", ".join(f"{count} {name}" for name, count in counts["unpaired"].items())
        text += f" (unpaired images are left out: {kinds})"
    return text


def _intervals(result: Document) -> str:
    return (
        "AUROC of small probes, cross-validated by photograph; all intervals together hold the "
        f"truth at {result['settings']['level']:.0%}."
    )


def _verdict(result: Document) -> list[str]:
    lines = [f"warning: {one}" for one in result["warnings"]]
    figures = probe_figures(result).values()
    if any(map(leaks, figures)):
        return [*lines, ADVICE]
    return [*lines, UNJUDGED if any(map(below, figures)) else CLEAN]


def plot(result: Document) -> go.Figure:
    """Draw each probe's AUROC with its interval, chance as a line."""
    import plotly.graph_objects as go

    chart = go.Figure()
    probes = probe_figures(result)
    for offset, model in zip((-0.12, 0.12), MODELS, strict=True):
        points = [(i + offset, probe[model]) for i, probe in enumerate(probes.values())]
        _add_points(chart, model, [(y, one) for y, one in points if one.value is not None])
    chart.add_vline(x=0.5, line={"color": "#666", "dash": "dash"})
    names = [f"<b>{name}</b>" if leaks(one) else name for name, one in probes.items()]
    figures = [figure for probe in probes.values() for figure in probe.values()]
    lowest = min((0.5 if one.low is None else one.low for one in figures), default=0.0)
    chart.update_layout(
        template="plotly_white", height=420, margin={"l": 10, "r": 20, "t": 30, "b": 50},
        xaxis={"title": "AUROC (0.5 is chance, 1 finds every fake)",
               "range": [min(0.35, lowest - 0.02), 1.02]},
        yaxis={"tickvals": list(range(len(names))), "ticktext": names, "autorange": "reversed",
               "automargin": True, "zeroline": False},
        legend={"orientation": "h", "y": 1.1, "x": 0},
    )  # fmt: skip
    return chart


def _add_points(chart: go.Figure, model: str, points: list[tuple[float, Figure]]) -> None:
    figures = [figure for _, figure in points]
    lows = np.array([figure.ends[0] for figure in figures], np.float64)
    highs = np.array([figure.ends[1] for figure in figures], np.float64)
    values = np.array([figure.value for figure in figures], np.float64)
    chart.add_scatter(
        x=values.tolist(), y=[y for y, _ in points], mode="markers", name=model,
        marker={"color": _COLOURS[model], "size": 9},
        error_x={
            "type": "data", "symmetric": False,
            "array": (highs - values).tolist(), "arrayminus": (values - lows).tolist(),
        },
        text=[cell(figure) for figure in figures],
        hovertemplate="%{text}<extra>%{fullData.name}</extra>",
    )  # fmt: skip


_PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shortcut audit of {task}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: .25rem 1.5rem .25rem 0; border-bottom: 1px solid #ddd; }}
.warning {{ border-left: 4px solid #b5541c; padding-left: .75rem; }}
</style></head><body>
<h1>Shortcut audit of {task}</h1>
<p>{counted}. {intervals}</p>
{verdict}
{plot}
<table><tr><th>probe</th>{heads}</tr>
{rows}
</table>
</body></html>
"""


def as_page(result: Document) -> str:
    """Return a page with the plot, the table and the warnings; plotly.min.js lies beside it."""
    verdict = "\n".join(
        f'<p class="{"warning" if line.startswith("warning: ") else "verdict"}">'
        f"{html.escape(line.removeprefix('warning: '))}</p>"
        for line in _verdict(result)
    )
    rows = "\n".join(
        f"<tr><td>{'<b>' if leaks(figures) else ''}{html.escape(probe)}</td>"
        + "".join(f"<td>{html.escape(cell(figure))}</td>" for figure in figures.values())
        + "</tr>"
        for probe, figures in probe_figures(result).items()
    )
    chart = plot(result).to_html(full_html=False, include_plotlyjs="directory")
    return _PAGE.format(
        task=html.escape(result["task"]), counted=html.escape(_counted(result)),
        intervals=html.escape(_intervals(result)), verdict=verdict,
        plot=chart, heads="".join(f"<th>{model}</th>" for model in MODELS), rows=rows,
    )  # fmt: skip


def write_files(result: Document, folder: Path) -> Path:
    """Write ``audit.json``, ``audit.html`` and plotly's script.

    Args:
        result: What `audit` returned.
        folder: Where the files go.

    Returns:
        The page's path.
    """
    from plotly.offline import get_plotlyjs

    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / "audit.json", text.encode())
    write_atomically(folder / "plotly.min.js", get_plotlyjs().encode())
    page = folder / "audit.html"
    write_atomically(page, as_page(result).encode())
    return page
