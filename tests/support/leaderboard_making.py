"""Makes tasks and plausible submissions of any size, for the leaderboard's tests."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from fakevlm_bench import rle
from fakevlm_bench.engine.schema import TRUTH
from fakevlm_bench.files import sha256_file
from fakevlm_bench.leaderboard.recompute import metrics_version
from fakevlm_bench.leaderboard.run_description import RESOURCES
from fakevlm_bench.leaderboard.schema import predictions_schema, responses_schema
from fakevlm_bench.leaderboard.truth import TaskTruth, TruthSource, folder_name, sample_ids_digest

SIZE = 48
CONDITIONS = ("clean", "jpeg:1", "jpeg:3", "jpeg:5", "resize:3", "social_a:1")
FAMILIES = ("splice", "whole_superres", "region_ae", "style")
CLUES = (
    "the wall's texture repeats",
    "edges ring near the window",
    "the shadow is missing",
    "the lamp's outline is soft",
    "colours bleed at the border",
    "noise stops at the edge",
)


def box_mask(rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), bool)
    x, y = rng.integers(0, SIZE // 2, 2)
    mask[y : y + SIZE // 3, x : x + SIZE // 3] = True
    return mask


def answer(rng: np.random.Generator, *, fake: bool) -> str:
    clues = "; ".join(rng.choice(CLUES, 3, replace=False))
    return f"This is a {'fake' if fake else 'real'} image. {clues}."


def make_truth(
    samples: int = 120, conditions: tuple[str, ...] = CONDITIONS, key: str = "toy@1", seed: int = 0
) -> TaskTruth:
    """A task of twins: even samples real, odd ones fake, two of each four in one group."""
    rng = np.random.default_rng(seed)
    rows = []
    for index in range(samples):
        fake = index % 2 == 1
        family = FAMILIES[index // 2 % len(FAMILIES)] if fake else "real"
        whole = family == "whole_superres"
        mask = rle.encode(box_mask(rng)) if fake and not whole else None
        rows.append(
            {
                "sample_id": f"s{index:05d}",
                "label": int(fake),
                "category": ("interior", "animal", "street")[index // 2 % 3],
                "generator": family,
                "family": family,
                "group": f"g{index // 4}",
                "pair": f"s{index - 1:05d}" if fake else "",
                "paired": True,
                "unseen": family == "style",
                "whole": whole,
                "mask": mask,
                "boxes": None,
                "references": [answer(rng, fake=fake)[22:] for _ in range(3)],
                "width": SIZE,
                "height": SIZE,
                "window": None,
            }
        )
    frame = pd.concat(
        [pd.DataFrame(rows).assign(condition_id=condition) for condition in conditions],
        ignore_index=True,
    )[TRUTH.names]
    frame = frame.astype({"label": "int8", "width": "int32", "height": "int32"})
    return TaskTruth(
        key,
        hashlib.sha256(f"{key} {samples} {seed}".encode()).hexdigest(),
        frame,
        about={"description": "Twins made for tests.", "licence": "CC0-1.0", "split": "test"},
        picture=picture,
    )


def picture(sample: str, condition: str) -> bytes:
    rng = np.random.default_rng(int(sample[1:]))
    pixels = np.kron(rng.integers(0, 255, (6, 6, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=10 if "jpeg" in condition else 90)
    return buffer.getvalue()


def truth_source(truth: TaskTruth) -> TruthSource:
    """A source that knows one task only; conditions are taken as they come."""
    from fakevlm_bench.errors import unknown_name

    def source(key: str, conditions: tuple[str, ...], seed: int) -> TaskTruth:
        if key != truth.key:
            raise unknown_name("task", key, [truth.key])
        frame = truth.frame[truth.frame["condition_id"].isin(conditions)].reset_index(drop=True)
        missing = set(conditions) - set(frame["condition_id"])
        if missing:
            raise unknown_name("condition", min(missing), truth.frame["condition_id"].unique())
        return TaskTruth(
            truth.key, truth.fingerprint, frame, about=truth.about, picture=truth.picture
        )

    return source


def make_predictions(
    truth: TaskTruth, skill: float, seed: int, *, masks: bool = False, spoken: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Answers of a detector of some skill, which falls with a condition's severity."""
    rng = np.random.default_rng(seed)
    frame = truth.frame
    severity = frame["condition_id"].map(lambda c: int(c.partition(":")[2] or 0)).to_numpy()
    hardness = np.random.default_rng(1).normal(0, 1, len(truth.sample_ids))
    hardness = np.tile(hardness, len(frame) // len(hardness))
    sign = frame["label"].to_numpy() * 2 - 1
    logit = sign * (skill * (1 - 0.15 * severity)) + 0.7 * hardness
    logit += rng.normal(0, 1, len(frame))
    score = 1 / (1 + np.exp(-logit))
    verdict = (score > 0.5).astype(int)
    status = np.where(rng.random(len(frame)) < 0.01, "unparsed" if spoken else "failed", "ok")
    codes: list[str | None] = [None] * len(frame)
    if masks:
        pool = [rle.encode(box_mask(rng)) for _ in range(64)]
        codes = [
            (true if true and rng.random() < 0.5 else pool[rng.integers(64)]) if said else None
            for true, said in zip(frame["mask"], (verdict == 1) & (status == "ok"), strict=True)
        ]
    predictions = pd.DataFrame(
        {
            "sample_id": frame["sample_id"],
            "condition_id": frame["condition_id"],
            "status": status,
            "verdict": pd.array(np.where(status == "ok", verdict, -1), "Int8"),
            "score": np.where(status == "ok", score, np.nan),
            "mask": codes,
            "heat_map": None,
            "heat_map_width": pd.array([None] * len(frame), "Int32"),
            "heat_map_height": pd.array([None] * len(frame), "Int32"),
            "dropped_boxes": pd.array([0] * len(frame), "Int32"),
        }
    )
    predictions.loc[predictions["status"] != "ok", "verdict"] = pd.NA
    if not spoken:
        return predictions, None
    texts = [
        answer(rng, fake=bool(said)) if how == "ok" else "I cannot tell."
        for said, how in zip(verdict, status, strict=True)
    ]
    responses = predictions[["sample_id", "condition_id"]].assign(
        text=texts,
        tokens_in=pd.array([600] * len(frame), "Int32"),
        tokens_out=pd.array([30] * len(frame), "Int32"),
        latency=rng.gamma(4, 0.02, len(frame)),
        cached=False,
        attack=None,
    )
    return predictions, responses


def write_table(frame: pd.DataFrame, path: Path, schema: pa.Schema) -> None:
    pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False), path)


