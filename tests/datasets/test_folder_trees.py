"""Folders as people have them: nested, linked, littered, of other names and other suffixes."""

from __future__ import annotations

import io
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PillowImage

import fakevlm_bench as fb
from fakevlm_bench.audit import AuditSettings, audit
from fakevlm_bench.datasets.folders import FolderDataset
from fakevlm_bench.engine.run import Options
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.registry import load_task
from fakevlm_bench.types import Label

OLD = "2d63c2e840f5d6510ffd4b46c5cabdf9881fb543bf2b16ba9396f31cafe2ff15"


def image(value: int, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    PillowImage.new("RGB", (9, 7), (value, 3, value)).save(buffer, form)
    return buffer.getvalue()


def plant(root: Path, *names: str) -> Path:
    for i, name in enumerate(names):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(image(i))
    return root


def labels(dataset: FolderDataset) -> dict[str, Label]:
    read = {one.id: one.label for one in dataset}
    assert list(read) == dataset.ids()
    return read


def told(dataset: FolderDataset) -> dict[str, tuple[int, str]]:
    return {note.text: (note.count, note.first) for note in dataset.notes()}


def test_the_innermost_folder_decides(tmp_path: Path) -> None:
    plant(tmp_path, "ai/midjourney/val/nature/a.png", "ai/midjourney/val/ai/b.png",
          "nature/x/ai/c.png", "nature/d.png")  # fmt: skip
    read = labels(FolderDataset(tmp_path, real="nature", fake="ai"))
    assert read == {
        "ai/midjourney/val/ai/b.png": Label.FAKE, "ai/midjourney/val/nature/a.png": Label.REAL,
        "nature/d.png": Label.REAL, "nature/x/ai/c.png": Label.FAKE,
    }  # fmt: skip


def test_a_file_with_a_labels_name_is_a_file(tmp_path: Path) -> None:
    plant(tmp_path, "0_real/1_fake", "1_fake/0_real.png", "sub/1_fake")
    assert labels(FolderDataset(tmp_path)) == {"0_real/1_fake": 0, "1_fake/0_real.png": 1}


def test_several_names_and_numbers_as_names(tmp_path: Path) -> None:
    plant(tmp_path, "0/a.png", "nature/b.png", "1/c.png", "ai/d.png", "2/e.png")
    lists: dict[str, Any] = {"real": [0, "nature"], "fake": ["1", "ai"]}
    expected = {"0/a.png": 0, "1/c.png": 1, "ai/d.png": 1, "nature/b.png": 0}
    assert labels(FolderDataset(tmp_path, **lists)) == expected
    assert load_task("folders", path=str(tmp_path), **lists).dataset.ids() == list(expected)
    left = "left out 1 × image in no folder named 0 or nature or 1 or ai"
    assert told(FolderDataset(tmp_path, **lists)) == {left: (1, "2/e.png")}


def test_numbers_where_yaml_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, "123/0/a.png", "123/1/b.png")
    monkeypatch.chdir(tmp_path)
    task = load_task("folders", path=123, real=0, fake=1)
    assert {one.id: one.label for one in task.dataset} == {"0/a.png": 0, "1/b.png": 1}


