"""The report as one self-contained HTML page: scripts, styles and images inside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from fakevlm_bench.metrics.definitions import DEFINITIONS, Definition
from fakevlm_bench.metrics.robustness import level_of
from fakevlm_bench.report import plots
from fakevlm_bench.report.gather import Findings, per_image
from fakevlm_bench.report.images import Panel
from fakevlm_bench.report.plots import Series
from fakevlm_bench.report.tables import condition_table
from fakevlm_bench.result import CLEAN, Figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

WORST = 12
"""Rows of the table of images that fall most."""


@dataclass(frozen=True)
class Plot:
    """One figure on the page."""

    title: str
    note: str
    data: str
    height: int


def render(findings: Findings, panels: Sequence[Panel], missing: str = "") -> str:
    """Write the page.

    Args:
        findings: The run.
        panels: Images to show.
        missing: Why there are none.

    Returns:
        HTML; everything that came from data sets and detectors is escaped.
    """
    from jinja2 import Environment
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    folder = files("fakevlm_bench.report")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((folder / "page.html.j2").read_text("utf-8"))
    return template.render(
        findings=findings,
        result=findings.result,
        manifest=findings.manifest,
        style=Markup((folder / "page.css").read_text("utf-8")),
        script=Markup((folder / "page.js").read_text("utf-8")),
        plotly=Markup(get_plotlyjs()),
        tiles=_tiles(findings),
        curves=_curves(findings),
        budgets=_budgets(findings),
        errors=_errors(findings),
        survival=_optional(plots.survival(findings) if findings.robustness else None),
        worst=per_image(findings).head(WORST).to_dict("records") if findings.robustness else [],
        table=_table(findings),
        panels=panels,
        missing=missing,
        definitions=_definitions(),
        **_dots(findings),
    )


def _dots(findings: Findings) -> dict[str, Plot | None]:
    """Draw the figures of all conditions, by their place on the page."""
    perturbed = [c for c in findings.conditions if c != CLEAN]
    fake, real, both = plots.FAKE, plots.REAL, plots.BOTH
    charts: dict[str, tuple[list[Series], list[str] | None]] = {
        "others": (
            [Series("fake → real", ("robustness", "success_fake_to_real"), fake),
             Series("real → fake", ("robustness", "success_real_to_fake"), real)],
            [c for c in findings.attacks if level_of(c) is None],
        ),
        "recalls": (
            [Series("recall of fakes", ("detection", "recall_fake"), fake),
             Series("recall of real images", ("detection", "recall_real"), real)],
            None,
        ),
        "ranking": (
            [Series("AUROC", ("detection", "auroc"), both),
             Series("IoU", ("localization", "foreground_iou"), "#b58a22")],
            None,
        ),
        "drift": (
            [Series("flip rate", ("robustness", "flip_rate"), both),
             Series("mask drift", ("robustness", "mask_drift"), "#b58a22"),
             Series("explanation drift", ("robustness", "explanation_drift"), "#9a6fc0")],
            perturbed,
        ),
        "fallen": ([Series(word, ("robustness", key), colour) for key, word, colour in plots.PARTS],
                   perturbed),
        "consistency": (
            [Series("on fakes", ("explanation", "fake", "consistency"), fake),
             Series("on real images", ("explanation", "real", "consistency"), real)],
            None,
        ),
    }  # fmt: skip
    return {
        place: _optional(plots.dots(findings, series, among=among))
        for place, (series, among) in charts.items()
    }


def _curves(findings: Findings) -> list[Plot]:
    """Draw accuracy over level for each corruption with levels that are numbers."""
    curves = {name: plots.curve(findings, name) for name in findings.families}
    return [
        _plot(curve, name, _area(findings, name))
        for name, curve in curves.items()
        if _has_points(curve)
    ]


def _plot(figure: go.Figure, title: str = "", note: str = "") -> Plot:
    document = json.loads(figure.to_json())
    body = {"data": document["data"], "layout": document["layout"]}
    # In a script element, "<" is the one character that could end it.
    text = json.dumps(body, allow_nan=False).replace("<", "\\u003c")
    return Plot(title, note, text, int(figure.layout.height))


def _has_points(figure: go.Figure) -> bool:
    """Say whether any figure was there to draw: too few images leave the axes empty."""
    return any(value is not None for trace in figure.data for value in trace.y)


def _optional(figure: go.Figure | None) -> Plot | None:
    return None if figure is None else _plot(figure)


def _area(findings: Findings, name: str) -> str:
    area = findings.robustness.section("areas").get(name)
    what = "area of balanced accuracy" if name in findings.budgets else "area"
    return "" if area is None else f"{what} {area.text}"


def _budgets(findings: Findings) -> list[Plot]:
    """Draw success over distance for each attack, and over queries for its harshest level."""
    budgets = []
    for name, by in findings.budgets.items():
        success = plots.success(findings, name)
        if _has_points(success):
            budgets.append(_plot(success, name, _area(findings, name)))
        last = list(by.values())[-1]
        spent = plots.queries(findings, last)
        if spent is not None:
            budgets.append(_plot(spent, findings.label(last), "within a number of queries"))
    return budgets


def _errors(findings: Findings) -> Plot | None:
    baseline = findings.result.get("baseline")
    if not baseline or findings.robustness.figure("mce").is_absent:
        return None
    return _plot(plots.corruption_errors(findings, baseline["balanced_accuracy"]))


class Tile(NamedTuple):
    """One of the figures at the top of the page."""

    name: str
    figure: Figure
    note: str = ""


def _tiles(findings: Findings) -> list[Tile]:
    """Choose the figures at the top."""
    robustness = findings.robustness
    tiles = [
        Tile("balanced accuracy, clean", findings.figure(CLEAN, "detection", "balanced_accuracy")),
        Tile("AUROC, clean", findings.figure(CLEAN, "detection", "auroc")),
        Tile("IoU, clean", findings.figure(CLEAN, "localization", "foreground_iou")),
    ]
    for key, name, note in (
        ("worst_case_without_attacks", "worst case, no attacks",
         "right under every condition but attacks"),
        ("worst_case", "worst case", "right under every condition"),
    ):  # fmt: skip
        if key in robustness:
            tiles.append(Tile(name, robustness.figure(key, "balanced_accuracy"), note))
    for key, name in (("mce", "mCE"), ("relative_mce", "relative mCE")):
        if key in robustness:
            baseline = robustness.figure(key).further.get("baseline")
            note = f"against {baseline}" if baseline else ""
            tiles.append(Tile(name, robustness.figure(key), note))
    return tiles + _consistency_tiles(findings)


def _consistency_tiles(findings: Findings) -> list[Tile]:
    """Show how well explanations agree with verdicts: clean, and under the worst attack."""
    tiles = []
    clean = findings.robustness.figure("clean", "consistency")
    if not clean.is_absent:
        tiles.append(Tile("verdict–explanation consistency, clean", clean))
    attacked = {c: findings.figure(c, "robustness", "consistency") for c in findings.attacks}
    values = {c: one.value for c, one in attacked.items() if one.value is not None}
    if values:
        least = min(values, key=lambda c: values[c])
        note = f"the least, under {findings.label(least)}"
        tiles.append(Tile("verdict–explanation consistency, attacked", attacked[least], note))
    return tiles


def _table(findings: Findings) -> tuple[list[str], list[tuple[str, list[str], str]]]:
    """Lay out the table of conditions: headings, and names with cells and coverage."""
    headings, rows = condition_table(findings)
    shares = [findings.result.coverage(one).value or 0.0 for one in findings.conditions]
    return headings, [
        (name, cells, f"{share:.0%}") for (name, *cells), share in zip(rows, shares, strict=True)
    ]


def _definitions() -> list[Definition]:
    names = (
        "balanced_accuracy", "recall_fake", "recall_real", "auroc", "foreground_iou",
        "corpus_bleu", "rouge_l", "flip_rate", "mask_drift", "explanation_drift",
        "success_fake_to_real", "success_real_to_fake", "verdict_fell", "explanation_fell",
        "localization_fell", "all_fell", "consistency", "area", "worst_case", "mce",
        "relative_mce",
    )  # fmt: skip
    return [DEFINITIONS[name] for name in names]
