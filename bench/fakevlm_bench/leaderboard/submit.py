"""From a finished run to a submission: what was measured, and what its author says of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fakevlm_bench.files import sha256_file, write_atomically
from fakevlm_bench.leaderboard import attacked
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.run_description import UNSTATED, describe
from fakevlm_bench.leaderboard.samples import spread
from fakevlm_bench.leaderboard.schema import predictions_schema, responses_schema
from fakevlm_bench.leaderboard.submission import JsonObject, Submission
from fakevlm_bench.leaderboard.truth import folder_name, sample_ids_digest
from fakevlm_bench.leaderboard.untrusted.attacks import slim_record
from fakevlm_bench.leaderboard.untrusted.document import check_schema
from fakevlm_bench.leaderboard.untrusted.folder import PREDICTIONS, RESPONSES, SUBMISSION
from fakevlm_bench.result import Result

if TYPE_CHECKING:
    from fakevlm_bench.engine.manifest import Manifest
    from fakevlm_bench.engine.run_folder import RunFolder

_NOT_CLAIMED = ("mce", "relative_mce", "css", "bertscore_f1")
"""Measured against another run, which a submission does not hold, or with another model."""
_STATED = ("submitter", "detector", "training", "preprocessing", "threshold")
"""Parts of which `unstated` lists what is missing."""


def submit(
    run_dir: Path,
    root: Path,
    *,
    card: JsonObject | None = None,
    slug: str | None = None,
    whole: bool = True,
) -> Path:
    """Write a run as a submission.

    Args:
        run_dir: Folder of a finished run.
        root: Folder of submissions; the new one is ``<task>@<version>/<slug>`` below it.
        card: Parts of ``submission.json`` that only its author knows (submitter, training,
            track, …); what it leaves out is taken from the run or says "not stated".
        slug: Name of the submission's folder; by default the detector's and its version.
        whole: Refuse a run of only some of the task's samples, which nobody can validate.

    Returns:
        The submission's folder.

    Raises:
        RunError: The run cannot be read or is not finished.
        RefusalError: The card does not fit the schema, the run is a part of the task, or
            the folder holds somebody else's submission.
    """
    from fakevlm_bench.engine.run_folder import RunFolder

    run = RunFolder(run_dir)
    manifest, result = run.manifest(), run.result()
    _check_run(run_dir, manifest, whole=whole)
    document = describe(manifest.to_json(), card or {}, slug)
    document["claimed"] = _claims(result)
    folder: Path = root / folder_name(manifest.task.key) / document["slug"]
    _make_room(folder, document)
    folder.mkdir(parents=True)
    ids = _write_tables(run, folder)
    _write_attacked(run, folder, document["protocol"]["conditions"])
    document["protocol"] |= {
        "samples": len(ids),
        "sample_ids_sha256": sample_ids_digest(ids),
        "metrics_version": str(result["metrics_version"]),
    }
    document["files"] = _digests(folder)
    check_schema(document)
    write_atomically(folder / SUBMISSION, Submission.from_json(document).text().encode())
    return folder


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _check_run(run_dir: Path, manifest: Manifest, *, whole: bool) -> None:
    from fakevlm_bench.errors import RunError

    if not manifest.finished:
        raise RunError(f"{run_dir} is not finished: run it to its end first")
    limit = manifest.identity.limit
    if whole and limit:
        raise RefusalError(
            f"{run_dir} measured {manifest.samples.count} samples only "
            f"(limit={limit}): run it without a limit"
        )


def _claims(result: Result) -> dict[str, float]:
    """Return the values that a recomputation can be held against."""
    return {
        one.name: float(one.figure.value)
        for one in result.figures(coverage=True)
        if one.figure.value is not None
        and not one.name.startswith("efficiency/")
        and one.path[-1] not in _NOT_CLAIMED
    }


def unstated(folder: Path) -> list[str]:
    """List what a submission does not state, by its place: ``submitter.name``, …."""
    document = json.loads((folder / SUBMISSION).read_text("utf-8"))
    return [
        ".".join(path)
        for path, value in _leaves(document)
        if value == UNSTATED and path[0] in _STATED
    ]


def _leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from _leaves(child, (*path, name))
    else:
        yield path, node


def _make_room(folder: Path, document: JsonObject) -> None:
    """Take away an earlier submission of the same detector by the same submitter.

    One that names no submitter yet is anybody's to complete: its author comes back with a card.
    """
    path = folder / SUBMISSION
    if path.exists():
        earlier = json.loads(path.read_text("utf-8"))
        for part in ("submitter", "detector"):
            if earlier[part]["name"] not in (document[part]["name"], UNSTATED):
                raise RefusalError(
                    f"{folder} holds a submission of another {part} "
                    f"({shown(earlier[part]['name'])}): choose another --slug"
                    + (", or say who submits with --card" if part == "submitter" else "")
                )
    if folder.exists():
        shutil.rmtree(folder)


def _write_tables(run: RunFolder, folder: Path) -> list[str]:
    """Write predictions and, where the detector speaks, its answers; return the samples' ids."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from fakevlm_bench.engine.score import latest

    predictions = pq.read_table(run.predictions_path, columns=predictions_schema().names)
    pq.write_table(predictions, folder / PREDICTIONS, compression="zstd")
    responses = latest(run, "responses").select(responses_schema().names)
    if any(pc.any(pc.is_valid(responses[name])).as_py() for name in ("text", "latency", "attack")):
        column = responses.schema.get_field_index("attack")
        slim = pa.array(map(_slim, responses["attack"].to_pylist()), pa.string())
        responses = responses.set_column(column, "attack", slim)
        pq.write_table(responses, folder / RESPONSES, compression="zstd")
    ids: list[str] = pc.unique(predictions["sample_id"]).to_pylist()
    return ids


def _slim(record: str | None) -> str | None:
    """Keep of an attack's record what figures are computed from."""
    return None if record is None else json.dumps(slim_record(json.loads(record)).to_json())


def _write_attacked(run: RunFolder, folder: Path, conditions: Sequence[str]) -> None:
    """Write attacked images of the samples that the site shows first."""
    from fakevlm_bench.engine.score import latest

    if not run.parts("images"):
        return
    truth = latest(run, "truth").to_pandas()
    clean = truth[truth["condition_id"] == "clean"].reset_index(drop=True)
    order = clean["sample_id"].iloc[spread(clean)]
    rows = latest(run, "images").select(["sample_id", "condition_id", "image"]).to_pylist()
    images = {(row["sample_id"], row["condition_id"]): row["image"] for row in rows}
    for name, data in attacked.choose(images, order, conditions):
        (folder / "images").mkdir(exist_ok=True)
        (folder / "images" / name).write_bytes(data)
