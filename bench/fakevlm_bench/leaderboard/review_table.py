"""What accepting submissions would change, as a Markdown table for a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fakevlm_bench.leaderboard.entries import Entry, TruthCache
from fakevlm_bench.leaderboard.ranking import PRIMARY, Ranking, rank
from fakevlm_bench.leaderboard.validate import Outcome
from fakevlm_bench.leaderboard.versions import split_versions


def changes(new: Sequence[Outcome], others: Sequence[Outcome], truths: TruthCache) -> str:
    """Return what became of each new submission, and how the order of its task would change.

    Args:
        new: Outcomes of what is proposed.
        others: Outcomes of what is published already.
        truths: Of this checkout.
    """
    lines = [f"- {_plain(outcome.line)}" for outcome in new]
    proposed = [outcome.entry for outcome in new if outcome.entry]
    published = [outcome.entry for outcome in others if outcome.entry]
    for task in sorted({entry.task for entry in proposed}):
        of_task = [e for e in proposed if e.task == task]
        before = [e for e in published if e.task == task]
        clean = truths.get(of_task[0].submission)[0].frame
        clean = clean[clean["condition_id"] == "clean"]
        current, earlier = split_versions([*before, *of_task])
        after = rank([e for e in current if not e.is_floor], clean)
        old = rank([e for e in split_versions(before)[0] if not e.is_floor], clean)
        lines += ["", f"**{task}**", "", *_table(after, old, of_task, earlier)]
    return "\n".join(lines) + "\n"


def _table(
    after: Ranking,
    before: Ranking,
    new: Sequence[Entry],
    earlier: Mapping[str, Sequence[Entry]],
) -> list[str]:
    places = {entry.slug: place for place, entry in enumerate(before.order, 1)}
    lines = ["| rank | was | submission | balanced accuracy |", "|---|---|---|---|"]
    for place, entry in enumerate(after.order, 1):
        older = [one.slug for one in earlier.get(entry.slug, ()) if one.slug in places]
        was = f"{places[older[0]]} as {older[0]}" if older else "new"
        was = was if entry in new else str(places[entry.slug])
        name = f"**{entry.slug}**" if entry in new else entry.slug
        low, high = after.low[place - 1], after.high[place - 1]
        figure = entry.figure(PRIMARY).text
        lines.append(f"| {place} ({low}–{high}) | {was} | {name} | {figure} |")
    return lines


def _plain(text: str) -> str:
    """Keep a stranger's text from becoming Markdown, a mention or a link."""
    plain = "".join(c if c.isalnum() or c in " .,:;()/'-=×" else " " for c in text)
    return "`" + plain[:400] + "`"
