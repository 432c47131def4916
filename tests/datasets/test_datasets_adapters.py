"""Tables and folders as samples: streamed or memory-mapped, pinned, odd files, clear errors."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from PIL import Image as PillowImage

from fakevlm_bench.datasets.folders import FolderDataset
from fakevlm_bench.datasets.table import TableDataset
from fakevlm_bench.errors import DataError
from fakevlm_bench.media_types import media_type
from fakevlm_bench.registry import load_task
from fakevlm_bench.types import Label


def encode(value: int, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    PillowImage.fromarray(np.full((9, 7, 3), value, np.uint8)).save(buffer, kind)
    return buffer.getvalue()


def write_table(folder: Path, rows: list[dict[str, Any]], split: str = "test") -> Path:
    folder.mkdir(exist_ok=True)
    features = datasets.Features(
        {key: datasets.Image() if key in ("image", "mask") else _feature(value)
         for key, value in rows[0].items()}
    )  # fmt: skip
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    table = datasets.Dataset.from_dict(columns, features=features)
    table.to_parquet(str(folder / f"{split}-00000.parquet"))
    return folder


def _feature(value: Any) -> Any:
    return datasets.Value("int64" if isinstance(value, int) else "string")


def rows(count: int = 6) -> list[dict[str, Any]]:
    return [
        {
            "id": f"s{i}",
            "image": {"bytes": encode(i), "path": None},
            "label": i % 2,
            "group": f"g{i // 2}",
        }
        for i in range(count)
    ]


@pytest.mark.parametrize("streaming", [False, True])
def test_a_table_gives_the_files_own_bytes(tmp_path: Path, streaming: bool) -> None:
    dataset = TableDataset(write_table(tmp_path / "t", rows()), streaming=streaming)
    samples = list(dataset)
    assert [one.id for one in samples] == dataset.ids() == [f"s{i}" for i in range(6)]
    assert [one.image for one in samples] == [encode(i) for i in range(6)]
    assert [one.label for one in samples] == [Label(i % 2) for i in range(6)]
    assert [one.group for one in samples] == ["g0", "g0", "g1", "g1", "g2", "g2"]
    assert {one.media_type for one in samples} == {"image/png"}


def test_a_table_is_memory_mapped_and_not_read_into_memory(tmp_path: Path) -> None:
    table = TableDataset(write_table(tmp_path / "t", rows()))._load(streaming=False)
    assert table.cache_files


def test_names_and_labels_of_other_peoples_tables(tmp_path: Path) -> None:
    renamed = [{"name": row["id"], "picture": row["image"], "real": row["label"]} for row in rows()]
    for row in renamed:
        row["image"] = row.pop("picture")
    columns = {"id": "name", "label": "real"}
    dataset = TableDataset(write_table(tmp_path / "t", renamed), columns=columns, fake=0)
    assert [one.label for one in dataset] == [Label(1 - i % 2) for i in range(6)]


def test_a_subset_keeps_the_tables_order(tmp_path: Path) -> None:
    folder = write_table(tmp_path / "t", rows())
    dataset = TableDataset(folder, subset=frozenset(("s4", "s1")))
    assert dataset.ids() == [one.id for one in dataset] == ["s1", "s4"]
    assert dataset.fingerprint() != TableDataset(folder).fingerprint()
    with pytest.raises(DataError, match="1 samples of the subset are missing, first s9"):
        TableDataset(folder, subset=frozenset(("s9",))).ids()


def test_a_fingerprint_is_of_the_bytes_and_can_be_pinned(tmp_path: Path) -> None:
    one, same = (write_table(tmp_path / name, rows()) for name in "ab")
    other = write_table(tmp_path / "c", rows(5))
    assert TableDataset(one).fingerprint() == TableDataset(same).fingerprint()
    assert TableDataset(one).fingerprint() != TableDataset(other).fingerprint()
    pinned = TableDataset(one)._digest
    assert list(TableDataset(one, sha256=pinned))
    with pytest.raises(DataError, match=f"not {pinned}"):
        list(TableDataset(other, sha256=pinned))


def test_a_hub_repository_needs_a_pinned_revision() -> None:
    with pytest.raises(DataError, match="pin its revision"):
        TableDataset("someone/something").fingerprint()
    with pytest.raises(DataError, match="pin its revision"):
        TableDataset("someone/something", revision="main").fingerprint()
    fixed = [TableDataset("someone/something", revision=c * 40).fingerprint() for c in "ab"]
    assert fixed[0] != fixed[1]


def test_tables_that_lack_something_say_what(tmp_path: Path) -> None:
    bare = [{"id": "a", "image": row["image"]} for row in rows(1)]
    with pytest.raises(DataError, match="lacks the column 'label'"):
        list(TableDataset(write_table(tmp_path / "a", bare)))
    nameless = [{"image": row["image"], "label": 1} for row in rows(1)]
    with pytest.raises(DataError, match="has no column 'id': it has image, label"):
        TableDataset(write_table(tmp_path / "b", nameless)).ids()
    empty = [{**row, "image": None} for row in rows(1)]
    with pytest.raises(DataError, match=r"sample 's0' of .* has no image"):
        list(TableDataset(write_table(tmp_path / "c", empty)))
    with pytest.raises(DataError, match=r"no train\*\.parquet in"):
        TableDataset(tmp_path / "a", split="train").fingerprint()


def plant(root: Path, names: list[str]) -> None:
    for i, name in enumerate(names):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode(i, "JPEG" if file.suffix == ".JPG" else "PNG"))


def test_folders_of_every_layout(tmp_path: Path) -> None:
    plant(tmp_path, [
        "0_real/a.png", "1_fake/a.png",  # alone
        "stylegan/car/0_real/b.png", "stylegan/car/1_fake/sub/c.JPG",  # by generator and class
        "1_fake/notes.txt",
    ])  # fmt: skip
    samples = {one.id: one for one in FolderDataset(tmp_path)}
    assert list(samples) == FolderDataset(tmp_path).ids() == [
        "0_real/a.png", "1_fake/a.png", "stylegan/car/0_real/b.png",
        "stylegan/car/1_fake/sub/c.JPG",
    ]  # fmt: skip
    deep = samples["stylegan/car/1_fake/sub/c.JPG"]
    assert (deep.label, deep.generator, deep.category) == (
        Label.FAKE, "stylegan/car", "stylegan/car",
    )  # fmt: skip
    assert (deep.image, deep.media_type) == (encode(3, "JPEG"), "image/jpeg")
    assert samples["1_fake/a.png"].generator == "fake"
    assert samples["stylegan/car/0_real/b.png"].generator == "real"


def test_folders_with_names_of_genimage(tmp_path: Path) -> None:
    plant(tmp_path, ["sdv4/val/nature/x.png", "sdv4/val/ai/y.png"])
    task = load_task("folders", path=str(tmp_path), real="nature", fake="ai")
    assert [one.label for one in task.dataset] == [Label.FAKE, Label.REAL]
    assert next(iter(task.dataset)).generator == "sdv4/val"


def test_a_files_class_is_part_of_the_fingerprint(tmp_path: Path) -> None:
    plant(tmp_path / "one", ["0_real/a.png"])
    plant(tmp_path / "other", ["1_fake/a.png"])
    prints = {FolderDataset(tmp_path / name).fingerprint() for name in ("one", "other")}
    assert len(prints) == 2
    (tmp_path / "one/0_real/a.png").write_bytes(encode(77))
    assert FolderDataset(tmp_path / "one").fingerprint() not in prints


def test_folders_without_images_say_where_they_were_sought(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no images below .*0_real or .*1_fake"):
        FolderDataset(tmp_path).ids()


def test_odd_files_pass_through_as_they_are(tmp_path: Path) -> None:
    plant(tmp_path, ["0_real/a.png"])
    (tmp_path / "1_fake").mkdir()
    (tmp_path / "1_fake/broken.png").write_bytes(b"no image")
    broken = list(FolderDataset(tmp_path))[1]
    assert (broken.image, broken.media_type) == (b"no image", "")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "gif"), ("WEBP", "webp"), ("TIFF", "tiff"),
     ("AVIF", "avif")],
)  # fmt: skip
def test_formats_are_told_by_their_bytes(kind: str, name: str) -> None:
    assert media_type(encode(9, kind)) == f"image/{name}"
