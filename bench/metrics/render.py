"""Results to look at: tables in six formats, and who beats whom as a matrix."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.errors import unknown_name

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

WIDTH = 100
PRIMARY = ("balanced_accuracy", "recall_fake", "recall_real", "auroc", "foreground_iou", "rouge_l",
           "corpus_bleu")  # fmt: skip
FORMATS = ("text", "csv", "json", "latex", "markdown", "html")


class Row(NamedTuple):
    """One figure of a result, with the names on the way to it."""

    path: tuple[str, ...]
    figure: Mapping[str, Any]


def rows(result: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Row]:
    """Give every figure of a result, primary ones first on each level."""
    for key in sorted(result, key=lambda k: PRIMARY.index(k) if k in PRIMARY else len(PRIMARY)):
        value = result[key]
        if not isinstance(value, Mapping):
            continue
        if "absent" in value or isinstance(value.get("value"), int | float):
            yield Row((*path, str(key)), value)
        elif key != "settings":
            yield from rows(value, (*path, str(key)))


def interval(figure: Mapping[str, Any]) -> str:
    """Write a figure as ``0.912 [0.897, 0.926]``, or a dash where it is absent."""
    if "absent" in figure:
        return "–"
    value = number(figure["value"])
    if figure.get("low") is None:
        return value
    return f"{value} [{number(figure['low'])}, {number(figure['high'])}]"


def number(value: float) -> str:
    """Write a number with three decimals, large ones without."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:,.0f}"


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
    shown = shown.drop(columns=["low", "high"]).fillna("")
    if form == "html":
        return shown.to_html(index=False, border=0)
    if form == "latex":
        return shown.to_latex(index=False, escape=True, longtable=True)
    lines = [list(shown.columns), ["---"] * shown.shape[1], *shown.astype(str).to_numpy().tolist()]
    return (
        "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in lines) + "\n"
    )


def frame(result: Mapping[str, Any]) -> pd.DataFrame:
    """Lay a result out flat: one row for each figure.

    Returns:
        Columns ``figure`` (its path, such as ``clean/detection/auroc``), ``value``,
        ``low``, ``high``, ``n``, ``absent`` (the reason) and ``flags`` (names of the
        signs of false robustness, where there are any).
    """
    import pandas as pd

    keys = ("value", "low", "high", "n", "absent")
    doubts = flags(result)
    flat = [
        {
            "figure": "/".join(_short(row.path)),
            **{key: row.figure.get(key) for key in keys},
            "flags": "; ".join(_doubts_on(row.path, doubts)) or None,
        }
        for row in rows(result)
    ]
    table = pd.DataFrame(flat, columns=["figure", *keys, "flags"])
    return table.astype({"n": "Int64"})


