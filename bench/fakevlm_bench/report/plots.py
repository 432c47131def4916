"""The report's plotly figures. Colours stand on light and dark paper alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fakevlm_bench.metrics.robustness import MILDER_UPWARDS
from fakevlm_bench.report.gather import Findings
from fakevlm_bench.result import CLEAN, Figure

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


class Series(NamedTuple):
    """One figure to draw for every condition.

    Attributes:
        word: Its name on the page.
        path: As `Findings.figure` takes it.
        colour: Of its dots.
    """

    word: str
    path: tuple[str, ...]
    colour: str


class _Points(NamedTuple):
    """Values and the ends of their intervals, None where absent."""

    value: list[float | None]
    low: list[float | None]
    high: list[float | None]

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> _Points:
        figures = list(figures)
        low, high = zip(*(figure.ends for figure in figures), strict=True)
        return cls([figure.value for figure in figures], list(low), list(high))

    def error_bars(self) -> dict[str, Any]:
        """Return plotly's error bars of the intervals."""
        above = [_gap(high, value) for high, value in zip(self.high, self.value, strict=True)]
        below = [_gap(value, low) for value, low in zip(self.value, self.low, strict=True)]
        return {"type": "data", "symmetric": False, "array": above, "arrayminus": below}


def _gap(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else max(upper - lower, 0.0)


def _draw_band(figure: go.Figure, x: Sequence[float], points: _Points) -> None:
    ends = zip(x, points.low, points.high, strict=True)
    band = [(place, low, high) for place, low, high in ends if low is not None]
    if len(band) > 1:
        across = [place for place, _, _ in band]
        figure.add_scatter(
            x=[*across, *across[::-1]],
            y=[*(high for _, _, high in band), *(low for _, low, _ in band[::-1])],
            fill="toself", fillcolor="rgba(42,148,132,.22)", line={"width": 0},
            hoverinfo="skip", showlegend=False, mode="lines",
        )  # fmt: skip


def curve(findings: Findings, name: str) -> go.Figure:
    """Draw accuracy over the level of one corruption, from clean on, with its interval.

    Levels stand at equal distances; those that say how much is left run downwards, so that
    every curve starts at the clean image and grows harsher to the right.

    Args:
        findings: The run.
        name: Of the corruption or attack, such as ``jpeg``.
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
        figures = [findings.figure(c, "detection", key) for c in ids]
        points = _Points.of(figures)
        if key == "balanced_accuracy":
            _draw_band(figure, x, points)
        figure.add_scatter(
            x=x, y=points.value, name=word, mode="lines+markers",
            customdata=[one.text for one in figures],
            line={"color": colour, "width": width, "dash": "solid" if width > 2 else "dot"},
            marker={"size": 6 if width > 2 else 4},
            hovertemplate=f"{word} %{{customdata}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(tickvals=x, ticktext=ticks, title=findings.axis(name))
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".1f")
    return figure


def success(findings: Findings, name: str) -> go.Figure:
    """Draw the success of an attack over its budget, both directions apart, with intervals.

    Args:
        findings: The run.
        name: Of the attack, such as ``pgd_linf``.
    """
    by = findings.budgets[name]
    figure = _figure(210, showlegend=False)
    x = list(range(len(by)))
    for key, word, colour in (
        ("success_fake_to_real", "fake → real", FAKE),
        ("success_real_to_fake", "real → fake", REAL),
    ):
        points = _Points.of(findings.figure(c, "robustness", key) for c in by.values())
        figure.add_scatter(
            x=x, y=points.value, name=word, mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 8}, hovertemplate=f"{word} %{{y:.3f}}<extra></extra>",
            error_y={**points.error_bars(), "thickness": 1, "width": 4},
        )  # fmt: skip
    ticks = [findings.label(one).replace(f"{name}:", "") for one in by.values()]
    figure.update_xaxes(tickvals=x, ticktext=ticks, title=findings.axis(name),
                        range=[-0.4, max(len(by) - 0.6, 0.4)])  # fmt: skip
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".1f")
    return figure


def queries(findings: Findings, condition: str) -> go.Figure | None:
    """Draw the success of one attack over the queries spent on an image; None without any.

    Args:
        findings: The run.
        condition: Id of the attack, such as ``square:1000``.
    """
    curves = findings.robustness.section("conditions", condition, "attack", "success_over_queries")
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
    findings: Findings, series: Sequence[Series], *, among: Sequence[str] | None = None
) -> go.Figure | None:
    """Draw figures of every condition as dots with intervals, one row for a condition.

    Args:
        findings: The run.
        series: Figures to draw.
        among: Conditions to draw, all by default.

    Returns:
        None where no condition has any of them.
    """
    ids = findings.conditions if among is None else among
    measured = {
        one.path: {c for c in ids if not findings.figure(c, *one.path).is_absent} for one in series
    }
    series = [one for one in series if measured[one.path]]
    rows = [c for c in ids if any(c in measured[one.path] for one in series)]
    if not rows:
        return None
    plot = _figure(70 + ROW * len(rows))
    spread = np.linspace(-0.2, 0.2, len(series)) if len(series) > 1 else [0.0]
    for one, shift in zip(series, spread, strict=True):
        points = _Points.of(findings.figure(c, *one.path) for c in rows)
        plot.add_scatter(
            x=points.value, y=[k + float(shift) for k in range(len(rows))], name=one.word,
            mode="markers", marker={"color": one.colour, "size": 8}, customdata=rows,
            hovertemplate=f"%{{customdata}}: {one.word} %{{x:.3f}}<extra></extra>",
            error_x={**points.error_bars(), "thickness": 1.2, "width": 0},
        )  # fmt: skip
    plot.update_xaxes(range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], side="top")
    plot.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[findings.label(c) for c in rows],
        range=[len(rows) - 0.4, -0.6],
    )  # fmt: skip
    plot.update_layout(legend={"y": 0, "yanchor": "top"})
    return plot


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
    """Draw each corruption's error over the baseline's, 1 where both err as much.

    Args:
        findings: The run, with a mean corruption error.
        baseline: The baseline's balanced accuracy in [0, 1], by condition id.
    """
    names = findings.robustness.figure("mce").further["corruptions"]
    ratios = []
    for name in names:
        ids = list(findings.families[name].values())
        accuracies = (findings.figure(c, "detection", "balanced_accuracy").value for c in ids)
        mine = sum(1 - (value or 0.0) for value in accuracies)
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
