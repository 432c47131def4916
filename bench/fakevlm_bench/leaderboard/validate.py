"""Whether a submission can be accepted: everything is recomputed, and the answer is one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fakevlm_bench.errors import BenchError
from fakevlm_bench.leaderboard.entries import Entry, TruthCache, load_entry
from fakevlm_bench.leaderboard.entry_flags import flag_oddities


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    Attributes:
        folder: The submission's.
        entry: The scored entry, or None where it was refused.
        reason: Why it was refused, in one line.
    """

    folder: Path
    entry: Entry | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """The submission as ``<task>@<version>/<slug>``."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def line(self) -> str:
        """The outcome in one line."""
        if self.entry is None:
            return f"refused: {ascii_line(self.name)}: {self.reason}"
        flags = f" (flagged: {'; '.join(self.entry.flags)})" if self.entry.flags else ""
        return f"recomputed: {self.name}: {len(self.entry.figures)} figures{flags}"


def ascii_line(text: str) -> str:
    """A stranger's name, on one line and in ASCII."""
    return text.encode("ascii", "backslashreplace").decode().replace("\n", "\\n")[:120]


@dataclass
class Validator:
    """Validates submissions against one checkout's truths."""

    truths: TruthCache
    cache: Path

    def validate(self, folder: Path) -> Outcome:
        """Recompute one submission; never raises for its content."""
        try:
            entry = load_entry(folder, self.truths, self.cache)
        except (BenchError, OSError) as error:
            return Outcome(folder, reason=" ".join(str(error).split()))
        return Outcome(folder, entry)


def submission_folders(path: Path) -> list[Path]:
    """Find the submissions at or below a path: a submission, a task's folder or all of them."""
    if (path / "submission.json").exists() or (path / "submission.json").is_symlink():
        return [path]
    below = [child for child in sorted(path.iterdir()) if child.is_dir()] if path.is_dir() else []
    if "@" in path.name:
        return below
    return [folder for child in below for folder in submission_folders(child)]


def validate_all(folders: Sequence[Path], truths: TruthCache, cache: Path) -> list[Outcome]:
    """Validate several submissions; oddities are looked for among those of one task.

    Args:
        folders: Of the submissions.
        truths: Of this checkout.
        cache: Where scored entries are kept.
    """
    validator = Validator(truths, cache)
    outcomes = [validator.validate(folder) for folder in folders]
    entries = [outcome.entry for outcome in outcomes if outcome.entry]
    for task in sorted({entry.task for entry in entries}):
        flag_oddities([entry for entry in entries if entry.task == task])
    return outcomes