@pytest.mark.parametrize(
    "settings",
    [{"path": ""}, {"path": " "}, {"path": "x", "real": "a/b"}, {"path": "x", "real": True},
     {"path": "x", "real": []}, {"path": "x", "fake": "0_real"}, {"path": "x", "fake": 1.5},
     {"path": "x", "real": None}, {"path": "x", "group": "("}, {"path": "x", "group": "frame"}],
)  # fmt: skip
def test_settings_that_cannot_be(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        load_task("folders", **settings)


def test_litter_is_left_out_and_counted(tmp_path: Path) -> None:
    plant(tmp_path, "0_real/a.png", "0_real/._a.png", "1_fake/b.png", "1_fake/Thumbs.db",
          "1_fake/.DS_Store", "__MACOSX/1_fake/._b.png", ".cache/1_fake/c.png", "1_fake/list.csv",
          "1_fake/folder.png/d.png", "masks/b.png")  # fmt: skip
    (tmp_path / "1_fake/readme").write_text("BM is how this text begins, and it is no bitmap")
    dataset = FolderDataset(tmp_path)
    assert list(labels(dataset)) == ["0_real/a.png", "1_fake/b.png", "1_fake/folder.png/d.png"]
    assert told(dataset) == {
        "left out 5 × hidden file or folder": (5, ".cache"),
        "left out 2 × file that is no image": (2, "1_fake/list.csv"),
        "left out 1 × image in no folder named 0_real or 1_fake": (1, "masks/b.png"),
    }


def test_images_without_a_known_suffix_are_known_by_their_bytes(tmp_path: Path) -> None:
    plant(tmp_path, "0_real/a.jfif", "0_real/b", "0_real/c.JPG_large", "1_fake/d.png")
    (tmp_path / "0_real/a.jfif").write_bytes(image(1, "JPEG"))
    (tmp_path / "0_real/e.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (tmp_path / "0_real/f.dat").write_bytes(b"RIFF\0\0\0\0WAVEfmt ")
    (tmp_path / "0_real/g.bin").write_bytes(image(1, "BMP"))
    dataset = FolderDataset(tmp_path)
    assert list(labels(dataset)) == [
        "0_real/a.jfif", "0_real/b", "0_real/c.JPG_large", "0_real/g.bin", "1_fake/d.png",
    ]  # fmt: skip
    assert next(iter(dataset)).media_type == "image/jpeg"
    assert told(dataset) == {
        "left out 1 × HEIF image, a format that is not read": (1, "0_real/e.heic"),
        "left out 1 × file that is no image": (1, "0_real/f.dat"),
    }


def test_links_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    root = plant(tmp_path / "root", "gan/1_fake/a.png")
    pool = plant(tmp_path / "pool", "r.png")
    (root / "gan/0_real").symlink_to(pool)
    (root / "gan/1_fake/more").symlink_to(plant(tmp_path / "more", "b.png"))
    (root / "gan/1_fake/c.png").symlink_to(pool / "r.png")
    (root / "gan/1_fake/loop").symlink_to(root)
    (root / "gan/1_fake/gone.png").symlink_to(tmp_path / "nowhere")
    dataset = FolderDataset(root)
    assert labels(dataset) == {
        "gan/0_real/r.png": 0, "gan/1_fake/a.png": 1, "gan/1_fake/c.png": 1,
        "gan/1_fake/more/b.png": 1,
    }  # fmt: skip
    assert told(dataset) == {
        "left out 1 × broken link or special file": (1, "gan/1_fake/gone.png"),
        "left out 1 × link to a folder that it lies in": (1, "gan/1_fake/loop"),
    }


def test_one_class_is_said(tmp_path: Path) -> None:
    plant(tmp_path, "1_fake/a.png", "1_fake/b.png")
    (note,) = FolderDataset(tmp_path).notes()
    assert str(note).startswith("all 2 images are fake: no folder named 0_real holds any")


@pytest.mark.parametrize(
    ("below", "message"),
    [("0_real", "is the folder of one label"), ("nowhere", "nowhere does not exist"),
     ("other", "no images"), ("other/x.png", "is not a folder")],
)  # fmt: skip
def test_a_wrong_place_is_said(tmp_path: Path, below: str, message: str) -> None:
    plant(tmp_path, "0_real/a.png", "1_fake/b.png", "other/x.png")
    with pytest.raises(DataError, match=message):
        FolderDataset(tmp_path / below).ids()


def test_names_that_are_no_utf8_do_not_stop_a_run(tmp_path: Path) -> None:
    root = plant(tmp_path / "root", "0_real/a.png")
    (root / "1_fake").mkdir()
    (root / "1_fake" / os.fsdecode(b"caf\xe9.png")).write_bytes(image(5))
    task = load_task("folders", path=str(root))
    assert task.dataset.ids() == ["0_real/a.png", "1_fake/caf\\xe9.png"]
    options = Options(cache=None, workers=0)
    detector = fb.load_detector("coin")
    run = fb.evaluate(task, detector, ["jpeg:3"], run_dir=tmp_path / "runs", options=options)
    assert run.manifest.finished
    assert set(run.predictions["sample_id"]) == set(task.dataset.ids())
    assert set(run.predictions["status"]) == {"ok"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    plant(tmp_path, "0_real/a.png", "1_fake/b.png")
    (tmp_path / "1_fake/b.png").chmod(0)
    with pytest.raises(DataError, match=r"1_fake/b\.png cannot be read: Permission denied"):
        FolderDataset(tmp_path).fingerprint()
    (tmp_path / "1_fake").chmod(0)
    with pytest.raises(DataError, match="1_fake cannot be read: Permission denied"):
        FolderDataset(tmp_path).ids()
    (tmp_path / "1_fake").chmod(0o700)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "it is empty"), (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
      "Git LFS pointer"), (b"<!DOCTYPE html><html>", "web page"), (image(1)[:40], "decoded")],
)  # fmt: skip
def test_one_bad_image_costs_one_image(tmp_path: Path, content: bytes, reason: str) -> None:
    root = plant(tmp_path / "root", "0_real/a.png", "1_fake/b.png", "1_fake/c.png")
    (root / "1_fake/c.png").write_bytes(content)
    options = Options(cache=None, workers=0, max_failed=1.0)
    task = load_task("folders", path=str(root))
    run = fb.evaluate(task, fb.load_detector("spectrum"), run_dir=tmp_path, options=options)
    rows = run.predictions.set_index("sample_id")
    assert dict(rows["status"]) == {
        "0_real/a.png": "ok", "1_fake/b.png": "ok", "1_fake/c.png": "failed",
    }  # fmt: skip
    assert reason in rows.loc["1_fake/c.png", "error"]


