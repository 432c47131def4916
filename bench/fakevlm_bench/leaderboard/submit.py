"""From a finished run to a submission: what was measured, and what its author says of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

from fakevlm_bench.leaderboard import attacked, figures
from fakevlm_bench.leaderboard.model_cards import model_card
from fakevlm_bench.leaderboard.refusal import RefusalError, shown
from fakevlm_bench.leaderboard.samples import spread
from fakevlm_bench.leaderboard.schema import SCHEMA_VERSION, predictions_schema, responses_schema
from fakevlm_bench.leaderboard.truth import folder_name, sample_ids_digest
from fakevlm_bench.leaderboard.untrusted import attacks
from fakevlm_bench.leaderboard.untrusted.document import check_schema
from fakevlm_bench.leaderboard.untrusted.folder import PREDICTIONS, RESPONSES, SUBMISSION, sha256

if TYPE_CHECKING:
    from fakevlm_bench.engine.manifest import Manifest

UNSTATED = "not stated"
RESOURCES = ("wall_seconds", "images", "peak_memory_bytes", "price_per_hour",
             "price_per_million_tokens_in", "price_per_million_tokens_out")  # fmt: skip
_NOT_CLAIMED = ("mce", "relative_mce", "css", "bertscore_f1")
"""Measured against another run, which a submission does not hold, or with another model."""
_SAID = ("submitter", "detector", "training", "preprocessing", "threshold")
_DETECTOR_FIELDS = ("version", "family", "parameters", "paper", "code", "licence")


def submit(
    run_dir: Path,
    root: Path,
    *,
    card: Mapping[str, Any] | None = None,
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
    from fakevlm_bench.errors import RunError

    run = RunFolder(run_dir)
    manifest, result = run.manifest(), run.result()
    if not manifest.finished:
        raise RunError(f"{run_dir} is not finished: run it to its end first")
    if whole and manifest.identity.limit:
        raise RefusalError(
            f"{run_dir} measured {manifest.samples.count} samples only "
            f"(limit={manifest.identity.limit}): run it without a limit"
        )
    document = describe(manifest, card or {}, slug)
    document["claimed"] = {
        name: value
        for name, value in figures.values(figures.flatten(result)).items()
        if not name.startswith("efficiency/") and name.rpartition("/")[2] not in _NOT_CLAIMED
    }
    folder: Path = root / folder_name(manifest.task.key) / document["slug"]
    _make_room(folder, document)
    folder.mkdir(parents=True)
    ids = _write_tables(run, folder)
    _write_attacked(run, folder, document["protocol"]["conditions"])
    document["protocol"] |= {"samples": len(ids), "sample_ids_sha256": sample_ids_digest(ids)}
    document["protocol"]["metrics_version"] = str(result["metrics_version"])
    document["files"] = {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    check_schema(document)
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / SUBMISSION).write_text(text + "\n", "utf-8")
    return folder


def unstated(folder: Path) -> list[str]:
    """List what a submission does not state, by its place: ``submitter.name``, …."""
    document = json.loads((folder / SUBMISSION).read_text("utf-8"))
    return [
        ".".join(path)
        for path, value in _leaves(document)
        if value == UNSTATED and path[0] in _SAID
    ]


def _leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from _leaves(child, (*path, name))
    else:
        yield path, node


def _make_room(folder: Path, document: Mapping[str, Any]) -> None:
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


def _write_tables(run: Any, folder: Path) -> list[str]:
    """Write predictions and, where the detector speaks, its answers; give the samples' ids."""
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


def _write_attacked(run: Any, folder: Path, conditions: Sequence[str]) -> None:
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


def _slim(record: str | None) -> str | None:
    """Keep of an attack's record what figures are computed from."""
    if record is None:
        return None
    found = json.loads(record)
    return json.dumps({name: found[name] for name in attacks.KEYS if found.get(name) is not None})