def document(truth: TaskTruth, slug: str, **changes: object) -> dict[str, Any]:
    name, _, version = truth.key.partition("@")
    conditions = truth.frame["condition_id"].drop_duplicates().tolist()
    made = {
        "schema_version": 1,
        "slug": slug,
        "track": "open_weights",
        "submitter": {"name": "A. Tester", "affiliation": "", "conflicts": "none"},
        "detector": {
            "name": slug.title(), "version": "1.0", "family": "network", "parameters": 1_000_000,
            "paper": "https://example.org/paper", "code": None, "licence": "MIT",
        },
        "weights": {"sha256": "0" * 64, "source": "made for tests"},
        "training": {"data": "none", "generators_seen": ["splice"], "overlap": "none"},
        "preprocessing": "resize to 224",
        "protocol": {
            "task": name, "version": version, "dataset_fingerprint": truth.fingerprint,
            "sample_ids_sha256": sample_ids_digest(truth.sample_ids),
            "samples": len(truth.sample_ids), "conditions": conditions,
            "metrics_version": metrics_version(),
        },
        "run": {
            "date": "2026-01-02", "commit": "0123abc", "device": "2 cores", "seed": 0,
            "libraries": {"numpy": "2.0"},
        },
        "resources": dict.fromkeys(RESOURCES),
        "threshold": {
            "value": 0.5, "published": 0.5, "calibrated": None, "temperature": None,
            "heat_map": None, "chosen": "as published",
        },
        "files": {},
        "claimed": {},
    }  # fmt: skip
    made.update(changes)
    return made


def write_submission(
    root: Path,
    truth: TaskTruth,
    slug: str,
    predictions: pd.DataFrame,
    responses: pd.DataFrame | None = None,
    **changes: object,
) -> Path:
    """Write a submission's folder and give it."""
    folder = root / folder_name(truth.key) / slug
    folder.mkdir(parents=True, exist_ok=True)
    write_table(predictions, folder / "predictions.parquet", predictions_schema())
    if responses is not None:
        write_table(responses, folder / "responses.parquet", responses_schema())
    write_document(folder, document(truth, slug, **changes))
    return folder


def write_document(folder: Path, made: dict[str, Any]) -> None:
    """Write the document, with the digests of the files that stand beside it."""
    made["files"] = {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "submission.json"
    }
    (folder / "submission.json").write_text(json.dumps(made), "utf-8")


def make_submissions(root: Path, truth: TaskTruth, count: int, seed: int = 0) -> list[Path]:
    """Plausible ones: every fourth localises, every fifth speaks, the last two are floors."""
    folders = []
    for index in range(count):
        rng = np.random.default_rng((seed, index))
        family = "vision_language" if index % 5 == 0 else ("network", "statistic")[index % 2]
        floor = index >= count - 2
        family = "floor" if floor else family
        spoken = family == "vision_language"
        predictions, responses = make_predictions(
            truth, rng.uniform(0.2, 2.5), seed + index, masks=index % 4 == 0, spoken=spoken
        )
        if floor:
            predictions = predictions.assign(status="ok", verdict=index % 2, score=float(index % 2))
        slug = f"detector-{index:03d}"
        made = document(truth, slug)
        made["track"] = ("open_weights", "closed", "api")[index % 3]
        made["detector"] |= {
            "name": f"Detector {index}", "version": f"{index % 2 + 1}.0", "family": family,
            "parameters": int(10 ** rng.uniform(5, 10)),
            "licence": ("MIT", "Apache-2.0")[index % 2],
        }  # fmt: skip
        made["run"]["date"] = f"2026-{index % 12 + 1:02d}-{index % 28 + 1:02d}"
        del made["slug"]
        folders.append(write_submission(root, truth, slug, predictions, responses, **made))
    return folders
