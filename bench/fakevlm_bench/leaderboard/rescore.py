"""Scoring published submissions again, after their answers are read or scored otherwise.

Needed where `metrics.VERSION` was raised: what was submitted stays, the verdicts that the
suite reads in it and the figures that it computes of it are brought up to date, and every change
is listed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakevlm_bench.files import sha256_file, write_atomically
from fakevlm_bench.leaderboard import figures, limits
from fakevlm_bench.leaderboard.entries import TruthCache, load_entry
from fakevlm_bench.leaderboard.evaluate import KEYS, read_records, read_texts
from fakevlm_bench.leaderboard.recompute import metrics_version
from fakevlm_bench.leaderboard.schema import predictions_schema
from fakevlm_bench.leaderboard.untrusted.document import read_document
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


def rescore(folder: Path, truths: TruthCache, kept: Path) -> Rescored:
    """Bring one submission up to date, in place.

    A row without text keeps what was submitted of it, and so do scores, masks and heat maps.

    Args:
        folder: The submission's.
        truths: Of this checkout.
        kept: Where scored entries are kept.

    Raises:
        RefusalError: It is no valid submission but for its metrics version, verdicts and claims;
            it is then left as it was.
    """
    document = read_document(folder)
    before, claimed = document["protocol"]["metrics_version"], document["claimed"]
    document["protocol"]["metrics_version"] = metrics_version()
    _, truth_path, _ = truths.get(document)
    with tempfile.TemporaryDirectory(prefix="rescore-") as work:
        fresh = Path(work) / folder.resolve().parent.name / folder.resolve().name
        shutil.copytree(folder, fresh)
        verdicts = _reread(fresh, document, truth_path)
        document["files"][PREDICTIONS] = sha256_file(fresh / PREDICTIONS)
        _write(fresh, document | {"claimed": {}})
        found = figures.values(load_entry(fresh, truths, kept).figures)
        document["claimed"] = {
            name: old if _same(old, found[name]) else found[name]
            for name, old in claimed.items()
            if name in found
        }
        _write(fresh, document)
        for name in (PREDICTIONS, SUBMISSION):
            shutil.copyfile(fresh / name, folder / name)
    name = f"{folder.resolve().parent.name}/{document['slug']}"
    return Rescored(name, before, verdicts, list(_moved(claimed, found)))


def _same(old: float, new: float) -> bool:
    return abs(new - old) <= limits.CLAIM_TOLERANCE


def _moved(claimed: Mapping[str, float], found: Mapping[str, float]) -> Iterator[str]:
    for name, old in claimed.items():
        if name not in found:
            yield f"{name}: {old:.6f} to absent"
        elif not _same(old, found[name]):
            yield f"{name}: {old:.6f} to {found[name]:.6f}"


def _reread(folder: Path, document: Mapping[str, Any], truth_path: Path) -> list[str]:
    """Write the verdicts that the answers read as; give the changed ones in words."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if RESPONSES not in document["files"]:
        return []
    predictions, responses = read_records(folder, pq.read_table(truth_path).to_pandas())
    assert responses is not None
    said = predictions[["status", "verdict"]].astype({"verdict": "Int8"})
    changed = []
    for place, read in enumerate(read_texts(predictions, responses, document)):
        before = said["verdict"].iloc[place]
        old = None if before is pd.NA else int(before)
        if read is None or read.verdict == old:
            continue
        sample, condition = predictions[KEYS].iloc[place]
        changed.append(f"{sample} under {condition}: {_word(old)} to {_word(read.verdict)}")
        said.iloc[place] = [str(read.status), pd.NA if read.verdict is None else int(read.verdict)]
    if changed:
        table = pa.Table.from_pandas(
            predictions.assign(**said), schema=predictions_schema(), preserve_index=False
        )
        pq.write_table(table, folder / PREDICTIONS, compression="zstd")
    return changed


def _word(verdict: int | None) -> str:
    return "not understood" if verdict is None else ("real", "fake")[verdict]


def _write(folder: Path, document: Mapping[str, Any]) -> None:
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    write_atomically(folder / SUBMISSION, (text + "\n").encode())
