"""From a finished run to a submission: what was measured, and what its author says of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leaderboard import figures
from leaderboard.reading.document import check_schema
from leaderboard.reading.folder import PREDICTIONS, RESPONSES, SUBMISSION, sha256
from leaderboard.refusal import RefusalError
from leaderboard.schema import SCHEMA_VERSION, predictions_schema, responses_schema
from leaderboard.truth import folder_name, sample_ids_digest

UNSTATED = "not stated"
RESOURCES = ("wall_seconds", "images", "peak_memory_bytes", "price_per_hour",
             "price_per_million_tokens_in", "price_per_million_tokens_out")  # fmt: skip
_DETECTOR_FIELDS = ("version", "family", "parameters", "paper", "code", "licence")


def submit(
    run_dir: Path, root: Path, *, card: Mapping[str, Any] | None = None, slug: str | None = None
) -> Path:
    """Write a run as a submission.

    Args:
        run_dir: Folder of a finished run.
        root: Folder of submissions; the new one is ``<task>@<version>/<slug>`` below it.
        card: Parts of ``submission.json`` that only its author knows (submitter, training,
            track, …); what it leaves out is taken from the run or says "not stated".
        slug: Name of the submission's folder; by default the detector's and the run's.

    Returns:
        The submission's folder.

    Raises:
        RunError: The run cannot be read or is not finished.
        RefusalError: The card does not fit the schema.
    """
    from bench.engine.record import RunFolder
    from bench.errors import RunError

    run = RunFolder(run_dir)
    manifest, result = run.manifest(), run.result()
    if not manifest["finished"]:
        raise RunError(f"{run_dir} is not finished: run it to its end first")
    document = describe(manifest, card or {}, slug)
    document["claimed"] = {
        name: value
        for name, value in figures.values(figures.flatten(result)).items()
        if not name.startswith("efficiency/")
    }
    folder: Path = root / folder_name(manifest["task"]["key"]) / document["slug"]
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    ids = _write_tables(run, folder)
    document["protocol"] |= {"samples": len(ids), "sample_ids_sha256": sample_ids_digest(ids)}
    document["protocol"]["metrics_version"] = str(result["metrics_version"])
    document["files"] = {
        path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()
    }
    check_schema(document)
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / SUBMISSION).write_text(text + "\n", "utf-8")
    return folder


def _write_tables(run: Any, folder: Path) -> list[str]:
    """Write predictions and, where the detector speaks, its answers; give the samples' ids."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from bench.engine.score import latest

    predictions = pq.read_table(run.predictions_path, columns=predictions_schema().names)
    pq.write_table(predictions, folder / PREDICTIONS, compression="zstd")
    responses = latest(run, "responses").select(responses_schema().names)
    if (
        pc.any(pc.is_valid(responses["text"])).as_py()
        or pc.any(pc.is_valid(responses["latency"])).as_py()
    ):
        pq.write_table(responses, folder / RESPONSES, compression="zstd")
    ids: list[str] = pc.unique(predictions["sample_id"]).to_pylist()
    return ids


def describe(
    manifest: Mapping[str, Any], card: Mapping[str, Any], slug: str | None
) -> dict[str, Any]:
    """Fill ``submission.json`` from a run's manifest; `card` has the last word.

    Raises:
        RefusalError: The card has a part that a submission has not.
    """
    key = manifest["task"]["key"]
    task, _, version = key.partition("@")
    name = manifest["detector"]["name"]
    version_of = str(manifest["identity"]["detector"].get("version", ""))
    own = {**dict.fromkeys(_DETECTOR_FIELDS), "version": version_of, "licence": UNSTATED,
           "family": "other"}  # fmt: skip
    own |= {k: v for k, v in manifest["detector"]["card"].items() if k in own and v is not None}
    conditions = sorted(manifest["identity"]["conditions"], key=lambda c: (c != "clean", c))
    weights = manifest["identity"]["detector"].get("weights")
    made: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "slug": slug or f"{name}-{manifest['id'][:8]}",
        "track": "open_weights",
        "submitter": {"name": UNSTATED, "affiliation": "", "conflicts": UNSTATED},
        "detector": {"name": name, **own},
        "weights": {"sha256": weights if _is_digest(weights) else None, "source": ""},
        "training": {"data": UNSTATED, "generators_seen": [], "overlap": UNSTATED},
        "preprocessing": UNSTATED,
        "protocol": {
            "task": task,
            "version": version,
            "dataset_fingerprint": manifest["task"]["fingerprint"],
            "conditions": conditions,
        },
        "run": {
            "date": manifest["times"]["finished"][:10],
            "commit": manifest["git"]["commit"],
            "device": "{system} {machine}, {cores} cores".format(**manifest["machine"]),
            "seed": manifest["identity"]["seed"],
            "libraries": manifest["packages"],
        },
        "resources": {name: manifest.get("resources", {}).get(name) for name in RESOURCES},
        "threshold": {
            "value": manifest["reading"]["threshold"],
            "heat_map": manifest["scoring"]["heat_threshold"],
            "chosen": UNSTATED,
        },
    }
    for part, value in card.items():
        if part not in made or part in ("schema_version", "slug", "protocol"):
            raise RefusalError(f"the card's part '{part}' is none that a submitter states")
        made[part] = {**made[part], **value} if isinstance(value, Mapping) else value
    return made


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
