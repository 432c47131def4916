"""An audit's result as text, as a plot, and as files."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.audit.probes import MODELS
from fakevlm_bench.audit.warning_text import below
from fakevlm_bench.files import write_atomically
from fakevlm_bench.metrics.stats import Figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

ADVICE = (
    "Before quoting an accuracy on this task, decode both classes, bring them to one size, and "
    "encode them alike without metadata; a probe that still gets through is in the pictures."
)
CLEAN = "No probe gets through: no interval lies above 0.5."
UNJUDGED = "No interval lies above 0.5, but some lie below: that does not clear the data."
_COLOURS = {"linear": "#1f6f8b", "trees": "#b5541c"}


def as_text(result: dict[str, Any]) -> str:
    """Write the table of the probes, and the warnings under it."""
    rows = [
        (
            "  " + ("!" if found["through"] else " ") + f" {probe:<28}"
            + "".join(f"{cell(found[model]):<24}" for model in MODELS)
        ).rstrip()
        for probe, found in result["probes"].items()
    ]  # fmt: skip
    head = f"    {'AUROC':<28}" + "".join(f"{model:<24}" for model in MODELS)
    return "\n".join(
        [_counted(result), "", head.rstrip(), *rows, "", _intervals(result), *_verdict(result)]
    )


def cell(figure: Figure) -> str:
    """Write one figure."""
    if "value" not in figure:
        return f"— ({figure['absent']})"
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _counted(result: dict[str, Any]) -> str:
    counts = result["counts"]
    text = (
        f"{result['task']}: what tells {counts['fake']} fake from {counts['real']} real images "
        f"of {counts['groups']} photographs without looking"
    )
    if counts["unpaired"]:
        kinds = ", ".join(f"{count} {name}" for name, count in counts["unpaired"].items())
        text += f" (unpaired images are left out: {kinds})"
    return text


def _intervals(result: dict[str, Any]) -> str:
    return (
        "AUROC of small probes, cross-validated by photograph; all intervals together hold the "
        f"truth at {result['settings']['level']:.0%}."
    )


def _verdict(result: dict[str, Any]) -> list[str]:
    lines = [f"warning: {one}" for one in result["warnings"]]
    if any(found["through"] for found in result["probes"].values()):
        return [*lines, ADVICE]
    if any(below([found[model] for model in MODELS]) for found in result["probes"].values()):
        return [*lines, UNJUDGED]
    return [*lines, CLEAN]


def plot(result: dict[str, Any]) -> go.Figure:
    """Draw each probe's AUROC with its interval, chance as a line."""
    import plotly.graph_objects as go

    figure = go.Figure()
    probes = result["probes"]
    for offset, model in zip((-0.12, 0.12), MODELS, strict=True):
        shown = [i for i, found in enumerate(probes.values()) if "value" in found[model]]
        figures = [list(probes.values())[i][model] for i in shown]
        values = [one["value"] for one in figures]
        figure.add_scatter(
            x=values, y=[i + offset for i in shown], mode="markers", name=model,
            marker={"color": _COLOURS[model], "size": 9},
            error_x={
                "type": "data", "symmetric": False,
                "array": [one["high"] - one["value"] for one in figures],
                "arrayminus": [one["value"] - one["low"] for one in figures],
            },
            text=[cell(one) for one in figures],
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.add_vline(x=0.5, line={"color": "#666", "dash": "dash"})
    names = [f"<b>{name}</b>" if found["through"] else name for name, found in probes.items()]
    lowest = min((found[m].get("low", 0.5) for found in probes.values() for m in MODELS), default=0)
    figure.update_layout(
        template="plotly_white", height=420, margin={"l": 10, "r": 20, "t": 30, "b": 50},
        xaxis={"title": "AUROC (0.5 = knows nothing, 1 = tells every fake)",
               "range": [min(0.35, lowest - 0.02), 1.02]},
        yaxis={"tickvals": list(range(len(names))), "ticktext": names, "autorange": "reversed",
               "automargin": True, "zeroline": False},
        legend={"orientation": "h", "y": 1.1, "x": 0},
    )  # fmt: skip
    return figure


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


def as_page(result: dict[str, Any]) -> str:
    """Write a page with the plot, the table and the warnings; plotly.min.js lies beside it."""
    verdict = "\n".join(
        f'<p class="{"warning" if line.startswith("warning: ") else "verdict"}">'
        f"{html.escape(line.removeprefix('warning: '))}</p>"
        for line in _verdict(result)
    )
    rows = "\n".join(
        f"<tr><td>{'<b>' if found['through'] else ''}{html.escape(probe)}</td>"
        + "".join(f"<td>{html.escape(cell(found[model]))}</td>" for model in MODELS)
        + "</tr>"
        for probe, found in result["probes"].items()
    )
    drawn = plot(result).to_html(full_html=False, include_plotlyjs="directory")
    return _PAGE.format(
        task=html.escape(result["task"]), counted=html.escape(_counted(result)),
        intervals=html.escape(_intervals(result)), verdict=verdict,
        plot=drawn, heads="".join(f"<th>{model}</th>" for model in MODELS), rows=rows,
    )  # fmt: skip


def write_files(result: dict[str, Any], folder: Path) -> Path:
    """Write ``audit.json``, ``audit.html`` and plotly's script; give the page's path."""
    from plotly.offline import get_plotlyjs

    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / "audit.json", text.encode())
    write_atomically(folder / "plotly.min.js", get_plotlyjs().encode())
    page = folder / "audit.html"
    write_atomically(page, as_page(result).encode())
    return page
