"""The report as one HTML page that asks nothing of anybody: scripts, styles and images inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fakevlm_bench.metrics.definitions import DEFINITIONS
from fakevlm_bench.metrics.robustness import CLEAN, level_of
from fakevlm_bench.report import figures
from fakevlm_bench.report.gather import Findings, per_image
from fakevlm_bench.report.images import Panel
from fakevlm_bench.report.rows import interval
from fakevlm_bench.report.tables import COLUMNS

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
    environment.filters["interval"] = interval
    changed = [c for c in findings.conditions if c != CLEAN]
    template = environment.from_string((folder / "page.html.j2").read_text("utf-8"))
    return template.render(
        findings=findings,
        result=findings.result,
        manifest=findings.manifest,
        style=Markup((folder / "page.css").read_text("utf-8")),
        script=Markup((folder / "page.js").read_text("utf-8")),
        plotly=Markup(get_plotlyjs()),
        tiles=_tiles(findings),
        curves=[_plot(drawn, name, _area(findings, name)) for name in findings.families
                if _shows(drawn := figures.curve(findings, name))],
        budgets=_budgets(findings),
        others=_optional(figures.dots(findings, (
            ("fake → real", ("success_fake_to_real",), figures.FAKE),
            ("real → fake", ("success_real_to_fake",), figures.REAL)),
            among=[c for c in findings.attacks if level_of(c) is None])),
        recalls=_optional(figures.dots(findings, (
            ("recall of fakes", ("detection", "recall_fake"), figures.FAKE),
            ("recall of real images", ("detection", "recall_real"), figures.REAL)))),
        ranking=_optional(figures.dots(findings, (
            ("AUROC", ("detection", "auroc"), figures.BOTH),
            ("IoU", ("localization", "foreground_iou"), "#b58a22")))),
        drift=_optional(figures.dots(findings, (
            ("flip rate", ("flip_rate",), figures.BOTH),
            ("mask drift", ("mask_drift",), "#b58a22"),
            ("explanation drift", ("explanation_drift",), "#9a6fc0")), among=changed)),
        fallen=_optional(figures.dots(
            findings, [(word, (key,), colour) for key, word, colour in figures.PARTS],
            among=changed)),
        consistency=_optional(figures.dots(findings, (
            ("on fakes", ("explanation", "fake", "consistency"), figures.FAKE),
            ("on real images", ("explanation", "real", "consistency"), figures.REAL)))),
        errors=_errors(findings),
        survival=_optional(figures.survival(findings) if findings.robustness else None),
        worst=per_image(findings).head(WORST).to_dict("records") if findings.robustness else [],
        table=_table(findings),
        panels=panels,
        missing=missing,
        definitions=_definitions(),
    )  # fmt: skip


def _plot(figure: go.Figure, title: str = "", note: str = "") -> Plot:
    found = json.loads(figure.to_json())
    body = {"data": found["data"], "layout": found["layout"]}
    # In a script element, "<" is the one character that could end it.
    text = json.dumps(body, allow_nan=False).replace("<", "\\u003c")
    return Plot(title, note, text, int(figure.layout.height))


def _shows(figure: go.Figure) -> bool:
    """Say whether any figure was there to draw: too few images leave the axes empty."""
    return any(value is not None for trace in figure.data for value in trace.y)


def _optional(figure: go.Figure | None) -> Plot | None:
    return None if figure is None else _plot(figure)


def _area(findings: Findings, name: str) -> str:
    area = findings.robustness.get("areas", {}).get(name)
    what = "area of balanced accuracy" if name in findings.budgets else "area"
    return f"{what} {interval(area)}" if area else ""


def _budgets(findings: Findings) -> list[Plot]:
    """Draw success over distance for each attack, and over queries for its harshest level."""
    plots = []
    for name, by in findings.budgets.items():
        drawn = figures.success(findings, name)
        if _shows(drawn):
            plots.append(_plot(drawn, name, _area(findings, name)))
        last = list(by.values())[-1]
        spent = figures.queries(findings, last)
        if spent is not None:
            plots.append(_plot(spent, findings.shown(last), "within a number of queries"))
    return plots


def _errors(findings: Findings) -> Plot | None:
    baseline = findings.result.get("baseline")
    if not baseline or "value" not in findings.robustness.get("mce", {}):
        return None
    return _plot(figures.corruption_errors(findings, baseline["balanced_accuracy"]))


def _tiles(findings: Findings) -> list[tuple[str, Mapping[str, Any], str]]:
    """Give the figures at the top: name, figure, what it says."""
    found = findings.robustness
    tiles = [
        ("balanced accuracy, clean", findings.figure(CLEAN, "detection", "balanced_accuracy"), ""),
        ("AUROC, clean", findings.figure(CLEAN, "detection", "auroc"), ""),
        ("IoU, clean", findings.figure(CLEAN, "localization", "foreground_iou"), ""),
    ]
    for key, note in (
        ("worst_case_without_attacks", "right under every condition but attacks"),
        ("worst_case", "right under every condition"),
    ):
        if key in found:
            label = "worst case" if key == "worst_case" else "worst case, no attacks"
            tiles.append((label, found[key]["balanced_accuracy"], note))
    for key, name in (("mce", "mCE"), ("relative_mce", "relative mCE")):
        if key in found:
            against = found[key].get("baseline")
            tiles.append((name, found[key], f"against {against}" if against else ""))
    if "value" in found.get("clean", {}).get("consistency", {}):
        tiles.append(("verdict–explanation consistency, clean", found["clean"]["consistency"], ""))
    attacked = {c: findings.figure(c, "consistency") for c in findings.attacks}
    known = {c: one for c, one in attacked.items() if "value" in one}
    if known:
        least = min(known, key=lambda c: float(known[c]["value"]))
        note = f"the least, under {findings.shown(least)}"
        tiles.append(("verdict–explanation consistency, attacked", known[least], note))
    return tiles


def _table(findings: Findings) -> tuple[list[str], list[tuple[str, list[str], str]]]:
    """Give headings and rows of the table of conditions, without columns that are empty."""
    columns = [
        (heading, path)
        for heading, path in COLUMNS
        if any("value" in findings.figure(c, *path) for c in findings.conditions)
    ]
    lines = []
    for one in findings.conditions:
        cells = [interval(findings.figure(one, *path)) for _, path in columns]
        coverage = findings.result["conditions"][one]["coverage"]
        lines.append((findings.shown(one), cells, f"{coverage['share']:.0%}"))
    return [heading for heading, _ in columns], lines


def _definitions() -> list[Any]:
    names = (
        "balanced_accuracy", "recall_fake", "recall_real", "auroc", "foreground_iou",
        "corpus_bleu", "rouge_l", "flip_rate", "mask_drift", "explanation_drift",
        "success_fake_to_real", "success_real_to_fake", "verdict_fell", "explanation_fell",
        "localization_fell", "all_fell", "consistency", "area", "worst_case", "mce",
        "relative_mce",
    )  # fmt: skip
    return [DEFINITIONS[name] for name in names]
