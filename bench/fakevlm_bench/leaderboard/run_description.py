"""What a run's manifest, a model card and the submitter's card say of a submission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import category

from fakevlm_bench.leaderboard.model_cards import model_card
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.schema import SCHEMA_VERSION
from fakevlm_bench.leaderboard.submission import JsonObject
from fakevlm_bench.result import Document

UNSTATED = "not stated"
RESOURCES = ("wall_seconds", "images", "peak_memory_bytes", "price_per_hour",
             "price_per_million_tokens_in", "price_per_million_tokens_out")  # fmt: skip
_DETECTOR_FIELDS = ("version", "family", "parameters", "paper", "code", "licence")
_NOT_ON_A_CARD = ("schema_version", "slug", "protocol")
_OVERRIDES = 40
"""Settings of the command line that a submission holds at most."""


def describe(manifest: JsonObject, card: JsonObject, slug: str | None) -> Document:
    """Fill ``submission.json`` from a run's manifest, but for its files and figures.

    Args:
        manifest: The run's.
        card: Parts that only the submitter knows; it has the last word.
        slug: Name of the submission's folder; by default the detector's name and version.

    Raises:
        RefusalError: The card has a part that a submission does not have.
    """
    detector = _detector(manifest)
    name = str(detector["name"])
    fingerprint = manifest["identity"]["detector"]
    weights = fingerprint.get("weights") or fingerprint.get("fit")
    document: Document = {
        "schema_version": SCHEMA_VERSION,
        "slug": slug or _slug(f"{name}-{detector['version']}"),
        "track": "open_weights",
        "submitter": {"name": UNSTATED, "affiliation": "", "conflicts": UNSTATED},
        "detector": detector,
        "weights": {"sha256": weights if _is_digest(weights) else None, "source": ""},
        "training": {"data": UNSTATED, "generators_seen": [], "overlap": UNSTATED},
        "preprocessing": UNSTATED,
        "protocol": _protocol(manifest),
        "run": _run(manifest),
        "resources": {name: manifest.get("resources", {}).get(name) for name in RESOURCES},
        "reading": {
            "answers": manifest["reading"].get("answers", "free"),
            "yes": manifest["reading"].get("yes"),
        },
        "threshold": _threshold(manifest),
    }
    for part in card:
        if part not in document or part in _NOT_ON_A_CARD:
            raise RefusalError(f"the card's part '{part}' is not one that a submitter states")
    for statements in (model_card(name), card):
        for part, value in statements.items():
            document[part] = {**document[part], **value} if isinstance(value, Mapping) else value
    return document


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-")


def _detector(manifest: JsonObject) -> Document:
    fingerprint = manifest["identity"]["detector"]
    facts = {**dict.fromkeys(_DETECTOR_FIELDS), "version": str(fingerprint.get("version", "")),
             "licence": UNSTATED, "family": "other"}  # fmt: skip
    card = manifest["detector"]["card"]
    facts |= {name: v for name, v in card.items() if name in facts and v is not None}
    return {"name": manifest["detector"]["name"], **facts, **_model(fingerprint)}


def _model(fingerprint: JsonObject) -> Document:
    """Say which model a detector asks, and in which words."""
    facts: Document = {}
    if isinstance(fingerprint.get("model"), str):
        facts["model"] = fingerprint["model"]
    prompting = fingerprint.get("prompting")
    if isinstance(prompting, Mapping):
        texts = {n: prompting.get(n) for n in ("prompt", "instructions", "system", "opening")}
        facts["prompting"] = {"mode": prompting.get("mode", "chat"), "prompt": None} | {
            name: _plain(text, 4000) for name, text in texts.items() if isinstance(text, str)
        }
    return facts


def _protocol(manifest: JsonObject) -> Document:
    task, _, version = manifest["task"]["key"].partition("@")
    return {
        "task": task,
        "version": version,
        "dataset_fingerprint": manifest["task"]["fingerprint"],
        "conditions": sorted(manifest["identity"]["conditions"], key=lambda c: (c != "clean", c)),
    }


def _run(manifest: JsonObject) -> Document:
    return {
        "date": manifest["times"]["finished"][:10],
        "commit": manifest["git"]["commit"],
        "device": "{system} {machine}, {cores} cores".format(**manifest["machine"]),
        "seed": manifest["identity"]["seed"],
        "libraries": manifest["packages"],
        "overrides": [_plain(word, 1000) for word in manifest.get("overrides", [])[:_OVERRIDES]],
    }


def _threshold(manifest: JsonObject) -> Document:
    scoring = manifest["scoring"]
    how = {
        "published": "as published, or as the run's configuration sets it",
        "calibrated": "calibrated on the task's validation split",
    }
    return {
        "value": manifest["reading"]["threshold"],
        "published": scoring.get("published"),
        "calibrated": scoring.get("threshold"),
        "temperature": scoring.get("temperature"),
        "heat_map": scoring["heat_threshold"],
        "chosen": how.get(manifest.get("thresholds", {}).get("setting"), UNSTATED),
    }


def _plain(text: str, longest: int) -> str:
    """Put a space in the place of line breaks and of what else a submission may not hold."""
    plain = "".join(" " if category(one) in ("Cc", "Cf", "Cs", "Co") else one for one in text)
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
