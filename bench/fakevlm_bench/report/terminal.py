"""A result as text, for a terminal of 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from fakevlm_bench.report.rows import PRIMARY, WIDTH, flags, interval, number, rows, wrapped


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
    first, *others = ordered = sorted(conditions, key=lambda name: (name != "clean", name))
    body = {key: value for key, value in conditions[first].items() if key != "by"}
    explained = {**body.pop("explanation", {})}
    floors = explained.pop("floors", {})
    lines = [_title(first, conditions[first]), *_left_out(result, conditions[first])]
    if result.get("forms"):
        read = ", ".join(f"{name} {count}" for name, count in result["forms"].items())
        lines.append(f"answers in words, read by their form: {read}")
    if result.get("thresholds"):
        lines.append(thresholds(result["thresholds"]))
    lines += wrapped(result.get("intervals", ""))
    share = conditions[first]["coverage"]["share"]
    lines += _lines(body, share)
    for side in sorted(explained):
        below = {name: floor.get(side, {}) for name, floor in floors.items()}
        lines += _lines({"explanation": {side: explained[side]}}, share, below)
        lines += _signatures(explained[side].get("signature", {}))
    if conditions[first].get("by"):
        lines += ["", *_parts(conditions[first]["by"])]
    if others:
        lines += ["", *_conditions({name: conditions[name] for name in ordered})]
    if reasons:
        lines += ["", "FLAGS"]
        lines += [f"  ⚑ {flag['sentence']} ({flag['name']})" for flag in reasons]
    for section in ("robustness", "efficiency", "added"):
        if result.get(section):
            lines += ["", section.upper(), *_lines(result[section])]
    return "\n".join(lines)


def _signatures(told: Mapping[str, str]) -> list[str]:
    """Say how each explanation figure was computed, its tokenizer or its encoder."""
    return [
        line
        for name, how in told.items()
        for line in textwrap.wrap(
            f"{name}: {how}", WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6
        )
    ]


def thresholds(stated: Mapping[str, Any]) -> str:
    """Say which threshold the verdicts have, and the published and the calibrated one."""
    line = f"threshold {stated['used']:.4g} ({stated['setting']}); published "
    line += f"{stated['published']:.4g}, calibrated "
    if stated.get("calibrated") is None:
        return line + "–"
    line += f"{stated['calibrated']:.4g} on {stated['task']} ({stated['n']} images)"
    if stated.get("same_images"):
        line += "\ncalibrated on the very images that are measured: figures at it are too good"
    return line


def _title(name: str, condition: Mapping[str, Any]) -> str:
    counts = condition["coverage"]
    understood = f"{counts['ok']} of {counts['planned']} answers understood"
    lost = f"{counts['unparsed']} unparsed, {counts['failed']} failed"
    return f"{name.upper()}   coverage {counts['share']:.3f} ({understood}; {lost})"


def _left_out(result: Mapping[str, Any], condition: Mapping[str, Any]) -> list[str]:
    """Say which images were measured and are in no figure."""
    families = result.get("left_out", {}).get("unpaired", {})
    count = sum(families.values())
    if not count:
        return []
    kinds = ", ".join(f"{number} {family}" for family, number in families.items())
    every = count + condition["coverage"]["planned"]
    return [f"{count} of {every} images have no twin ({kinds}): they count in parts only"]


def _lines(
    result: Mapping[str, Any],
    share: float | None = None,
    floors: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[str]:
    """Write figures under the names on the way to them; absent ones with their reason.

    Args:
        result: Any part of a result.
        share: Coverage, which comes beside primary figures.
        floors: For each floor figures of the same names, which come below.
    """
    lines, before = [], None
    for row in rows(result):
        *above, name = row.path
        if above != before and above:
            lines += ["", f"  {' · '.join(above)}"]
        before = above
        line = f"    {name:<32} {_told(row.figure)}".rstrip()
        if name in PRIMARY and share is not None and "value" in row.figure:
            line = f"{line:<72} coverage {share:.3f}"
        lines.append(textwrap.shorten(line.strip(), WIDTH - 4, placeholder=" …")
                     if len(line) > WIDTH else line)  # fmt: skip
        if "no_interval" in row.figure and name in PRIMARY:
            lines.append(f"      no interval: {row.figure['no_interval']}")
        below = [
            f"{kind} {number(floor[name]['value'])}"
            for kind, floor in (floors or {}).items()
            if "value" in floor.get(name, {})
        ]
        if below:
            lines.append(f"      floors{'':<25} {', '.join(below)}")
    return lines


def _told(figure: Mapping[str, Any]) -> str:
    if "absent" in figure:
        return f"– ({figure['absent']})"
    n = figure.get("n")
    return f"{interval(figure):<24}" + (f" n {n}" if n is not None else "")


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
