"""Which submissions a change touches, and whether it touches anything else."""

from __future__ import annotations

from fakevlm_bench.leaderboard.refusal import RefusalError, shown

PREFIX = "leaderboard/submissions/"
_PLAIN_MODES = ("000000", "100644")
"""Absent, or a regular file that nobody may execute: no links, no submodules."""


def changed_submissions(raw: str) -> list[str]:
    """Read ``git diff --raw -z --no-renames`` and give the folders of the submissions in it.

    Args:
        raw: For each path ``:<old mode> <new mode> <old id> <new id> <status>``, NUL, the
            path, NUL.

    Raises:
        RefusalError: A path outside the submissions, or one that is no regular file.
    """
    fields = [field for field in raw.split("\0") if field]
    folders: dict[str, None] = {}
    for header, path in zip(fields[::2], fields[1::2], strict=True):
        mode, status = header.split()[1], header.split()[-1]
        parts = path.removeprefix(PREFIX).split("/")
        if not path.startswith(PREFIX) or len(parts) < 3 or ".." in parts:
            raise RefusalError(f"{shown(path, 120)} is outside a folder of {PREFIX}TASK@VERSION/")
        if mode not in _PLAIN_MODES:
            raise RefusalError(f"{shown(path, 120)} is no plain file (mode {mode})")
        if status != "D":
            folders["/".join(parts[:2])] = None
    return [PREFIX + name for name in folders]