def _chosen(manifest: Manifest) -> str:
    """Say how the threshold in use was chosen, as far as the run knows."""
    setting = str(manifest.thresholds.get("setting"))
    known = {
        "published": "as published, or as the run's configuration sets it",
        "calibrated": "calibrated on the task's validation split",
    }
    return known.get(setting, UNSTATED)


def describe(manifest: Manifest, card: Mapping[str, Any], slug: str | None) -> dict[str, Any]:
    """Fill ``submission.json`` from a run's manifest; `card` has the last word.

    Raises:
        RefusalError: The card has a part that a submission has not.
    """
    key = manifest.task.key
    task, _, version = key.partition("@")
    name = manifest.detector.name
    version_of = str(manifest.identity.detector.get("version", ""))
    own = {**dict.fromkeys(_DETECTOR_FIELDS), "version": version_of, "licence": UNSTATED,
           "family": "other"}  # fmt: skip
    own |= {k: v for k, v in manifest.detector.card.items() if k in own and v is not None}
    conditions = sorted(manifest.identity.conditions, key=lambda c: (c != "clean", c))
    fingerprint = manifest.identity.detector
    weights = fingerprint.get("weights") or fingerprint.get("fit")
    made: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "slug": slug or re.sub(r"[^a-z0-9_-]+", "-", f"{name}-{own['version']}".lower()).strip("-"),
        "track": "open_weights",
        "submitter": {"name": UNSTATED, "affiliation": "", "conflicts": UNSTATED},
        "detector": {"name": name, **own, **_asked(fingerprint)},
        "weights": {"sha256": weights if _is_digest(weights) else None, "source": ""},
        "training": {"data": UNSTATED, "generators_seen": [], "overlap": UNSTATED},
        "preprocessing": UNSTATED,
        "protocol": {
            "task": task,
            "version": version,
            "dataset_fingerprint": manifest.task.fingerprint,
            "conditions": conditions,
        },
        "run": {
            "date": (manifest.times.finished or "")[:10],
            "commit": manifest.git.commit,
            "device": str(manifest.machine),
            "seed": manifest.identity.seed,
            "libraries": manifest.packages,
            "overrides": [_plain(word, 1000) for word in manifest.overrides[:40]],
        },
        "resources": {name: (manifest.resources or {}).get(name) for name in RESOURCES},
        "reading": {
            "answers": manifest.reading.answers,
            "yes": manifest.reading.yes,
        },
        "threshold": {
            "value": manifest.reading.threshold,
            "published": manifest.scoring.get("published"),
            "calibrated": manifest.scoring.get("threshold"),
            "temperature": manifest.scoring.get("temperature"),
            "heat_map": manifest.scoring["heat_threshold"],
            "chosen": _chosen(manifest),
        },
    }
    for part in card:
        if part not in made or part in ("schema_version", "slug", "protocol"):
            raise RefusalError(f"the card's part '{part}' is none that a submitter states")
    for said in (model_card(name), card):
        for part, value in said.items():
            made[part] = {**made[part], **value} if isinstance(value, Mapping) else value
    return made


def _asked(fingerprint: Mapping[str, Any]) -> dict[str, Any]:
    """Say which model a detector asks, and in which words."""
    asked: dict[str, Any] = {}
    if isinstance(fingerprint.get("model"), str):
        asked["model"] = fingerprint["model"]
    said = fingerprint.get("prompting")
    if isinstance(said, Mapping):
        words = {name: said.get(name) for name in ("prompt", "instructions", "system", "opening")}
        asked["prompting"] = {"mode": said.get("mode", "chat"), "prompt": None} | {
            name: _plain(text, 4000) for name, text in words.items() if isinstance(text, str)
        }
    return asked


def _plain(text: str, longest: int) -> str:
    """Put a space in the place of line breaks and of what else a submission may not hold."""
    plain = "".join(" " if category(one) in ("Cc", "Cf", "Cs", "Co") else one for one in text)
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
