"""The samples' page: verdicts and scores of all samples, details and pictures of the first ones.

Verdicts and scores of one detector are one small file. Answers, masks, heat maps
and pictures come in chunks of `CHUNK` samples, loaded when a sample is opened.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fakevlm_bench.leaderboard.attacked import carried
from fakevlm_bench.leaderboard.condition_text import describe_condition
from fakevlm_bench.leaderboard.entries import Entry
from fakevlm_bench.leaderboard.page_data import card, write_script
from fakevlm_bench.leaderboard.truth import TaskTruth
from fakevlm_bench.result import Document

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CHUNK = 10
PICTURE_SIDE = 384
HEAT_MAP_SIDE = 48
NO_SCORE = 255
SCORE_STEPS = 250
"""Scores are shown in steps of 1/250."""


def write_samples(truth: TaskTruth, entries: Sequence[Entry], out: Path, detailed: int) -> None:
    """Write everything that the samples' page loads.

    Args:
        truth: Of the task, under all conditions that any entry has.
        entries: In the order in which they are offered.
        out: Folder of the task's samples.
        detailed: How many samples get pictures, masks and answers: the first ones of an
            order in which labels and families alternate.
    """
    frame = truth.frame
    conditions = sorted(frame["condition_id"].unique(), key=lambda c: (c != "clean", c))
    clean = frame[frame["condition_id"] == "clean"].reset_index(drop=True)
    order = spread(clean)
    first = clean["sample_id"].iloc[order[:detailed]].tolist()
    images = [carried(entry.computed, entry.conditions, first) for entry in entries]
    index = _order_index(clean.iloc[order]) | {
        "conditions": conditions,
        "settings": [describe_condition(condition).settings for condition in conditions],
        "detailed": len(first),
        "pictures": _write_pictures(truth, first, conditions, out),
        "chunk": CHUNK,
        "detectors": [
            {
                **card(entry),
                "conditions": entry.conditions,
                "attacked": {condition: sorted(places) for condition, places in of_entry.items()},
            }
            for entry, of_entry in zip(entries, images, strict=True)
        ],
    }
    write_script(out / "index.js", "samples", index)
    _write_truth(frame, first, conditions, out)
    for entry, of_entry in zip(entries, images, strict=True):
        _write_attacked(of_entry, conditions, out / "attacked" / entry.slug)
        _write_answers(entry, order, out)
        _write_details(entry, first, out)


def _order_index(clean: pd.DataFrame) -> Document:
    """Return what every sample is, in the order in which the page lists them."""
    return {
        "ids": clean["sample_id"].tolist(),
        "label": "".join(map(str, clean["label"])),
        "family": _coded(clean["family"]),
        "category": _coded(clean["category"]),
    }


def spread(clean: pd.DataFrame) -> NDArray[np.intp]:
    """Order samples so that every prefix holds labels alike, and families within a label."""
    cells = clean.groupby(["label", "family", "category"], sort=True).cumcount()
    ranked = clean.assign(_turn=cells).sort_values(
        ["label", "_turn", "family", "category", "sample_id"]
    )
    ranked["_place"] = ranked.groupby("label").cumcount()
    order: NDArray[np.intp] = ranked.sort_values(["_place", "label"]).index.to_numpy()
    return order


def _coded(values: pd.Series[str]) -> Document:
    names, codes = np.unique(values.fillna("").to_numpy(str), return_inverse=True)
    return {"names": names.tolist(), "codes": codes.tolist()}


def _write_pictures(
    truth: TaskTruth, first: Sequence[str], conditions: Sequence[str], out: Path
) -> list[str]:
    """Write pictures as WebP, and name for each sample the conditions that have one, as digits."""
    digits = []
    for position, sample in enumerate(first):
        has = ""
        for number, condition in enumerate(conditions):
            data = truth.picture(sample, condition)
            has += "1" if data else "0"
            if data:
                path = out / "pictures" / str(number) / f"{position}.webp"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(_shrunk(data))
        digits.append(has)
    return digits


def _write_attacked(
    images: Mapping[str, Mapping[int, Path]], conditions: Sequence[str], out: Path
) -> None:
    """Write the attacked images that an entry carries as WebP, by condition and sample."""
    for condition, places in images.items():
        folder = out / str(conditions.index(condition))
        folder.mkdir(parents=True, exist_ok=True)
        for position, path in places.items():
            (folder / f"{position}.webp").write_bytes(_shrunk(path.read_bytes()))


def _shrunk(data: bytes) -> bytes:
    from PIL import Image

    from fakevlm_bench.imaging import decode_image

    picture = Image.fromarray(decode_image(data))
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=85, method=2)
    return buffer.getvalue()


def _chunks(samples: Sequence[str]) -> list[list[str]]:
    return [list(samples[start : start + CHUNK]) for start in range(0, len(samples), CHUNK)]


def _write_truth(
    frame: pd.DataFrame, first: Sequence[str], conditions: Sequence[str], out: Path
) -> None:
    records = frame[frame["sample_id"].isin(first)].to_dict("records")
    rows = {(row["sample_id"], row["condition_id"]): row for row in records}
    for number, members in enumerate(_chunks(first)):
        parts = []
        for sample in members:
            of_sample = [rows[sample, condition] for condition in conditions]
            masks = [row["mask"] for row in of_sample]
            parts.append(
                {
                    "masks": [mask if isinstance(mask, str) else None for mask in masks],
                    "references": list(of_sample[0]["references"]),
                    "generator": of_sample[0]["generator"],
                    "group": of_sample[0]["group"],
                }
            )
        write_script(out / "truth" / f"{number}.js", f"truth/{number}", parts)


def _write_answers(entry: Entry, order: NDArray[np.intp], out: Path) -> None:
    verdicts, scores = entry.arrays()
    steps = np.where(np.isfinite(scores), np.rint(scores * SCORE_STEPS), NO_SCORE)
    write_script(
        out / "answers" / f"{entry.slug}.js",
        f"answers/{entry.slug}",
        {
            condition: [
                "".join(map(str, verdicts[number, order])),
                base64.b64encode(steps[number, order].astype(np.uint8).tobytes()).decode(),
            ]
            for number, condition in enumerate(entry.conditions)
        },
    )


def _write_details(entry: Entry, first: Sequence[str], out: Path) -> None:
    frame = entry.predictions()
    frame = frame[frame["sample_id"].isin(first)]
    details: dict[str, Document] = {}
    for row in frame.to_dict("records"):
        parts = {"text": row.get("explanation"), "mask": row["mask"], "heat": _heat_map(row)}
        parts = {name: value for name, value in parts.items() if isinstance(value, str | list)}
        details.setdefault(row["sample_id"], {})[row["condition_id"]] = parts
    for number, members in enumerate(_chunks(first)):
        write_script(
            out / "details" / entry.slug / f"{number}.js",
            f"details/{entry.slug}/{number}",
            [details[sample] for sample in members],
        )


def _heat_map(row: Mapping[Any, Any]) -> list[Any] | None:
    """Return [width, height, base64 of the values], at most `HEAT_MAP_SIDE` wide and high."""
    from PIL import Image

    if not isinstance(row["heat_map"], bytes):
        return None
    size = int(row["heat_map_width"]), int(row["heat_map_height"])
    picture = Image.frombytes("L", size, row["heat_map"])
    picture.thumbnail((HEAT_MAP_SIDE, HEAT_MAP_SIDE), Image.Resampling.BOX)
    return [*picture.size, base64.b64encode(picture.tobytes()).decode()]
