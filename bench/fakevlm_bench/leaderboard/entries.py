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
from typing import TYPE_CHECKING, Any

from fakevlm_bench.files import sha256_file
from fakevlm_bench.leaderboard import figures, limits
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.truth import TaskTruth, TruthSource, ordered
from fakevlm_bench.leaderboard.untrusted.document import read_document
from fakevlm_bench.leaderboard.untrusted.folder import RESPONSES, SUBMISSION

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
        document: Its ``submission.json``.
        computed: Folder with ``result.json``, ``samples.npz``, ``predictions.parquet``, images.
        mark: ``recomputed``, ``reproduced`` or ``withdrawn``.
        notes: Why it was withdrawn, or who reproduced it.
        flags: What is odd about it, found by the build or said by the maintainers.
    """

    folder: Path
    document: dict[str, Any]
    computed: Path
    mark: str = "recomputed"
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Name within its task."""
        return str(self.document["slug"])

    @property
    def task(self) -> str:
        """Give ``name@version``."""
        protocol = self.document["protocol"]
        return f"{protocol['task']}@{protocol['version']}"

    @property
    def conditions(self) -> list[str]:
        """Condition ids in the submission's order."""
        return list(self.document["protocol"]["conditions"])

    @property
    def is_floor(self) -> bool:
        """Floors stand at the foot of the table, unranked."""
        return bool(self.document["detector"]["family"] == "floor")

    @functools.cached_property
    def result(self) -> dict[str, Any]:
        """What the metrics made of the predictions."""
        result: dict[str, Any] = json.loads((self.computed / "result.json").read_text("utf-8"))
        return result

    @functools.cached_property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Every figure by its flat name."""
        return figures.flatten(self.result)

    @property
    def clean(self) -> int:
        """Index of the clean condition, which every submission has."""
        return self.conditions.index("clean")

    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Verdict codes and scores, each (conditions, samples) in the truth's order."""
        import numpy as np

        with np.load(self.computed / "samples.npz", allow_pickle=False) as kept:
            return kept["verdicts"], kept["scores"]

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
        self._kept: dict[tuple[str, tuple[str, ...], int], tuple[TaskTruth, Path, str]] = {}
        self._lock = threading.Lock()

    def get(self, document: Mapping[str, Any]) -> tuple[TaskTruth, Path, str]:
        """Give a document's truth, its Parquet file and that file's digest.

        Raises:
            Refused: The protocol is not the task's.
        """
        protocol = document["protocol"]
        key = f"{protocol['task']}@{protocol['version']}"
        wanted = (key, tuple(protocol["conditions"]), int(document["run"]["seed"]))
        with self._lock:
            if wanted not in self._kept:
                self._kept[wanted] = self._make(wanted)
        _check_protocol(protocol, self._kept[wanted][0])
        return self._kept[wanted]

    def _make(self, wanted: tuple[str, tuple[str, ...], int]) -> tuple[TaskTruth, Path, str]:
        truth = self._source(*wanted)
        truth = dataclasses.replace(truth, frame=ordered(truth.frame, wanted[1]))
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"truth-{len(self._kept)}.parquet"
        truth.frame.to_parquet(path, index=False)
        return truth, path, sha256_file(path)

    def floors(self, truth_path: Path) -> str:
        """Give the path of the floors of a truth's explanations, made when first asked for."""
        from fakevlm_bench.leaderboard.evaluate import write_floors
        from fakevlm_bench.leaderboard.sandbox import isolated

        path = truth_path.with_suffix(".floors.json")
        with self._lock:
            if not path.exists():
                isolated(write_floors, str(truth_path), str(path))
        return str(path)


def _check_protocol(protocol: Mapping[str, Any], truth: TaskTruth) -> None:
    from fakevlm_bench.leaderboard.recompute import metrics_version

    expected = {
        "dataset_fingerprint": truth.fingerprint,
        "samples": len(truth.sample_ids),
        "sample_ids_sha256": truth.ids_digest,
        "metrics_version": metrics_version(),
    }
    for name, value in expected.items():
        if protocol[name] != value:
            raise RefusalError(
                f"protocol.{name} is {shown(protocol[name], 80)}, "
                f"{truth.key} in this checkout has {shown(value, 80)}"
            )


def load_entry(folder: Path, truths: TruthCache, kept: Path) -> Entry:
    """Read, check and score one submission, or find it scored already.

    Args:
        folder: The submission's.
        truths: Of this checkout.
        kept: Where scored entries are kept, by digest of everything that goes in.

    Raises:
        Refused: With the first thing that is wrong.
    """
    from fakevlm_bench.leaderboard.recompute import metrics_version
    from fakevlm_bench.leaderboard.sandbox import isolated

    document = read_document(folder)
    truth, truth_path, truth_digest = truths.get(document)
    parts = (
        FORMAT,
        metrics_version(),
        truth_digest,
        truth.metrics,
        sha256_file(folder / SUBMISSION),
    )
    target = kept / hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    if not target.exists():
        from fakevlm_bench.leaderboard.evaluate import evaluate

        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept, prefix=".new-") as fresh:
            out = Path(fresh) / "entry"
            speaks = RESPONSES in document["files"]
            floors = truths.floors(truth_path) if speaks else None
            isolated(
                evaluate,
                str(folder),
                document,
                str(truth_path),
                str(out),
                metrics=truth.metrics,
                floors_path=floors,
            )
            shutil.move(out, target)
    entry = Entry(folder, document, target)
    check_claims(document["claimed"], entry.figures)
    return entry


def check_claims(claimed: Mapping[str, float], computed: Mapping[str, Mapping[str, Any]]) -> None:
    """Hold every claimed figure against the recomputed one.

    Raises:
        Refused: One differs by more than `limits.CLAIM_TOLERANCE`, or does not exist.
    """
    found = figures.values(computed)
    for name, claim in claimed.items():
        if name not in computed:
            raise RefusalError(f"claimed {name}: there is no such figure")
        if name not in found:
            raise RefusalError(
                f"claimed {name}: cannot be computed ({computed[name].get('absent')})"
            )
        if not abs(found[name] - claim) <= limits.CLAIM_TOLERANCE:
            raise RefusalError(f"claimed {name}: {claim:.6f}, recomputed {found[name]:.6f}")
