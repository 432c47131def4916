"""The report's plotly figures. Colours stand on light and dark paper alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench.metrics.robustness import CLEAN, MILDER_UPWARDS
from fakevlm_bench.report.gather import Findings
from fakevlm_bench.report.rows import interval

if TYPE_CHECKING:
    import plotly.graph_objects as go

FAKE, REAL, BOTH, QUIET = "#d0602c", "#3f84c8", "#2a9484", "#8a8f94"
PARTS = (
    ("verdict_fell", "verdict", BOTH),
    ("explanation_fell", "explanation", "#9a6fc0"),
    ("localization_fell", "localisation", "#b58a22"),
    ("all_fell", "all three", FAKE),
)
ROW = 24
"""Height of a condition's row, in pixels."""


def _figure(height: int, **layout: Any) -> go.Figure:
    import plotly.graph_objects as go

    axis = {"automargin": True, "zeroline": False, "fixedrange": True}
    figure = go.Figure()
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)", xaxis=axis, yaxis=axis, hovermode="closest",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        dragmode=False, template="none",
    )  # fmt: skip
    figure.update_layout(**layout)
    return figure


def _series(found: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Any], list[Any]]:
    """Give values and the bounds of their intervals, None where absent."""
    values = [one.get("value") for one in found]
    low, high = (
        [one.get(end) if one.get(end) is not None else one.get("value") for one in found]
        for end in ("low", "high")
    )
    return values, low, high


def _band(figure: go.Figure, x: Sequence[float], low: Sequence[Any], high: Sequence[Any]) -> None:
    kept = [(a, b, c) for a, b, c in zip(x, low, high, strict=True) if b is not None]
    if len(kept) > 1:
        across = [a for a, _, _ in kept]
        figure.add_scatter(
            x=[*across, *across[::-1]],
            y=[*(c for _, _, c in kept), *(b for _, b, _ in kept[::-1])],
            fill="toself", fillcolor="rgba(42,148,132,.22)", line={"width": 0},
            hoverinfo="skip", showlegend=False, mode="lines",
        )  # fmt: skip


def curve(findings: Findings, name: str) -> go.Figure:
    """Draw accuracy over the level of one corruption, from clean on, with its interval.

    Levels stand at equal distances; those that say how much is left run downwards, so that
    every curve starts at the clean image and grows harsher to the right.
    """
    by = findings.families.get(name) or findings.budgets[name]
    levels = sorted(by, reverse=name.endswith(MILDER_UPWARDS))
    ids = [CLEAN, *(by[level] for level in levels)]
    ticks = ["clean", *(one.rpartition(":")[2] for one in ids[1:])]
    x = list(range(len(ids)))
    figure = _figure(190, showlegend=False)
    for key, word, colour, width in (
        ("recall_fake", "recall of fakes", FAKE, 1.2),
        ("recall_real", "recall of real images", REAL, 1.2),
        ("balanced_accuracy", "balanced accuracy", BOTH, 2.6),
    ):
        given = [findings.figure(c, "detection", key) for c in ids]
        values, low, high = _series(given)
        if key == "balanced_accuracy":
            _band(figure, x, low, high)
        figure.add_scatter(
            x=x, y=values, name=word, mode="lines+markers", customdata=[*map(interval, given)],
            line={"color": colour, "width": width, "dash": "solid" if width > 2 else "dot"},
            marker={"size": 6 if width > 2 else 4},
            hovertemplate=f"{word} %{{customdata}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(tickvals=x, ticktext=ticks, title=findings.axis(name))
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".1f")
    return figure


def success(findings: Findings, name: str) -> go.Figure:
    """Draw the success of an attack over its budget, both directions apart, with intervals."""
    by = findings.budgets[name]
    figure = _figure(210, showlegend=False)
    x = list(range(len(by)))
    for key, word, colour in (
        ("success_fake_to_real", "fake → real", FAKE),
        ("success_real_to_fake", "real → fake", REAL),
    ):
        values, low, high = _series([findings.figure(c, key) for c in by.values()])
        figure.add_scatter(
            x=x, y=values, name=word, mode="lines+markers", line={"color": colour, "width": 2},
            marker={"size": 8}, hovertemplate=f"{word} %{{y:.3f}}<extra></extra>",
            error_y={"type": "data", "symmetric": False, "thickness": 1, "width": 4,
                     "array": _gap(high, values), "arrayminus": _gap(values, low)},
        )  # fmt: skip
    ticks = [findings.shown(one).replace(f"{name}:", "") for one in by.values()]
    figure.update_xaxes(tickvals=x, ticktext=ticks, title=findings.axis(name),
                        range=[-0.4, max(len(by) - 0.6, 0.4)])  # fmt: skip
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".1f")
    return figure


