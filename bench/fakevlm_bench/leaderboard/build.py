"""Builds the static site: the same inputs give the same bytes."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fakevlm_bench.data_files import data_folder
from fakevlm_bench.leaderboard.columns import columns
from fakevlm_bench.leaderboard.downloads import write_downloads, write_feed
from fakevlm_bench.leaderboard.entries import Entry, TruthCache
from fakevlm_bench.leaderboard.entry_flags import flag_oddities
from fakevlm_bench.leaderboard.page_data import charts, table, write_script
from fakevlm_bench.leaderboard.pages import Board, Pages
from fakevlm_bench.leaderboard.ranking import rank
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.samples import write_samples
from fakevlm_bench.leaderboard.truth import RunTruths, TruthSource, folder_name
from fakevlm_bench.leaderboard.validate import Validator, Verdict, submission_folders

LOG = logging.getLogger(__name__)
DETAILED = 200
WORKERS = 2


def load(
    folders: Sequence[Path], truths: TruthCache, kept: Path, workers: int = WORKERS
) -> list[Verdict]:
    """Validate and score submissions, `workers` at a time; the answers stand in their order."""
    validator = Validator(truths, kept)
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
        boards = [_write_task(of_task, truths, site, detailed) for of_task in by_task.values()]
        boards.sort(key=lambda board: (-len(board.entries), board.key))
        Pages(boards, reported_figures(), site).render()
        write_feed([entry for board in boards for entry in board.entries], site)
        if out.exists():
            shutil.rmtree(out)
        site.rename(out)
    return out / "index.html"


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
    first = entries[0].document
    conditions = list(dict.fromkeys(c for entry in entries for c in entry.conditions))
    together = {**first, "protocol": {**first["protocol"], "conditions": conditions}}
    truth = truths.get(together)[0]
    flag_oddities(entries)
    withdrawn = [e for e in entries if e.mark == "withdrawn"]
    floors = [e for e in entries if e.is_floor and e not in withdrawn]
    clean = truth.frame[truth.frame["condition_id"] == "clean"]
    standing = rank([e for e in entries if e not in withdrawn and e not in floors], clean)
    ordered = [*standing.order, *withdrawn, *floors]
    shown = columns((entry.figures for entry in ordered), conditions)
    folder = site / folder_name(truth.key)
    first, rest = table(shown, standing, {"withdrawn": withdrawn, "floor": floors})
    write_script(folder / "table.js", "table", first)
    write_script(folder / "table-rest.js", "rest", rest)
    write_script(folder / "charts.js", "charts", charts(ordered, standing, clean))
    write_downloads(ordered, standing, shown, folder / "downloads")
    write_samples(truth, ordered, folder / "samples", detailed)
    return Board(truth, ordered, standing)


def reported_figures() -> list[Any]:
    """Give the figures that papers report, one set for each file under ``reported/``."""
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
    kept = keep_folder(out)
    with tempfile.TemporaryDirectory(prefix="leaderboard-") as work:
        root = Path(work)
        folders = submission_folders(submissions) if submissions is not None else []
        folders += _as_submissions(run_dirs, root / "submissions", folders)
        truths = TruthCache(source or RunTruths(run_dirs), root / "truth")
        verdicts = load(folders, truths, kept, workers)
        for verdict in verdicts:
            if verdict.entry is None:
                LOG.warning(verdict.line)
        marks = read_marks(submissions.parent / "marks.json") if submissions else {}
        entries = [verdict.entry for verdict in verdicts if verdict.entry]
        return build(entries, truths, out, marks=marks, detailed=detailed)


def _as_submissions(run_dirs: Sequence[Path], root: Path, others: Sequence[Path]) -> list[Path]:
    """Write runs as submissions; names that are taken get the run's id behind them."""
    from fakevlm_bench.leaderboard.submit import submit

    taken = {(folder.parent.name, folder.name) for folder in others}
    made = []
    for number, run in enumerate(run_dirs):
        folder = submit(run, root / str(number), whole=False)
        if (folder.parent.name, folder.name) in taken:
            folder = submit(
                run, root / str(number), slug=f"{folder.name}-{run.name[-8:]}", whole=False
            )
        taken.add((folder.parent.name, folder.name))
        made.append(folder)
    return made


def keep_folder(out: Path) -> Path:
    """Give the folder beside the site where scored entries are kept, invisible to git."""
    kept = out.parent / ".kept"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / ".gitignore").write_text("*\n", "utf-8")
    return kept