def test_settings_that_read_the_same_keep_the_fingerprint(tmp_path: Path) -> None:
    plant(tmp_path, "0_real/a.png", "1_fake/a.png", "x/1_fake/B.PNG")
    plain = FolderDataset(tmp_path).fingerprint()
    assert FolderDataset(tmp_path, real=["0_real"], fake=("1_fake",)).fingerprint() == plain
    plant(tmp_path, ".DS_Store")
    assert FolderDataset(tmp_path).fingerprint() == plain
    assert FolderDataset(tmp_path, group="stem").fingerprint() != plain


def test_the_fingerprint_is_the_one_of_earlier_versions(tmp_path: Path) -> None:
    """Written down from the version before settings could be lists."""
    (tmp_path / "0_real").mkdir()
    (tmp_path / "1_fake").mkdir()
    (tmp_path / "0_real/a.png").write_bytes(b"real")
    (tmp_path / "1_fake/b.png").write_bytes(b"fake")
    assert FolderDataset(tmp_path).fingerprint() == OLD


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (None, ["0_real/1_a.png", "0_real/2_b.png", "1_fake/v/1_a.png", "1_fake/v/9_x.png"]),
        ("stem", ["1_a", "2_b", "1_a", "9_x"]),
        ("parent", ["0_real", "0_real", "1_fake/v", "1_fake/v"]),
        (r"/(\d+)_([ab])", ["1/a", "2/b", "1/a", "1_fake/v/9_x.png"]),
    ],
)
def test_groups(tmp_path: Path, group: str | None, expected: list[str]) -> None:
    plant(tmp_path, "0_real/1_a.png", "0_real/2_b.png", "1_fake/v/1_a.png", "1_fake/v/9_x.png")
    assert [one.group for one in FolderDataset(tmp_path, group=group)] == expected


def test_images_without_a_partner_are_counted(tmp_path: Path) -> None:
    plant(tmp_path, "0_real/1_a.png", "0_real/2_b.png", "1_fake/1_a.png", "1_fake/x.png")
    assert told(FolderDataset(tmp_path, group="stem")) == {
        "2 of 4 images are alone in their group under group=stem": (2, "0_real/2_b.png")
    }
    assert told(FolderDataset(tmp_path, group=r"/(\d)")) == {
        "1 of 4 images are not matched by group=/(\\d), and each is a group of its own":
            (1, "1_fake/x.png"),
        "1 of 4 images are alone in their group under group=/(\\d)": (1, "0_real/2_b.png"),
    }  # fmt: skip
    with pytest.raises(DataError, match="matches none of 4 ids"):
        FolderDataset(tmp_path, group=r"(\d{5})").notes()


def test_what_is_left_out_is_said_once_and_recorded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = plant(tmp_path / "root", "0_real/a.png", "0_real/.b.png", "1_fake/c.png", "1_fake/d.txt")
    task = load_task("folders", path=str(root))
    options = Options(cache=None, workers=0)
    run = fb.evaluate(task, fb.load_detector("coin"), run_dir=tmp_path, options=options)
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    expected = [
        "left out 1 × hidden file or folder (first: 0_real/.b.png)",
        "left out 1 × file that is no image (first: 1_fake/d.txt)",
    ]
    assert lines == expected
    recorded = json.loads((run.path / "manifest.json").read_text())["notes"]
    assert [(one["count"], one["first"]) for one in recorded] == [
        (1, "0_real/.b.png"), (1, "1_fake/d.txt"),
    ]  # fmt: skip


@pytest.mark.slow
def test_an_audit_of_twins_without_groups_says_what_to_set(tmp_path: Path) -> None:
    for i in range(30):  # each fake has the colours of its real twin, and nothing else is told
        for folder in ("0_real", "1_fake"):
            file = tmp_path / folder / f"{i}.png"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(image(8 * i))
    settings = AuditSettings(workers=0, resamples=200)
    apart = audit(load_task("folders", path=str(tmp_path)), settings)
    grouped = audit(load_task("folders", path=str(tmp_path), group="stem"), settings)
    assert (apart["counts"]["groups"], grouped["counts"]["groups"]) == (60, 30)
    assert any("below chance" in one and "task.group" in one for one in apart["warnings"])
    assert not any("below chance" in one for one in grouped["warnings"])
