"""The shipped starter set is what its card says."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from PIL import Image as PillowImage
from rouge_score.rouge_scorer import RougeScorer
from sklearn.metrics import roc_auc_score

from fakevlm_bench.making.starter.sources import CATALOGUE, catalogue

DATA = Path(__file__).parents[2] / "bench/fakevlm_bench/datasets/starter/data"
SPLITS = ("train", "validation", "test")
MEGABYTE = 1_000_000

Row = dict[str, Any]


@cache
def rows(split: str) -> list[Row]:
    """Read a split, images undecoded."""
    files = sorted(DATA.glob(f"{split}-*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def pixels(data: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Decode a file."""
    return np.asarray(PillowImage.open(io.BytesIO(data)))


def test_the_files_are_the_ones_that_were_released() -> None:
    lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    expected = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in DATA.glob("*.parquet")}
    assert found == expected


def test_size_and_composition() -> None:
    assert sum(f.stat().st_size for f in DATA.rglob("*") if f.is_file()) <= 45 * MEGABYTE
    assert len(rows("train")) == 800
    assert len(rows("validation")) == 200
    test = rows("test")
    assert len(test) >= 600
    assert sum(row["label"] == 0 for row in test) >= 250
    assert len({row["group"] for row in test if row["paired"]}) >= 20
    families = Counter(row["family"] for row in test)
    assert all(families[family] >= 45 for family in families if "face" not in family)


@pytest.mark.parametrize("split", SPLITS)
def test_every_fake_has_its_twin(split: str) -> None:
    by_id = {row["id"]: row for row in rows(split)}
    assert len(by_id) == len(rows(split))
    for row in by_id.values():
        if row["label"] == 0:
            assert (row["family"], row["scope"], row["pair"]) == ("real", "none", "")
        elif row["paired"]:
            twin = by_id[row["pair"]]
            assert twin["label"] == 0
            same = ("category", "group", "width", "height", "source", "author")
            assert all(row[key] == twin[key] for key in same)
            assert len(row["image"]["bytes"]) == len(twin["image"]["bytes"])
        else:
            assert row["family"] == "generated_face"


@pytest.mark.parametrize("split", SPLITS)
def test_counting_fill_bytes_tells_nothing(split: str) -> None:
    paired = [row for row in rows(split) if row["paired"]]
    files = [row["image"]["bytes"][:-2] for row in paired]
    counts = [len(file) - len(file.rstrip(b"\xff")) for file in files]
    assert 0.45 < roc_auc_score([row["label"] for row in paired], counts) < 0.55


def test_splits_share_no_photograph_and_no_scene() -> None:
    scenes = {photograph.id: photograph.scene for photograph in catalogue()}
    used = [{scenes.get(row["group"], row["group"]) for row in rows(split)} for split in SPLITS]
    assert not used[0] & used[1]
    assert not used[0] & used[2]
    assert not used[1] & used[2]


def test_one_family_is_in_test_only() -> None:
    seen = {row["family"] for split in ("train", "validation") for row in rows(split)}
    unseen = {row["family"] for row in rows("test") if row["unseen"]}
    assert unseen
    assert not unseen & seen
    assert not any(row["unseen"] for split in ("train", "validation") for row in rows(split))


@pytest.mark.parametrize("split", SPLITS)
def test_masks_and_boxes_fit(split: str) -> None:
    for row in rows(split):
        size = [row["width"], row["height"]]
        if row["scope"] != "region":
            assert row["mask"] is None
            assert row["boxes"] == ([] if row["label"] == 0 else [[0.0, 0.0, *size]])
            continue
        mask = pixels(row["mask"]["bytes"])
        assert list(mask.shape[::-1]) == size
        assert set(np.unique(mask)) == {0, 255}
        rim = np.concatenate([mask[:16].ravel(), mask[-16:].ravel()])
        assert not rim.any()
        ys, xs = np.nonzero(mask)
        assert row["boxes"] == [[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]]


