"""Scoring published submissions again, after their answers are read or scored otherwise.

Needed where `metrics.VERSION` was raised: what was submitted stays, the verdicts that the
suite reads in it and the figures that it computes of it are brought up to date, and every change
is listed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fakevlm_bench.files import sha256_file, write_atomically
from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.entries import TruthCache, load_entry
from fakevlm_bench.leaderboard.evaluate import KEYS, read_records, read_texts
from fakevlm_bench.leaderboard.recompute import metrics_version
from fakevlm_bench.leaderboard.schema import predictions_schema
from fakevlm_bench.leaderboard.submission import Submission
from fakevlm_bench.leaderboard.untrusted.document import read_submission
from fakevlm_bench.leaderboard.untrusted.folder import PREDICTIONS, RESPONSES, SUBMISSION


@dataclass(frozen=True)
class Rescored:
    """What changed in one submission.

    Attributes:
        name: ``<task>@<version>/<slug>``.
        before: Its metrics version.
        verdicts: Each changed verdict, in words.
        claims: Each changed claim, in words.
    """

    name: str
    before: str
    verdicts: list[str]
    claims: list[str]

    def lines(self) -> Iterator[str]:
        """Say what changed, a line for each change below a line for all of them."""
        yield (
            f"{self.name}: metrics {self.before} to {metrics_version()}, "
            f"{len(self.verdicts)} verdicts and {len(self.claims)} figures changed"
        )
        for line in (*self.verdicts, *self.claims):
            yield f"  {line}"


def rescore(folder: Path, truths: TruthCache, cache: Path) -> Rescored:
    """Bring one submission up to date, in place.

    A row without text keeps what was submitted of it, and so do scores, masks and heat maps.

    Args:
        folder: The submission's.
        truths: Of this checkout.
        cache: Where scored entries are kept.

    Raises:
        RefusalError: It is not a valid submission but for its metrics version, verdicts and
            claims; it is then left as it was.
    """
    old = read_submission(folder)
    new = replace(old, protocol=replace(old.protocol, metrics_version=metrics_version()))
    _, truth_path, _ = truths.get(new)
    with tempfile.TemporaryDirectory(prefix="rescore-") as work:
        fresh = Path(work) / folder.resolve().parent.name / folder.resolve().name
        shutil.copytree(folder, fresh)
        verdicts = _reread(fresh, new, truth_path)
        files = {**new.files, PREDICTIONS: sha256_file(fresh / PREDICTIONS)}
        new = replace(new, files=files, claimed={})
        _write(fresh, new)
        figures = load_entry(fresh, truths, cache).figures
        values = {n: one.value for n, one in figures.items() if one.value is not None}
        claimed = {
            name: before if _same(before, values[name]) else values[name]
            for name, before in old.claimed.items()
            if name in values
        }
        _write(fresh, replace(new, claimed=claimed))
        for name in (PREDICTIONS, SUBMISSION):
            shutil.copyfile(fresh / name, folder / name)
    name = f"{folder.resolve().parent.name}/{old.slug}"
    changes = list(_changes(old.claimed, values))
    return Rescored(name, old.protocol.metrics_version, verdicts, changes)


def _same(old: float, new: float) -> bool:
    return abs(new - old) <= limits.CLAIM_TOLERANCE


def _changes(claimed: Mapping[str, float], values: Mapping[str, float]) -> Iterator[str]:
    for name, old in claimed.items():
        if name not in values:
            yield f"{name}: {old:.6f} to absent"
        elif not _same(old, values[name]):
            yield f"{name}: {old:.6f} to {values[name]:.6f}"


def _reread(folder: Path, submission: Submission, truth_path: Path) -> list[str]:
    """Write the verdicts that the answers read as; return the changed ones in words."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if RESPONSES not in submission.files:
        return []
    predictions, responses = read_records(folder, pq.read_table(truth_path).to_pandas())
    assert responses is not None
    verdicts = predictions[["status", "verdict"]].astype({"verdict": "Int8"})
    changed = []
    for place, read in enumerate(read_texts(predictions, responses, submission)):
        before = verdicts["verdict"].iloc[place]
        old = None if before is pd.NA else int(before)
        if read is None or read.verdict == old:
            continue
        sample, condition = predictions[KEYS].iloc[place]
        changed.append(f"{sample} under {condition}: {_word(old)} to {_word(read.verdict)}")
        verdict = pd.NA if read.verdict is None else int(read.verdict)
        verdicts.iloc[place] = [str(read.status), verdict]
    if changed:
        table = pa.Table.from_pandas(
            predictions.assign(**verdicts), schema=predictions_schema(), preserve_index=False
        )
        pq.write_table(table, folder / PREDICTIONS, compression="zstd")
    return changed


def _word(verdict: int | None) -> str:
    return "not understood" if verdict is None else ("real", "fake")[verdict]


def _write(folder: Path, submission: Submission) -> None:
    write_atomically(folder / SUBMISSION, submission.text().encode())
