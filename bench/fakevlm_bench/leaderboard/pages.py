"""Pages from templates: Jinja2 with autoescape on, undefined names an error."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakevlm_bench.data_files import data_folder
from fakevlm_bench.leaderboard import attacked
from fakevlm_bench.leaderboard.columns import describe
from fakevlm_bench.leaderboard.condition_text import describe_condition
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.figure_tables import absent_figures, figure_tables, meanings
from fakevlm_bench.leaderboard.ranking import PRIMARY
from fakevlm_bench.leaderboard.truth import TaskTruth, folder_name
from fakevlm_bench.leaderboard.versions import age, lineage, split_versions
from fakevlm_bench.metrics import Settings
from fakevlm_bench.metrics.stats import describe_intervals
from fakevlm_bench.result import Document, Figure

if TYPE_CHECKING:
    import jinja2
    import markupsafe
    import pandas as pd

HERE = Path(__file__).parent
MODELS = ("linear", "trees")
"""Of a shortcut audit's probes."""
AUDITS = data_folder("leaderboard") / "audits"
LEVEL = "95 %"
INTERVALS = describe_intervals(Settings())


@dataclass(frozen=True)
class Board:
    """One task with everything that its pages show.

    Attributes:
        truth: Of the task.
        entries: In the table's order: ranked, withdrawn, floors, earlier versions.
    """

    truth: TaskTruth
    entries: Sequence[Entry]

    @property
    def key(self) -> str:
        """The task as ``name@version``."""
        return self.truth.key

    def facts(self) -> Document:
        """Return what templates say about the task."""
        frame = self.truth.frame
        clean = frame[frame["condition_id"] == "clean"]
        return {
            "key": self.key,
            "folder": folder_name(self.key),
            "about": self.truth.about,
            "fingerprint": self.truth.fingerprint,
            "samples": len(clean),
            "fake": int((clean["label"] == 1).sum()),
            "real": int((clean["label"] == 0).sum()),
            "groups": int(clean["group"].nunique()),
            "conditions": [
                (name, describe_condition(name))
                for name in sorted(frame["condition_id"].unique(), key=lambda c: (c != "clean", c))
            ],
            "audit": shortcut_audit(self.key),
            "composition": [
                (name.capitalize(), _composition(clean, name))
                for name in ("category", "family", "generator")
            ],
        }


def _composition(clean: pd.DataFrame, column: str) -> list[tuple[str, int, int]]:
    counts = Counter(zip(clean[column].fillna(""), clean["label"], strict=True))
    return [(name, counts[name, 1], counts[name, 0]) for name in sorted({n for n, _ in counts})]


def shortcut_audit(key: str) -> Document | None:
    """Read the ``audit.json`` of a task, or of the task that it is a subset of.

    Its probes' figures come as `Figure`.
    """
    name, _, version = key.partition("@")
    for candidate in (key, f"{name.partition(':')[0]}@{version}"):
        path = AUDITS / f"{folder_name(candidate)}.json"
        if path.exists():
            audit: Document = json.loads(path.read_text("utf-8"))
            for probe in audit["probes"].values():
                probe |= {model: Figure.from_json(probe[model]) for model in MODELS}
            return audit
    return None


def render_markdown(text: str) -> markupsafe.Markup:
    """Render a datasheet: HTML in it stays text, pictures are left out, headings go one down."""
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markupsafe import Markup

    reader = MarkdownIt("js-default").disable("image")
    tokens, tables = [], itertools.count(1)
    for token in reader.parse(re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)):
        token.attrs.pop("style", None)  # of a table's columns; the policy forbids it
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        if token.type == "table_open":
            tokens.append(Token("html_block", "", 0, content=_SCROLL.format(next(tables))))
        tokens.append(token)
        if token.type == "table_close":
            tokens.append(Token("html_block", "", 0, content="</div>"))
    return Markup(reader.renderer.render(tokens, reader.options, {}))


_SCROLL = '<div class="scroll" role="region" aria-label="Table {} of the datasheet" tabindex="0">'


