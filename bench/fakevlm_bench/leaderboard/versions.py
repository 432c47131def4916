"""Versions of one detector: the newest one stands on the board, the others are its history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.run_description import UNSTATED

Lineage: TypeAlias = tuple[str, str, str]
"""Submitter, detector's name and the model that it asks."""


def lineage(entry: Entry) -> Lineage | None:
    """Return what all versions of a detector share; None where no submitter is named.

    A detector that asks different models is a different detector for each.
    """
    submission = entry.submission
    if submission.submitter.name == UNSTATED:
        return None
    return submission.submitter.name, submission.detector.name, submission.detector.model or ""


def age(entry: Entry) -> tuple[list[tuple[int, int, str]], str, str]:
    """Return a sort key, the older version first, then the older run.

    Numbers in a version count as numbers (9 before 10), and a word behind one comes before
    the plain version (``2.0-beta`` before ``2.0``).
    """
    words = re.findall(r"\d+|[^\W\d]+", entry.submission.detector.version)
    key = [(2, int(word), "") if word.isdecimal() else (0, 0, word.lower()) for word in words]
    return [*key, (1, 0, "")], entry.submission.run.date, entry.slug


def split_versions(entries: Sequence[Entry]) -> tuple[list[Entry], dict[str, list[Entry]]]:
    """Part the newest versions on one task from those that they supersede.

    Withdrawn entries neither supersede nor are superseded, and several entries of the newest
    version stand beside each other.

    Args:
        entries: Of one task.

    Returns:
        The newest versions, in the order of `entries`; and the earlier versions of each that
        has any, by its slug, the newest first.
    """
    groups: dict[Lineage, list[Entry]] = {}
    for entry in entries:
        key = lineage(entry)
        if key is not None and entry.mark != "withdrawn":
            groups.setdefault(key, []).append(entry)
    earlier: dict[str, list[Entry]] = {}
    superseded: set[str] = set()
    for group in groups.values():
        newest = max(group, key=age).submission.detector.version
        older = [one for one in group if one.submission.detector.version != newest]
        superseded |= {one.slug for one in older}
        for one in group:
            if older and one.submission.detector.version == newest:
                earlier[one.slug] = sorted(older, key=age, reverse=True)
    return [entry for entry in entries if entry.slug not in superseded], earlier
