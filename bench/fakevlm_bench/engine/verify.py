"""Recomputing a run from what it recorded, and saying what differs."""

from __future__ import annotations

import math
from typing import Any

import pyarrow.parquet as pq

from fakevlm_bench.engine.manifest import Manifest
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.score import compute_result, latest, predictions_of
from fakevlm_bench.errors import DataError
from fakevlm_bench.files import sha256_file


def verify(run: RunFolder) -> list[str]:
    """Recompute identity, digests, counts, predictions and result.

    Returns:
        One line for each difference; none where everything agrees.

    Raises:
        RunError: The run cannot be read at all.
    """
    manifest = run.manifest()
    lines: list[str] = []
    if manifest.identity.run_id != manifest.id:
        lines.append("manifest.json: the id is not the digest of the identity")
    if not manifest.finished:
        lines.append("the run is not finished")
    lines += _files(run, manifest)
    responses = latest(run, "responses")
    lines += _counts(responses.to_pylist(), manifest)
    recorded = pq.read_table(run.predictions_path)
    read = predictions_of(responses, manifest.reading)
    if "form" not in recorded.column_names:  # a run of before this column
        read = read.drop_columns(["form"])
    if not recorded.equals(read):
        lines.append("predictions.parquet: not what the responses give")
    before = run.result().to_json()
    try:
        result = compute_result(run, manifest, before.get("baseline")).to_json()
    except DataError as error:
        return [*lines, f"result.json: cannot be recomputed: {error}"]
    return lines + _differences("result.json", before, result)


def _files(run: RunFolder, manifest: Manifest) -> list[str]:
    lines = []
    for name, digest in (manifest.files or {}).items():
        path = run.path / name
        if not path.is_file():
            lines.append(f"{name}: missing")
        elif sha256_file(path) != digest:
            lines.append(f"{name}: its digest is not the recorded one")
    present = {
        part.relative_to(run.path).as_posix()
        for kind in ("responses", "truth", "images")
        for part in run.parts(kind)
    }
    extra = sorted(present - set(manifest.files or {}))
    return lines + [f"{name}: not in the manifest" for name in extra]


def _counts(rows: list[dict[str, Any]], manifest: Manifest) -> list[str]:
    lines = []
    if len(rows) != manifest.planned:
        lines.append(f"{len(rows)} responses, but {manifest.planned} were planned")
    ids = dict.fromkeys(row["sample_id"] for row in rows)
    if len(ids) != manifest.samples.count:
        lines.append(f"{len(ids)} samples, but {manifest.samples.count} were planned")
    return lines


def _differences(where: str, one: Any, other: Any) -> list[str]:
    """Name every place in which two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(set(one) | set(other))
        return [
            line
            for name in names
            for line in _differences(f"{where}: {name}", one.get(name), other.get(name))
        ]
    if isinstance(one, float) and isinstance(other, float):
        return [] if math.isclose(one, other, abs_tol=1e-12) else [f"{where}: {one} is not {other}"]
    return [] if one == other else [f"{where}: {one} is not {other}"]
