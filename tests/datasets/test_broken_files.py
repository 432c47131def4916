"""Tables, archives and records with something wrong: one line that names it, or one image."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image as PillowImage

import fakevlm_bench as fb
from fakevlm_bench.datasets.fakeclue import FakeClueDataset
from fakevlm_bench.datasets.notes import notes_of
from fakevlm_bench.datasets.table import TableDataset
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.imaging import encode_png
from fakevlm_bench.masks import decode_mask
from fakevlm_bench.types import Task

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n"
OPTIONS = Options(cache=None, workers=0, max_failed=1.0)


def png(value: int = 7, size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    PillowImage.new("RGB", size, (value, value, 9)).save(buffer, "PNG")
    return buffer.getvalue()


def table(folder: Path, name: str = "test-0", **columns: list[Any]) -> Path:
    folder.mkdir(exist_ok=True)
    count = len(next(iter(columns.values()))) if columns else 4
    values = {
        "id": [f"s{i}" for i in range(count)], "image": [png(i) for i in range(count)],
        "label": [i % 2 for i in range(count)],
    }  # fmt: skip
    pq.write_table(pa.table(values | columns), folder / f"{name}.parquet")
    return folder


def task_of(dataset: Any) -> Task:
    return Task("mine", "1", dataset, prompt="", licence="", citation="")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[: len(data) // 2], "test-1.parquet cannot be read"),
        (lambda _: POINTER, "test-1.parquet cannot be read: it is a Git LFS pointer"),
        (lambda _: b"", "test-1.parquet cannot be read: it is empty"),
        (lambda _: b"<html>404</html>", "test-1.parquet cannot be read: it is a web page"),
        (lambda data: data[:4] + bytes(len(data) // 2) + data[4 + len(data) // 2 :],
         "test-1.parquet cannot be read"),
    ],
    ids=["cut", "pointer", "empty", "page", "damaged inside"],
)  # fmt: skip
@pytest.mark.parametrize("streaming", [False, True])
def test_a_parquet_file_that_cannot_be_read_is_named(
    tmp_path: Path, damage: Any, reason: str, streaming: bool
) -> None:
    folder = table(table(tmp_path / "t"), "test-1", id=["a", "b"])
    file = folder / "test-1.parquet"
    file.write_bytes(damage(file.read_bytes()))
    for read in (TableDataset.ids, list):
        with pytest.raises(DataError, match=reason) as told:
            read(TableDataset(folder, streaming=streaming))
        assert "\n" not in str(told.value)


def test_parquet_files_that_do_not_fit_together(tmp_path: Path) -> None:
    folder = table(table(tmp_path / "t"), "test-1", id=["a", "b"])
    pq.write_table(pa.table({"id": ["x"], "other": [1]}), folder / "test-1.parquet")
    with pytest.raises(DataError, match=r"test-1\.parquet has no column 'label'"):
        TableDataset(folder).ids()


@pytest.mark.parametrize("form", ["bytes", "struct", "struct of paths", "path", "windows path"])
def test_images_come_as_bytes_structs_or_paths(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "t"
    (folder / "pictures").mkdir(parents=True)
    for i in range(3):
        (folder / f"pictures/{i}.png").write_bytes(png(i))
    monkeypatch.chdir(tmp_path)
    make = {
        "bytes": png,
        "struct": lambda i: {"bytes": png(i), "path": "elsewhere.png"},
        "struct of paths": lambda i: {"bytes": None, "path": f"pictures/{i}.png"},
        "path": lambda i: f"pictures/{i}.png",
        "windows path": lambda i: f"pictures\\{i}.png",
    }[form]
    table(folder, image=[make(i) for i in range(3)])
    for streaming in (False, True):
        samples = list(TableDataset("t", streaming=streaming))
        assert [one.image for one in samples] == [png(i) for i in range(3)]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "a/../../secret.png"])
def test_a_path_does_not_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    folder = table(tmp_path / "t", image=[name])
    with pytest.raises(DataError, match=f"sample 's0' of .*: the path '{name}' is outside of"):
        list(TableDataset(folder))


def test_an_image_file_that_is_missing_costs_one_image(tmp_path: Path) -> None:
    folder = table(tmp_path / "t", image=["a.png", "gone.png", "b.png"])
    for name in "ab":
        (folder / f"{name}.png").write_bytes(png())
    detector = fb.load_detector("spectrum")
    run = fb.evaluate(
        task_of(TableDataset(folder)), detector, ["jpeg:3"], tmp_path / "runs", options=OPTIONS
    )
    failed = run.predictions[run.predictions["status"] == "failed"]
    assert list(failed["sample_id"]) == ["s1", "s1"]  # clean, and jpeg:3
    assert all("gone.png is missing" in error for error in failed["error"])
    assert len(run.predictions) == 6


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            {"boxes": [[1.0, 2.0, 3.0, 4.0]]},
            r"sample 's0' .*: boxes must be .* four numbers .*, not \[1\.0",
        ),
        ({"boxes": [[[1.0, 2.0, 3.0]]]}, "boxes must be"),
        ({"boxes": [[[1.0, 2.0, 3.0, float("nan")]]]}, "boxes must be"),
        ({"boxes": ["1,2,3,4"]}, "boxes must be"),
        ({"references": [7]}, "references must be a text, or a list of texts, not 7"),
        ({"references": [[7]]}, "references must be"),
        ({"group": [["a"]]}, "group must be"),
        ({"family": [b"x"]}, "family must be"),
        ({"paired": ["false"]}, "paired must be true or false, not 'false'"),
        ({"unseen": [2]}, "unseen must be true or false, not 2"),
        ({"scope": ["FULL_SYNTHETIC"]}, "scope must be one of none, "),
        ({"image": [5]}, "image must be an image's bytes"),
        ({"image": [None]}, "has no image"),
        ({"mask": ["gone.png"]}, r"the mask of sample 's0' .*: .*gone\.png is missing"),
        ({"id": [["a"]]}, r"the id of row 0 .*, from 0: list"),
    ],
)
def test_a_value_of_a_wrong_type_is_named(
    tmp_path: Path, columns: dict[str, list[Any]], told: str
) -> None:
    dataset = TableDataset(table(tmp_path / "t", **columns))
    with pytest.raises(DataError, match=told) as error:
        assert dataset.ids() == list(dataset)
    assert "\n" not in str(error.value)


def test_whole_numbers_are_names(tmp_path: Path) -> None:
    folder = table(tmp_path / "t", id=[0, 1, 2], group=[0, 0, 1], pair=[None, 0, 0],
                   generator=[0, 1, 1], family=[None, 0, 0])  # fmt: skip
    samples = list(TableDataset(folder))
    assert [one.id for one in samples] == ["0", "1", "2"]
    assert [one.group for one in samples] == ["0", "0", "1"]
    assert [one.pair for one in samples] == ["", "0", "0"]
    assert [one.generator for one in samples] == ["0", "1", "1"]
    assert [one.family for one in samples] == ["", "0", "0"]
    for subset in (frozenset((2, 0)), frozenset(("2", "0"))):
        dataset = TableDataset(folder, subset=subset)
        assert dataset.ids() == [one.id for one in dataset] == ["0", "2"]


def test_groups_with_a_gap_are_whole_numbers_too(tmp_path: Path) -> None:
    folder = table(tmp_path / "t", group=[0.0, None, 3.0])  # as pandas writes integers with a null
    assert [one.group for one in TableDataset(folder)] == ["0", "s1", "3"]


def test_nulls_are_what_is_usual(tmp_path: Path) -> None:
    names = ("paired", "unseen", "scope", "boxes", "references", "mask", "group")
    columns: dict[str, list[Any]] = {name: [None, None] for name in names}
    for one in TableDataset(table(tmp_path / "t", **columns)):
        assert (one.paired, one.unseen, one.whole, one.boxes, one.references, one.mask) == (
            True, False, False, (), (), None,
        )  # fmt: skip
        assert one.group == one.id


def test_one_text_is_one_reference(tmp_path: Path) -> None:
    texts = TableDataset(table(tmp_path / "a", references=["The hand has six fingers.", " ", None]))
    assert [one.references for one in texts] == [("The hand has six fingers.",), (), ()]
    lists = TableDataset(table(tmp_path / "b", references=[["One.", "Two."], []]))
    assert [one.references for one in lists] == [("One.", "Two."), ()]


def test_one_class_without_families_is_scored(tmp_path: Path) -> None:
    for label in (0, 1):
        folder = table(tmp_path / f"t{label}", label=[label] * 5)
        run = fb.evaluate(
            task_of(TableDataset(folder)), fb.load_detector("coin"),
            run_dir=tmp_path / "runs", options=OPTIONS,
        )  # fmt: skip
        assert run.result["coverage"]["planned"] == 5
        assert "value" not in run.result["detection"]["balanced_accuracy"]


def test_masks_are_read_as_the_settings_say(tmp_path: Path) -> None:
    ramp = np.arange(48, dtype=np.uint8).reshape(6, 8)
    small = np.zeros((3, 4), bool)
    small[1:, 2:] = True
    folder = table(tmp_path / "t", mask=[None, encode_png(ramp)])
    read = [one.mask for one in TableDataset(folder, mask_threshold=0.1)]
    assert read[0] is None
    assert (decode_mask(read[1] or b"") == (ramp > 25)).all()
    folder = table(tmp_path / "s", mask=[None, encode_png(small)])
    resized = list(TableDataset(folder, mask_resize=True))[1].mask
    assert (decode_mask(resized or b"") == np.kron(small, np.ones((2, 2), bool))).all()
    odd = table(tmp_path / "o", mask=[None, encode_png(np.zeros((6, 6), bool))])
    with pytest.raises(DataError, match=r"the mask of sample 's1' .*: its size 6×6 has another"):
        list(TableDataset(odd, mask_resize=True))
    with pytest.raises(ConfigError, match="mask_threshold"):
        TableDataset(folder, mask_threshold=1)


def test_settings_of_tables_that_cannot_be() -> None:
    with pytest.raises(ConfigError, match="path is empty"):
        TableDataset("")
    with pytest.raises(ConfigError, match="unknown key of columns 'picture'"):
        TableDataset("x", columns={"picture": "image"})


RECORD = {"image": "doc/0.png", "label": 1, "cate": "doc", "conversations": [
    {"from": "human", "value": "?"}, {"from": "gpt", "value": "Real."}]}  # fmt: skip


def fakeclue(folder: Path, records: list[Any]) -> Path:
    (folder / "data_json").mkdir(parents=True, exist_ok=True)
    (folder / "data_json/test.json").write_text(json.dumps(records), encoding="utf-8-sig")
    return folder


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"label": 2}, r"record 1 .*'doc/0\.png': 'label' must be 0 \(fake\) or 1 \(real\), not 2"),
        ({"label": "1"}, "not '1'"), ({"label": None}, "not None"), ({"label": [1]}, "not"),
        ({"label": True}, "not True"), ({"image": 5}, "'image' must be text"),
        ({"cate": ["doc"]}, "'cate'"), ({"conversations": "Real."}, "'conversations'"),
        ({"conversations": ["Real."]}, "'conversations'"),
        ({"conversations": [{"from": "gpt", "value": 3}]}, "'value'"),
    ],
)  # fmt: skip
def test_a_record_of_a_wrong_type_is_named(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(DataError, match=told):
        FakeClueDataset(fakeclue(tmp_path, [RECORD, RECORD | change])).ids()
    with pytest.raises(DataError, match=r"record 0 .* must be an object"):
        FakeClueDataset(fakeclue(tmp_path, ["a.png"])).ids()


def records(count: int) -> list[dict[str, Any]]:
    return [RECORD | {"image": f"doc/{i}.png", "label": i % 2} for i in range(count)]


def test_missing_images_are_counted(tmp_path: Path) -> None:
    folder = fakeclue(tmp_path, records(5))
    (folder / "test/doc").mkdir(parents=True)
    for i in (0, 1, 4):
        (folder / f"test/doc/{i}.png").write_bytes(png(i))
    with pytest.raises(DataError, match=r"2 of 5 images are missing; the first, 'doc/2\.png'"):
        FakeClueDataset(folder).ids()
    dataset = FakeClueDataset(folder, missing="leave_out")
    assert dataset.ids() == [one.id for one in dataset] == [f"doc/{i}.png" for i in (0, 1, 4)]
    assert [(note.count, note.first) for note in notes_of(dataset)] == [(2, "doc/2.png")]


def test_an_image_outside_of_the_folder_is_missing(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    folder = fakeclue(tmp_path / "data", [RECORD | {"image": "../../secret.png"}])
    (folder / "test").mkdir()
    with pytest.raises(DataError, match="1 of 1 images are missing"):
        FakeClueDataset(folder).ids()


def zipped(folder: Path, count: int) -> Path:
    with zipfile.ZipFile(folder / "test.zip", "w") as archive:
        for i in range(count):
            archive.writestr(f"test/doc/{i}.png", png(i))
    return folder / "test.zip"


@pytest.mark.parametrize("damage", ["cut", "pointer", "empty"])
def test_an_archive_that_cannot_be_read_is_named(tmp_path: Path, damage: str) -> None:
    archive = zipped(fakeclue(tmp_path, records(3)), 3)
    data = archive.read_bytes()
    archive.write_bytes({"cut": data[:-40], "pointer": POINTER, "empty": b""}[damage])
    with pytest.raises(DataError, match=r"test\.zip cannot be read"):
        FakeClueDataset(tmp_path).ids()


def test_a_broken_member_costs_one_image(tmp_path: Path) -> None:
    archive = zipped(fakeclue(tmp_path, records(4)), 4)
    data = archive.read_bytes()
    at = data.index(png(2)) + 20
    archive.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
    task = fb.load_task("fakeclue", path=str(tmp_path))
    run = fb.evaluate(task, fb.load_detector("spectrum"), run_dir=tmp_path, options=OPTIONS)
    rows = run.predictions.set_index("sample_id")
    assert list(rows.index[rows["status"] == "failed"]) == ["doc/2.png"]
    assert "CRC" in rows.loc["doc/2.png", "error"]
    assert run.result["coverage"]["planned"] == 4
