"""Builds the static site: the same inputs give the same bytes."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.data_files import data_folder
from fakevlm_bench.leaderboard.columns import columns
from fakevlm_bench.leaderboard.downloads import write_downloads, write_feed
from fakevlm_bench.leaderboard.entries import Entry, TruthCache
from fakevlm_bench.leaderboard.entry_flags import flag_oddities
from fakevlm_bench.leaderboard.page_data import Rows, charts, table, write_script
from fakevlm_bench.leaderboard.pages import Board, Pages
from fakevlm_bench.leaderboard.ranking import rank
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.samples import write_samples
from fakevlm_bench.leaderboard.truth import RunTruths, TruthSource, folder_name
from fakevlm_bench.leaderboard.validate import Outcome, Validator, submission_folders
from fakevlm_bench.leaderboard.versions import split_versions

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)
DETAILED = 200
WORKERS = 2


def load(
    folders: Sequence[Path], truths: TruthCache, cache: Path, workers: int = WORKERS
) -> list[Outcome]:
    """Validate and score submissions.

    Args:
        folders: Of the submissions.
        truths: Of this checkout.
        cache: Where scored entries are kept.
        workers: Submissions scored at once, at least 1.

    Returns:
        What became of each, in the order of `folders`.
    """
    validator = Validator(truths, cache)
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(validator.validate, folders))


def build(
    entries: Iterable[Entry],
    truths: TruthCache,
    out: Path,
    *,
    marks: Mapping[str, Mapping[str, str]] | None = None,
    detailed: int = DETAILED,
) -> Path:
    """Write the site.

    Args:
        entries: Scored submissions, of any tasks.
        truths: Of this checkout.
        out: Folder of the site; an earlier site in it is replaced.
        marks: What the maintainers say of entries, by ``<task>@<version>/<slug>``:
            ``mark`` (reproduced, withdrawn or flagged) and ``note``.
        detailed: How many samples of each task get pictures, masks and answers.

    Returns:
        The site's ``index.html``.

    Raises:
        RefusalError: There is no entry at all.
    """
    by_task: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda e: (e.task, e.slug)):
        _apply_mark(entry, (marks or {}).get(f"{entry.task}/{entry.slug}"))
        by_task.setdefault(entry.task, []).append(entry)
    if not by_task:
        raise RefusalError("nothing to build: no submission was accepted")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".site-") as fresh:
        site = Path(fresh) / "site"
        site.mkdir()
        _write_site(by_task.values(), truths, site, detailed)
        if out.exists():
            shutil.rmtree(out)
        site.rename(out)
    return out / "index.html"


def _write_site(
    tasks: Iterable[list[Entry]], truths: TruthCache, site: Path, detailed: int
) -> None:
    boards = [_write_task(of_task, truths, site, detailed) for of_task in tasks]
    boards.sort(key=lambda board: (-len(board.entries), board.key))
    Pages(boards, reported_figures(), site).render()
    write_feed([entry for board in boards for entry in board.entries], site)


def _apply_mark(entry: Entry, mark: Mapping[str, str] | None) -> None:
    if mark is None:
        return
    if mark["mark"] == "flagged":
        entry.flags.append(mark.get("note") or "flagged by the maintainers")
        return
    entry.mark = mark["mark"]
    if mark.get("note"):
        entry.notes.append(mark["note"])


def _write_task(entries: list[Entry], truths: TruthCache, site: Path, detailed: int) -> Board:
    first = entries[0].submission
    conditions = list(dict.fromkeys(c for entry in entries for c in entry.conditions))
    together = replace(first, protocol=replace(first.protocol, conditions=conditions))
    truth = truths.get(together)[0]
    flag_oddities(entries)
    clean = truth.frame[truth.frame["condition_id"] == "clean"]
    rows = _rows(entries, clean)
    every = columns(entry.named_figures for entry in rows.current)
    folder = site / folder_name(truth.key)
    first_columns, rest = table(every, rows)
    write_script(folder / "table.js", "table", first_columns)
    write_script(folder / "table-rest.js", "rest", rest)
    write_script(folder / "charts.js", "charts", charts(rows.current, rows.ranking, clean))
    write_downloads(rows.current, rows.ranking, every, folder / "downloads")
    write_samples(truth, rows.current, folder / "samples", detailed)
    return Board(truth, [*rows.current, *rows.superseded])


def _rows(entries: Sequence[Entry], clean_truth: pd.DataFrame) -> Rows:
    """Sort the entries of a task into the parts of its table."""
    current, earlier = split_versions(entries)
    withdrawn = [e for e in current if e.mark == "withdrawn"]
    floors = [e for e in current if e.is_floor and e.mark != "withdrawn"]
    ranked = [e for e in current if not e.is_floor and e.mark != "withdrawn"]
    return Rows(rank(ranked, clean_truth), withdrawn, floors, earlier)


def reported_figures() -> list[Any]:
    """Read the figures that papers report, one set for each file under ``reported/``."""
    paths = sorted((data_folder("leaderboard") / "reported").glob("*.json"))
    return [json.loads(path.read_text("utf-8")) for path in paths]


def read_marks(path: Path) -> dict[str, dict[str, str]]:
    """Read the maintainers' marks; there need not be any."""
    if not path.exists():
        return {}
    marks: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
    return marks


def build_from_runs(
    run_dirs: Sequence[Path],
    submissions: Path | None,
    out: Path,
    *,
    source: TruthSource | None = None,
    detailed: int = DETAILED,
    workers: int = WORKERS,
) -> Path:
    """Build the site from finished runs on this machine, beside submissions where there are any.

    A run goes the same way as a stranger's submission; one that is refused is logged
    and left out.

    Args:
        run_dirs: Folders of finished runs.
        submissions: Folder of submissions, or None.
        out: Folder of the site.
        source: Where truths come from; by default what the runs recorded themselves.
        detailed: How many samples of each task get pictures, masks and answers.
        workers: Submissions scored at once.

    Returns:
        The site's ``index.html``.
    """
    cache = cache_folder(out)
    with tempfile.TemporaryDirectory(prefix="leaderboard-") as work:
        root = Path(work)
        folders = submission_folders(submissions) if submissions is not None else []
        folders += _as_submissions(run_dirs, root / "submissions", folders)
        truths = TruthCache(source or RunTruths(run_dirs), root / "truth")
        outcomes = load(folders, truths, cache, workers)
        for outcome in outcomes:
            if outcome.entry is None:
                LOG.warning(outcome.line)
        marks = read_marks(submissions.parent / "marks.json") if submissions else {}
        entries = [outcome.entry for outcome in outcomes if outcome.entry]
        return build(entries, truths, out, marks=marks, detailed=detailed)


def _as_submissions(run_dirs: Sequence[Path], root: Path, others: Sequence[Path]) -> list[Path]:
    """Write runs as submissions; where a name is in use, the run's id is put behind it."""
    from fakevlm_bench.leaderboard.submit import submit

    names = {(folder.parent.name, folder.name) for folder in others}
    folders = []
    for number, run in enumerate(run_dirs):
        folder = submit(run, root / str(number), whole=False)
        if (folder.parent.name, folder.name) in names:
            slug = f"{folder.name}-{run.name[-8:]}"
            folder = submit(run, root / str(number), slug=slug, whole=False)
        names.add((folder.parent.name, folder.name))
        folders.append(folder)
    return folders


def cache_folder(out: Path) -> Path:
    """Return the folder beside the site where scored entries are kept, invisible to git."""
    cache = out.parent / ".kept"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / ".gitignore").write_text("*\n", "utf-8")
    return cache
