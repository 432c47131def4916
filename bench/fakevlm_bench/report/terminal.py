"""A result as text, for a terminal of 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from fakevlm_bench.report.layout import PRIMARY, WIDTH, order, wrapped
from fakevlm_bench.result import CLEAN, Figure, Result, Section, number, walk

HEADINGS = ("balanced_accuracy", "recall_fake", "recall_real")
PART_HEADINGS = ("balanced_accuracy", "recall_fake", "auroc")


def as_text(result: Result) -> str:
    """Write a result for a terminal of 100 columns.

    The clean condition (or the first) comes in full, primary figures first and
    coverage above, floors below; the other conditions one line each. Flagged ones
    carry a ⚑, and the reasons come before the figures of robustness.
    """
    conditions = result.conditions
    lines: list[str] = []
    if conditions:
        ids = sorted(conditions, key=lambda name: (name != CLEAN, name))
        lines = _first_condition(result, ids[0])
        if len(ids) > 1:
            lines += ["", *_conditions(result, ids)]
    if flags := result.robustness.get("flags"):
        lines += ["", "FLAGS"]
        lines += [f"  ⚑ {flag['sentence']} ({flag['name']})" for flag in flags]
    for name in ("robustness", "efficiency", "added"):
        if section := result.section(name):
            lines += ["", name.upper(), *_lines(section, flagged=_flagged_names(result))]
    return "\n".join(lines)


def _first_condition(result: Result, name: str) -> list[str]:
    """Write one condition in full."""
    condition = result.conditions[name]
    coverage = condition["coverage"]
    lines = [_title(_flag(result, name), coverage), *_left_out(result, coverage["planned"])]
    if forms := result.section("forms"):
        read = ", ".join(f"{form} {count}" for form, count in forms.items())
        lines.append(f"answers in words, read by their form: {read}")
    if thresholds := result.section("thresholds"):
        lines.append(threshold_text(thresholds))
    lines += wrapped(result.intervals)
    body = {key: part for key, part in condition.items() if key not in ("by", "explanation")}
    lines += _lines(body, coverage["share"])
    explanation = condition.section("explanation")
    floors = explanation.section("floors")
    for side in sorted(set(explanation) - {"floors"}):
        section = explanation.section(side)
        below = {kind: floors.section(kind, side) for kind in floors}
        lines += _lines({"explanation": {side: section}}, coverage["share"], below)
        lines += _signatures(section.section("signature"))
    if parts := condition.section("by"):
        lines += ["", *_parts(parts)]
    return lines


def _signatures(signature: Mapping[str, str]) -> list[str]:
    """Say how each explanation figure was computed, its tokenizer or its encoder."""
    return [
        line
        for name, how in signature.items()
        for line in textwrap.wrap(
            f"{name}: {how}", WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6
        )
    ]


def threshold_text(thresholds: Section) -> str:
    """Say which threshold the verdicts have, and the published and the calibrated one."""
    line = f"threshold {thresholds['used']:.4g} ({thresholds['setting']}); published "
    line += f"{thresholds['published']:.4g}, calibrated "
    if thresholds.get("calibrated") is None:
        return line + "–"
    line += f"{thresholds['calibrated']:.4g} on {thresholds['task']} ({thresholds['n']} images)"
    if thresholds.get("same_images"):
        line += "\ncalibrated on the very images that are measured: figures at it are too good"
    return line


def _title(name: str, coverage: Section) -> str:
    understood = f"{coverage['ok']} of {coverage['planned']} answers understood"
    lost = f"{coverage['unparsed']} unparsed, {coverage['failed']} failed"
    return f"{name.upper()}   coverage {coverage['share']:.3f} ({understood}; {lost})"


def _left_out(result: Result, planned: int) -> list[str]:
    """Say which images were measured and are in no figure."""
    families = result.section("left_out", "unpaired")
    count = sum(families.values())
    if not count:
        return []
    kinds = ", ".join(f"{n} {family}" for family, n in families.items())
    return [f"{count} of {count + planned} images have no twin ({kinds}): they count in parts only"]


def _lines(
    section: Mapping[str, object],
    share: float | None = None,
    floors: Mapping[str, Section] | None = None,
    flagged: Sequence[str] = (),
) -> list[str]:
    """Write figures under the names on the way to them; absent ones with their reason.

    Args:
        section: Any part of a result.
        share: Coverage, which comes beside primary figures.
        floors: For each floor figures of the same names, which come below.
        flagged: Names on the way to figures that get a ⚑.
    """
    lines: list[str] = []
    before: list[str] = []
    for path, figure in walk(section, order=order):
        *above, name = (f"⚑ {part}" if part in flagged else part for part in path)
        if above != before and above:
            lines += ["", f"  {' · '.join(above)}"]
        before = above
        lines += _figure_lines(name, figure, share)
        below = {kind: floor.figure(name).value for kind, floor in (floors or {}).items()}
        texts = [f"{kind} {number(value)}" for kind, value in below.items() if value is not None]
        if texts:
            lines.append(f"      floors{'':<25} {', '.join(texts)}")
    return lines


def _figure_lines(name: str, figure: Figure, share: float | None) -> list[str]:
    """Write one figure; a primary one with its coverage, and why it has no interval."""
    line = f"    {name:<32} {_with_samples(figure)}".rstrip()
    if name in PRIMARY and share is not None and not figure.is_absent:
        line = f"{line:<72} coverage {share:.3f}"
    if len(line) > WIDTH:
        line = textwrap.shorten(line.strip(), WIDTH - 4, placeholder=" …")
    if figure.no_interval is None or name not in PRIMARY:
        return [line]
    return [line, f"      no interval: {figure.no_interval}"]


def _with_samples(figure: Figure) -> str:
    if figure.is_absent:
        return f"– ({figure.absent})"
    return f"{figure.text:<24}" + (f" n {figure.n}" if figure.n is not None else "")


def _conditions(result: Result, ids: Sequence[str]) -> list[str]:
    """Write one line for each condition."""
    lines = [_columns("condition", HEADINGS, "coverage")]
    for name in ids:
        condition = result.conditions[name]
        cells = [condition.figure("detection", heading).text for heading in HEADINGS]
        lines.append(_columns(_flag(result, name), cells, result.coverage(name).value_text))
    return lines


def _parts(parts: Section) -> list[str]:
    """Write one line for each family, generator, category, and for seen and unseen."""
    lines = [_columns("part", PART_HEADINGS, "coverage")]
    for kind in parts:
        section = parts.section(kind)
        named = {kind: section} if "detection" in section else dict(section)
        for value, part in named.items():
            if not part["n"]["fake"]:
                continue
            name = value if value == kind else f"{kind} {value}"
            cells = [part.figure("detection", heading).text for heading in PART_HEADINGS]
            lines.append(_columns(name, cells, f"{part['coverage']:.3f}"))
    return lines


def _columns(name: str, cells: Sequence[str], last: str) -> str:
    width = 22
    short = name if len(name) <= width else name[: width - 1] + "…"
    return f"  {short:<{width}} " + " ".join(f"{cell:<21}" for cell in cells) + f" {last:>6}"


def _flag(result: Result, condition: str) -> str:
    return f"⚑ {condition}" if condition in result.flags else condition


def _flagged_names(result: Result) -> list[str]:
    """Return flagged conditions, and the worst case where there are any."""
    return [*result.flags, "worst_case"] if result.flags else []
