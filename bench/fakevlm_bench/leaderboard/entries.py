"""Entries: submissions with everything that was computed of them, kept by digest."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.files import sha256_file
from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.submission import Protocol, Submission
from fakevlm_bench.leaderboard.truth import TaskTruth, TruthSource, ordered
from fakevlm_bench.leaderboard.untrusted.document import read_submission
from fakevlm_bench.leaderboard.untrusted.folder import RESPONSES, SUBMISSION
from fakevlm_bench.result import Figure, NamedFigure, Result, absent

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

FORMAT = 2
"""Of what is kept per entry; another one is computed again."""


@dataclass
class Entry:
    """One submission, scored.

    Attributes:
        folder: Where it was submitted.
        submission: Its ``submission.json``.
        computed: Folder with ``result.json``, ``samples.npz``, ``predictions.parquet``, images.
        mark: ``recomputed``, ``reproduced`` or ``withdrawn``.
        notes: Why it was withdrawn, or who reproduced it.
        flags: What is odd about it, found by the build or said by the maintainers.
    """

    folder: Path
    submission: Submission
    computed: Path
    mark: str = "recomputed"
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Name within its task."""
        return self.submission.slug

    @property
    def task(self) -> str:
        """The task as ``name@version``."""
        return self.submission.protocol.key

    @property
    def conditions(self) -> list[str]:
        """Condition ids in the submission's order."""
        return self.submission.protocol.conditions

    @property
    def is_floor(self) -> bool:
        """Whether it belongs at the foot of the table, unranked."""
        return self.submission.detector.family == "floor"

    @functools.cached_property
    def result(self) -> Result:
        """What the metrics computed from the predictions."""
        return Result.from_json(json.loads((self.computed / "result.json").read_text("utf-8")))

    @functools.cached_property
    def named_figures(self) -> list[NamedFigure]:
        """Every figure with its condition and its path."""
        return list(self.result.figures(coverage=True))

    @functools.cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure by its flat name."""
        return {one.name: one.figure for one in self.named_figures}

    def figure(self, name: str) -> Figure:
        """Return the figure of this name, an absent one where there is none."""
        return self.figures.get(name) or absent("not measured", None)

    @property
    def clean(self) -> int:
        """Index of the clean condition, which every submission has."""
        return self.conditions.index("clean")

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Verdict codes and scores, each (conditions, samples) in the truth's order."""
        import numpy as np

        with np.load(self.computed / "samples.npz", allow_pickle=False) as arrays:
            return arrays["verdicts"], arrays["scores"]

    def predictions(self) -> pd.DataFrame:
        """Predictions with explanations, in the truth's order of rows."""
        import pyarrow.parquet as pq

        frame: pd.DataFrame = pq.read_table(self.computed / "predictions.parquet").to_pandas()
        return frame


class TruthCache:
    """Truths of a build, each made once and also kept as a Parquet file for the readers."""

    def __init__(self, source: TruthSource, folder: Path) -> None:
        """Keep files under `folder`."""
        self._source = source
        self._folder = folder
        self._truths: dict[tuple[str, tuple[str, ...], int], tuple[TaskTruth, Path, str]] = {}
        self._lock = threading.Lock()

    def get(self, submission: Submission) -> tuple[TaskTruth, Path, str]:
        """Return a submission's truth, its Parquet file and that file's digest.

        Raises:
            RefusalError: The protocol is not the task's.
        """
        protocol = submission.protocol
        key = (protocol.key, tuple(protocol.conditions), submission.run.seed)
        with self._lock:
            if key not in self._truths:
                self._truths[key] = self._make(key)
        _check_protocol(protocol, self._truths[key][0])
        return self._truths[key]

    def _make(self, key: tuple[str, tuple[str, ...], int]) -> tuple[TaskTruth, Path, str]:
        truth = self._source(*key)
        truth = dataclasses.replace(truth, frame=ordered(truth.frame, key[1]))
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"truth-{len(self._truths)}.parquet"
        truth.frame.to_parquet(path, index=False)
        return truth, path, sha256_file(path)

    def floors(self, truth_path: Path) -> str:
        """Return the path of a truth's explanation floors, computed on first use."""
        from fakevlm_bench.leaderboard.evaluate import write_floors
        from fakevlm_bench.leaderboard.sandbox import isolated

        path = truth_path.with_suffix(".floors.json")
        with self._lock:
            if not path.exists():
                isolated(write_floors, str(truth_path), str(path))
        return str(path)


def _check_protocol(protocol: Protocol, truth: TaskTruth) -> None:
    from fakevlm_bench.leaderboard.recompute import metrics_version

    expected = {
        "dataset_fingerprint": truth.fingerprint,
        "samples": len(truth.sample_ids),
        "sample_ids_sha256": truth.ids_digest,
        "metrics_version": metrics_version(),
    }
    for name, value in expected.items():
        if getattr(protocol, name) != value:
            raise RefusalError(
                f"protocol.{name} is {shown(getattr(protocol, name), 80)}, "
                f"{truth.key} in this checkout has {shown(value, 80)}"
            )


def load_entry(folder: Path, truths: TruthCache, cache: Path) -> Entry:
    """Read, check and score one submission, or find it scored already.

    Args:
        folder: The submission's.
        truths: Of this checkout.
        cache: Where scored entries are kept, by digest of everything that goes in.

    Raises:
        RefusalError: With the first thing that is wrong.
    """
    from fakevlm_bench.leaderboard.recompute import metrics_version

    submission = read_submission(folder)
    truth, truth_path, truth_digest = truths.get(submission)
    parts = (
        FORMAT,
        metrics_version(),
        truth_digest,
        truth.metrics,
        sha256_file(folder / SUBMISSION),
    )
    target = cache / hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    if not target.exists():
        floors = truths.floors(truth_path) if RESPONSES in submission.files else None
        _evaluate(folder, submission, (truth_path, truth.metrics, floors), target)
    entry = Entry(folder, submission, target)
    check_claims(submission.claimed, entry.figures)
    return entry


def _evaluate(
    folder: Path,
    submission: Submission,
    truth: tuple[Path, tuple[str, ...], str | None],
    target: Path,
) -> None:
    """Score a submission in a process with limits, and put what it writes at `target`."""
    from fakevlm_bench.leaderboard.evaluate import evaluate
    from fakevlm_bench.leaderboard.sandbox import isolated

    truth_path, metrics, floors = truth
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as fresh:
        out = Path(fresh) / "entry"
        isolated(
            evaluate,
            str(folder),
            submission,
            str(truth_path),
            str(out),
            metrics=metrics,
            floors_path=floors,
        )
        shutil.move(out, target)


def check_claims(claimed: Mapping[str, float], computed: Mapping[str, Figure]) -> None:
    """Hold every claimed figure against the recomputed one.

    Args:
        claimed: Values by flat name.
        computed: Every figure by flat name.

    Raises:
        RefusalError: One differs by more than `limits.CLAIM_TOLERANCE`, or does not exist.
    """
    for name, claim in claimed.items():
        if name not in computed:
            raise RefusalError(f"claimed {name}: there is no such figure")
        value = computed[name].value
        if value is None:
            raise RefusalError(f"claimed {name}: cannot be computed ({computed[name].absent})")
        if not abs(value - claim) <= limits.CLAIM_TOLERANCE:
            raise RefusalError(f"claimed {name}: {claim:.6f}, recomputed {value:.6f}")