def _gap(upper: Sequence[Any], lower: Sequence[Any]) -> list[float]:
    return [
        0.0 if a is None or b is None else max(a - b, 0.0)
        for a, b in zip(upper, lower, strict=True)
    ]


def queries(findings: Findings, condition: str) -> go.Figure | None:
    """Draw the success of one attack over the queries spent on an image; None without any."""
    record = findings.robustness["conditions"][condition]["attack"]
    curves = record.get("success_over_queries", {})
    if not any(len(points) > 1 for points in curves.values()):
        return None
    figure = _figure(210, showlegend=False)
    for (side, points), colour in zip(curves.items(), (FAKE, REAL), strict=True):
        word = side.replace("_to_", " → ")
        figure.add_scatter(
            x=[0, *(point["queries"] for point in points)],
            y=[0, *(point["success"] for point in points)],
            name=word, mode="lines", line={"color": colour, "width": 2, "shape": "hv"},
            hovertemplate=f"{word} %{{y:.3f}} within %{{x:.0f}} queries<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="queries spent on an image", rangemode="tozero")
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".1f")
    return figure


def dots(
    findings: Findings,
    series: Sequence[tuple[str, tuple[str, ...], str]],
    *,
    among: Sequence[str] | None = None,
) -> go.Figure | None:
    """Draw figures of every condition as dots with intervals, one row for a condition.

    Args:
        findings: The run.
        series: Name, path and colour of each figure.
        among: Conditions to draw, all by default.

    Returns:
        None where no condition has any of them.
    """
    ids = findings.conditions if among is None else among
    known = {
        path: [c for c in ids if "value" in findings.figure(c, *path)] for _, path, _ in series
    }
    series = [one for one in series if known[one[1]]]
    given = [c for c in ids if any(c in known[path] for _, path, _ in series)]
    if not given:
        return None
    figure = _figure(70 + ROW * len(given))
    spread = np.linspace(-0.2, 0.2, len(series)) if len(series) > 1 else [0.0]
    for (word, path, colour), shift in zip(series, spread, strict=True):
        values, low, high = _series([findings.figure(c, *path) for c in given])
        figure.add_scatter(
            x=values, y=[k + float(shift) for k in range(len(given))], name=word, mode="markers",
            marker={"color": colour, "size": 8}, customdata=given,
            hovertemplate=f"%{{customdata}}: {word} %{{x:.3f}}<extra></extra>",
            error_x={"type": "data", "symmetric": False, "thickness": 1.2, "width": 0,
                     "array": _gap(high, values), "arrayminus": _gap(values, low)},
        )  # fmt: skip
    figure.update_xaxes(range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], side="top")
    figure.update_yaxes(
        tickvals=list(range(len(given))), ticktext=[findings.shown(c) for c in given],
        range=[len(given) - 0.4, -0.6],
    )  # fmt: skip
    figure.update_layout(legend={"y": 0, "yanchor": "top"})
    return figure


def survival(findings: Findings) -> go.Figure:
    """Draw how many images are right under how many conditions, both classes apart."""
    right = findings.right
    survived = right.sum(axis=1).to_numpy()
    fake = findings.labels.reindex(right.index).to_numpy() == 1
    axis = list(range(right.shape[1] + 1))
    figure = _figure(240, barmode="stack", bargap=0.15)
    for rows, word, colour in ((fake, "fake", FAKE), (~fake, "real", REAL)):
        counts = np.bincount(survived[rows], minlength=len(axis))
        figure.add_bar(
            x=axis, y=counts.tolist(), name=word, marker={"color": colour},
            hovertemplate=f"%{{y}} {word} images right under %{{x}} conditions<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title=f"conditions, of {right.shape[1]}, under which an image is right")
    figure.update_yaxes(title="images")
    return figure


def corruption_errors(findings: Findings, baseline: Mapping[str, float]) -> go.Figure:
    """Draw each corruption's error over the baseline's, 1 where both err as much."""
    names = findings.robustness["mce"]["corruptions"]
    ratios = []
    for name in names:
        ids = list(findings.families[name].values())
        mine = sum(1 - findings.figure(c, "detection", "balanced_accuracy")["value"] for c in ids)
        ratios.append(mine / max(sum(1 - baseline[c] for c in ids), 1e-12))
    figure = _figure(60 + ROW * len(names), showlegend=False)
    figure.add_bar(
        x=ratios, y=names, orientation="h", marker={"color": BOTH},
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=1, line={"color": QUIET, "dash": "dash", "width": 1})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(rangemode="tozero", title="error over the baseline's")
    return figure