def test_edits_stay_inside_their_masks() -> None:
    by_id = {row["id"]: row for row in rows("validation")}
    for row in by_id.values():
        if row["scope"] == "region":
            change = np.abs(
                pixels(row["image"]["bytes"]).astype(int)
                - pixels(by_id[row["pair"]]["image"]["bytes"])
            ).mean(axis=2)
            inside = pixels(row["mask"]["bytes"]) > 0
            assert change[inside].mean() > 4 * change[~inside].mean()


def test_all_files_are_of_one_encoder() -> None:
    tables = set()
    for split in SPLITS:
        for row in rows(split):
            picture = PillowImage.open(io.BytesIO(row["image"]["bytes"]))
            assert isinstance(picture, PillowImage.Image)
            assert (picture.format, picture.mode) == ("JPEG", "RGB")
            assert picture.size == (row["width"], row["height"])
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            tables.add(str(picture.quantization))  # type: ignore[attr-defined]
    assert len(tables) == 1


def test_references_vary_and_are_alike_in_length() -> None:
    every = [row for split in SPLITS for row in rows(split)]
    assert all(len(set(row["references"])) == 3 for row in every)
    verdict = {0: "This is a real image. ", 1: "This is a fake image. "}
    assert all(t.startswith(verdict[row["label"]]) for row in every for t in row["references"])
    words = {
        label: np.mean(
            [len(t.split()) for row in every if row["label"] == label for t in row["references"]]
        )
        for label in verdict
    }
    assert abs(words[0] - words[1]) < 0.1 * words[0]


@pytest.mark.parametrize("label", [0, 1])
def test_a_fixed_explanation_scores_low(label: int) -> None:
    chosen = [row["references"] for row in rows("test") if row["label"] == label]
    scorer = RougeScorer(["rougeL"], use_stemmer=True)

    def clues(text: str) -> str:
        return text.split(" image. ", 1)[1]

    best = max(
        np.mean(
            [
                np.mean([scorer.score(clues(t), clues(fixed))["rougeL"].fmeasure for t in texts])
                for texts in chosen[::9]
            ]
        )
        for fixed in [texts[0] for texts in chosen[::9]]
    )
    assert best < 0.35


def test_every_image_names_its_author_and_licence_and_the_texts_are_there() -> None:
    texts = {file.stem for file in (DATA / "LICENSES").iterdir()} | {"public-domain"}
    known = {photograph.id: photograph for photograph in catalogue()}
    for split in SPLITS:
        for row in rows(split):
            assert row["author"]
            assert set(row["licence"].split(" AND ")) <= texts
            if row["paired"]:
                photograph = known[row["group"]]
                assert (photograph.split, photograph.author) == (split, row["author"])
                assert photograph.licence in row["licence"].split(" AND ")
                assert row["source"] == photograph.package
    assert (DATA / "photographs.csv").read_bytes() == CATALOGUE.read_bytes()


@pytest.mark.parametrize("split", SPLITS)
def test_images_are_of_the_stated_size_and_none_is_there_twice(split: str) -> None:
    images = {hashlib.sha256(row["image"]["bytes"]).digest() for row in rows(split)}
    assert len(images) == len(rows(split))
    assert all(256 <= row[side] <= 512 for row in rows(split) for side in ("width", "height"))


def test_the_card_counts_what_is_there() -> None:
    card = (DATA / "README.md").read_text(encoding="utf-8")
    assert f"Version {(DATA / 'VERSION').read_text().strip()} " in card
    for family in {row["family"] for row in rows("test")}:
        counts = (sum(row["family"] == family for row in rows(split)) for split in SPLITS)
        assert f"| `{family}` | {' | '.join(map(str, counts))} |" in card
    photographs = (len({r["group"] for r in rows(s) if r["paired"]}) for s in SPLITS)
    assert f"| photographs | {' | '.join(map(str, photographs))} |" in card


def test_it_loads_as_it_stands() -> None:
    files = {split: str(DATA / f"{split}-*.parquet") for split in SPLITS}
    loaded = load_dataset("parquet", data_files=files, split="validation", streaming=True)
    first = next(iter(loaded))
    assert first["image"].size == (first["width"], first["height"])
    assert loaded.features["label"].names == ["real", "fake"]