def flags(result: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give the names of the flags on each attack's figures, by condition id."""
    found: dict[str, list[str]] = {}
    for flag in result.get("robustness", {}).get("flags", ()):
        found.setdefault(flag["condition_id"], []).append(flag["name"])
    return found


def _doubts_on(path: tuple[str, ...], doubts: Mapping[str, list[str]]) -> list[str]:
    """Give the flags on a figure: those of its condition, or of all where it is the worst case."""
    if path[:2] == ("robustness", "worst_case"):
        return sorted({name for names in doubts.values() for name in names})
    if path[0] == "robustness":
        path = path[1:]
    return doubts.get(path[1], []) if path[0] == "conditions" else []


def _marked(result: Mapping[str, Any]) -> dict[str, Any]:
    """Put a flag before the ids of conditions whose figures are flagged."""
    doubts = flags(result)

    def mark(found: Mapping[str, Any]) -> dict[str, Any]:
        return {f"⚑ {key}" if key in doubts else key: value for key, value in found.items()}

    marked = {**result, "conditions": mark(result.get("conditions", {}))}
    robustness = dict(result.get("robustness", {}))
    if "conditions" in robustness:
        robustness["conditions"] = mark(robustness["conditions"])
    if doubts and "worst_case" in robustness:
        robustness["⚑ worst_case"] = robustness.pop("worst_case")
    return {**marked, "robustness": robustness}


def _short(path: tuple[str, ...]) -> tuple[str, ...]:
    return path[1:] if path[0] == "conditions" else path


def as_text(result: Mapping[str, Any]) -> str:
    """Write a result for a terminal of 100 columns.

    The clean condition (or the first) comes in full, primary figures first and
    coverage above, floors below; the other conditions one line each. Flagged ones
    carry a ⚑, and the reasons come before the figures of robustness.
    """
    reasons = result.get("robustness", {}).get("flags", ())
    result = _marked(result)
    conditions = result.get("conditions", {})
    if not conditions:
        return "\n".join(_lines(result))
    first, *others = conditions
    body = {key: value for key, value in conditions[first].items() if key != "by"}
    explained = {**body.pop("explanation", {})}
    floors = explained.pop("floors", {})
    lines = [_title(first, conditions[first]), *_lines(body)]
    for side, found in explained.items():
        lines += _lines(
            {"explanation": {side: found}}, [kind.get(side, {}) for kind in floors.values()]
        )
    if floors:
        lines.append(f"    floors: {', '.join(floors)}")
    if conditions[first].get("by"):
        lines += ["", *_parts(conditions[first]["by"])]
    if others:
        lines += ["", *_conditions(conditions)]
    if reasons:
        lines += ["", "FLAGS"]
        lines += [f"  ⚑ {flag['sentence']} ({flag['name']})" for flag in reasons]
    for section in ("robustness", "efficiency", "added"):
        if result.get(section):
            lines += ["", section.upper(), *_lines(result[section])]
    return "\n".join(lines)


def _title(name: str, condition: Mapping[str, Any]) -> str:
    counts = condition["coverage"]
    understood = f"{counts['ok']} of {counts['planned']} answers understood"
    lost = f"{counts['unparsed']} unparsed, {counts['failed']} failed"
    return f"{name.upper()}   coverage {counts['share']:.3f} ({understood}; {lost})"


def _lines(result: Mapping[str, Any], floors: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """Write figures under the names on the way to them; absent ones with their reason.

    Args:
        result: Any part of a result.
        floors: Figures of the same names, whose values come beside.
    """
    lines, before = [], None
    for row in rows(result):
        *above, name = row.path
        if above != before and above:
            lines += ["", f"  {' · '.join(above)}"]
        before = above
        if "absent" in row.figure:
            text = f"– ({row.figure['absent']})"
        else:
            n = row.figure.get("n")
            beside = [
                number(floor[name]["value"]) for floor in floors if "value" in floor.get(name, {})
            ]
            text = f"{interval(row.figure):<24}" + (f" n {n}" if n is not None else "")
            text += f"  floors {' '.join(beside)}" if beside else ""
        line = f"    {name:<32} {text}".rstrip()
        lines.append(textwrap.shorten(line.strip(), WIDTH - 4, placeholder=" …")
                     if len(line) > WIDTH else line)  # fmt: skip
    return lines


HEADINGS = ("balanced_accuracy", "recall_fake", "recall_real")


def _conditions(conditions: Mapping[str, Any]) -> list[str]:
    """Write one line for each condition."""
    lines = [_columns("condition", HEADINGS, "coverage")]
    for name, found in conditions.items():
        cells = [interval(found["detection"][heading]) for heading in HEADINGS]
        lines.append(_columns(name, cells, f"{found['coverage']['share']:.3f}"))
    return lines


def _parts(parts: Mapping[str, Any]) -> list[str]:
    """Write one line for each family, generator, category, and for seen and unseen."""
    headings = (HEADINGS[0], HEADINGS[1], "auroc")
    lines = [_columns("part", headings, "coverage")]
    for kind, found in parts.items():
        cells = {kind: found} if "detection" in found else found
        with_fakes = {value: part for value, part in cells.items() if part["n"]["fake"]}
        for value, part in with_fakes.items():
            name = value if value == kind else f"{kind} {value}"
            figures = [interval(part["detection"][heading]) for heading in headings]
            lines.append(_columns(name, figures, f"{part['coverage']:.3f}"))
    return lines


def _columns(name: str, cells: tuple[str, ...] | list[str], last: str) -> str:
    width = 22
    shown = name if len(name) <= width else name[: width - 1] + "…"
    return f"  {shown:<{width}} " + " ".join(f"{cell:<21}" for cell in cells) + f" {last:>6}"


def comparison_text(comparison: pd.DataFrame) -> str:
    """Write a comparison (`bench.metrics.compare`) for a terminal: tie groups, then pairs."""
    attrs = comparison.attrs
    lines = [f"{attrs['metric']} on {attrs['samples']}", ""]
    lines += [f"  {row['group']:>2}  {row['name']:<40} {interval(row)}" for row in attrs["ranking"]]
    lines += ["", "  differences; p after Holm"]
    for row in comparison.to_dict("records"):
        found = interval({"value": row["difference"], "low": row["low"], "high": row["high"]})
        pair = textwrap.shorten(f"{row['a']} − {row['b']}", 48, placeholder="…")
        lines.append(f"    {pair:<48} {found:<26} p {row['p_holm']:.4f}")
    return "\n".join(lines)


def comparison_matrix(comparison: pd.DataFrame) -> go.Figure:
    """Draw who beats whom: row minus column, in bold where it is significant."""
    import plotly.graph_objects as go

    from bench.metrics.comparison import matrix

    names, differences, sure = matrix(comparison)
    words = [
        [
            "" if i == j else (f"<b>{value:+.3f}</b>" if sure[i, j] else f"{value:+.3f}")
            for j, value in enumerate(line)
        ]
        for i, line in enumerate(differences)
    ]
    most = float(abs(differences).max()) or 1.0
    heat = go.Heatmap(
        z=differences, x=names, y=names, text=words, texttemplate="%{text}", colorscale="RdBu",
        zmin=-most, zmax=most, colorbar={"title": comparison.attrs["metric"]},
        hovertemplate="%{y} − %{x}: %{z:+.4f}<extra></extra>",
    )  # fmt: skip
    figure = go.Figure(heat)
    figure.update_layout(
        title=f"{comparison.attrs['metric']}: row minus column, bold where significant",
        yaxis={"autorange": "reversed"}, template="plotly_white",
    )  # fmt: skip
    return figure