def environment() -> jinja2.Environment:
    """Build the templates' environment."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "site" / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["folder"] = folder_name
    templates.filters["markdown"] = render_markdown
    return templates


class Pages:
    """Renders all pages of a site into a folder."""

    def __init__(self, boards: Sequence[Board], reported: Sequence[Any], out: Path) -> None:
        """Prepare for `boards`, the first of which is the home page."""
        self._boards = boards
        self._reported = reported
        self._out = out
        self._environment = environment()

    def render(self) -> None:
        """Write every page and the assets."""
        facts = {board.key: board.facts() for board in self._boards}
        for number, board in enumerate(self._boards):
            self._board(board, facts, "index.html")
            if number == 0:
                self._board(board, facts, "../index.html")
            for name in ("charts", "samples", "task"):
                self._page(board, name, f"{name}.html", task=facts[board.key])
            for entry in board.entries:
                self._detector(board, entry, facts[board.key])
        self._page(self._boards[0], "reported", "../reported.html", reported=self._reported)
        shutil.copytree(HERE / "site" / "assets", self._out / "assets")
        shutil.copytree(HERE / "vendor", self._out / "vendor")

    def _page(self, board: Board, template: str, path: str, **more: object) -> None:
        """Render one page; `path` is relative to the task's folder."""
        folder = folder_name(board.key)
        target = Path(os.path.normpath(self._out / folder / path))
        root = "../" * (len(target.relative_to(self._out).parts) - 1)
        base = f"{folder}/" if target.parent == self._out else "../" * path.count("/")
        up = f"{root}{folder}/"
        links = {"board": "index", "charts": "charts", "samples": "samples", "task": "task"}
        pages = [
            (f"{up}{name}.html", label, template == page)
            for (page, name), label in zip(
                links.items(), ("Table", "Charts", "Samples", "Task"), strict=True
            )
        ]
        pages.append((f"{root}reported.html", "Reported", template == "reported"))
        text = self._environment.get_template(f"{template}.html.j2").render(
            root=root, base=base, pages=pages, level=LEVEL, intervals=INTERVALS, **more
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def _board(self, board: Board, facts: Mapping[str, Document], path: str) -> None:
        name = board.key.partition("@")[0]
        reported = [one for one in self._reported if one["task"] == name]
        task, tasks = facts[board.key], list(facts.values())
        self._page(board, "board", path, task=task, tasks=tasks, reported=reported)

    def _detector(self, board: Board, entry: Entry, task: Document) -> None:
        pictures = sorted(
            path.name for path in entry.computed.glob("*.png") if not path.match(attacked.PATTERN)
        )
        folder = self._out / folder_name(board.key) / "detectors" / entry.slug
        for name in pictures:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(entry.computed / name, folder / name)
        headline = [
            (describe(name.rpartition("/")[2]), entry.figures[name])
            for name in (PRIMARY, *(f"clean/detection/{n}" for n in _HEADLINE))
            if entry.figure(name).value is not None
        ]
        self._page(
            board,
            "detector",
            f"detectors/{entry.slug}.html",
            entry=entry,
            task=task,
            history=self._history(entry),
            newer=self._newer(board, entry),
            primary=PRIMARY,
            pictures=pictures,
            headline=headline,
            command=command(entry),
            figure_tables=figure_tables(entry),
            meanings=meanings(entry),
            absent=absent_figures(entry),
            doubts=entry.result.robustness.get("flags", []),
        )

    def _history(self, entry: Entry) -> list[Entry]:
        """Return all versions of the same detector, on any task, the newest first."""
        key = lineage(entry)
        every = [other for board in self._boards for other in board.entries]
        same = [other for other in every if key is not None and lineage(other) == key]
        return sorted(same, key=lambda other: (other.task == entry.task, age(other)), reverse=True)

    def _newer(self, board: Board, entry: Entry) -> Entry | None:
        """Return what supersedes a version, None where it is the newest."""
        _, earlier = split_versions(board.entries)
        return next((e for e in board.entries if entry in earlier.get(e.slug, ())), None)


_STATED = ("task=", "task.subset=", "detector=", "conditions", "seed=", "experiment=starter")
"""What the command that runs an entry again says from the protocol already."""
_HEADLINE = ("recall_fake", "recall_real", "auroc")


def command(entry: Entry) -> str:
    """Return the command that runs the entry's detector again."""
    protocol, run = entry.submission.protocol, entry.submission.run
    task, _, subset = protocol.task.partition(":")
    words = (
        f"task={task}",
        *([f"task.subset={subset}"] if subset else []),
        f"detector={entry.submission.detector.name}",
        f"conditions.ids=[{','.join(protocol.conditions)}]",
        f"seed={run.seed}",
        *(word for word in run.overrides if not word.startswith(_STATED)),
    )
    return "fakevlm-bench run " + " ".join(map(shlex.quote, words))
