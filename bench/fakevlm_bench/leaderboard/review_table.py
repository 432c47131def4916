"""What accepting submissions would change, as a Markdown table for a review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakevlm_bench.leaderboard.entries import Entry, TruthCache
from fakevlm_bench.leaderboard.ranking import PRIMARY, Standing, rank
from fakevlm_bench.leaderboard.validate import Verdict


def changes(new: Sequence[Verdict], others: Sequence[Verdict], truths: TruthCache) -> str:
    """Say what became of each new submission, and how the order of its task would change.

    Args:
        new: Verdicts on what is proposed.
        others: Verdicts on what stands already.
        truths: Of this checkout.
    """
    lines = [f"- {_plain(verdict.line)}" for verdict in new]
    proposed = [verdict.entry for verdict in new if verdict.entry]
    standing = [verdict.entry for verdict in others if verdict.entry]
    for task in sorted({entry.task for entry in proposed}):
        of_task = [e for e in proposed if e.task == task]
        before = [e for e in standing if e.task == task]
        clean = truths.get(of_task[0].document)[0].frame
        clean = clean[clean["condition_id"] == "clean"]
        after = rank([e for e in (*before, *of_task) if not e.is_floor], clean)
        old = rank([e for e in before if not e.is_floor], clean)
        lines += ["", f"**{task}**", "", *_table(after, old, of_task)]
    return "\n".join(lines) + "\n"


def _table(after: Standing, before: Standing, new: Sequence[Entry]) -> list[str]:
    places = {entry.slug: place for place, entry in enumerate(before.order, 1)}
    lines = ["| rank | was | submission | balanced accuracy |", "|---|---|---|---|"]
    for place, entry in enumerate(after.order, 1):
        was = "new" if entry in new else str(places[entry.slug])
        name = f"**{entry.slug}**" if entry in new else entry.slug
        low, high = after.low[place - 1], after.high[place - 1]
        figure = _figure(entry.figures.get(PRIMARY, {}))
        lines.append(f"| {place} ({low}–{high}) | {was} | {name} | {figure} |")
    return lines


def _figure(figure: dict[str, Any]) -> str:
    if figure.get("low") is None:
        return f"{figure['value']:.3f}" if "value" in figure else "–"
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _plain(text: str) -> str:
    """Keep a stranger's text from becoming Markdown, a mention or a link."""
    kept = "".join(c if c.isalnum() or c in " .,:;()/'-=×" else " " for c in text)
    return "`" + kept[:400] + "`"
