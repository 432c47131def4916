"""The starter set's builder: its parts, and that it builds the same set again."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image as PillowImage

from fakevlm_bench.cli.main import main
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.making.starter import encode, regions, sources
from fakevlm_bench.making.starter.build import DEFAULT_CACHE, SEED, face, make
from fakevlm_bench.making.starter.explanations import references
from fakevlm_bench.making.starter.families import MAKERS
from fakevlm_bench.making.starter.plan import COMPOSITIONS, attempt, crop_named
from fakevlm_bench.making.starter.rcc import read_member

DATA = Path(__file__).parents[2] / "bench/fakevlm_bench/datasets/starter/data"
CACHE = Path(os.environ.get("STARTER_CACHE", DEFAULT_CACHE))


def noise(size: int = 64) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Make a textured image."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (size, size, 3), dtype=np.uint8)


def test_padding_changes_the_length_and_nothing_else() -> None:
    data = encode.jpeg(noise())
    padded = encode.pad(data, len(data) + 5000)
    assert len(padded) == len(data) + 5000
    before, after = (np.asarray(PillowImage.open(io.BytesIO(d))) for d in (data, padded))
    np.testing.assert_array_equal(before, after)
    with pytest.raises(DataError, match="cannot pad"):
        encode.pad(data, len(data) - 1)


def test_regions_keep_off_the_border_and_blend_only_inside() -> None:
    image, rng = noise(256), np.random.default_rng(1)
    for _ in range(20):
        mask = regions.blob(image, (0.1, 0.28), rng)
        assert 0.05 < mask.mean() < 0.35
        assert not (mask & ~regions.inner(mask.shape)).any()
        blended = regions.blend(image, 255 - image, regions.feather(mask, 6))
        np.testing.assert_array_equal(blended[~mask], image[~mask])


@pytest.mark.parametrize(
    ("y", "x", "name"), [(20, 20, "upper left"), (128, 128, "centre"), (240, 128, "lower")]
)
def test_places_in_words(y: int, x: int, name: str) -> None:
    mask = np.zeros((256, 256), dtype=bool)
    mask[y - 5 : y + 5, x - 5 : x + 5] = True
    assert regions.place(mask) == name


@pytest.mark.parametrize("family", ["real", "generated_face", *MAKERS])
def test_references_of_every_family(family: str) -> None:
    rng = np.random.default_rng(2)
    texts = references(family, "cat", "upper left", "guitar", rng)
    assert len(set(texts)) == 3
    for text in texts:
        assert text.startswith(f"This is a {'real' if family == 'real' else 'fake'} image. ")
        assert text.count(";") == 1
        assert text.endswith(".")
        assert "{" not in text


def test_resource_collections_are_read(tmp_path: Path) -> None:
    path = tmp_path / "one.rcc"
    path.write_bytes(_collection("a.txt", b"hello"))
    assert read_member(path, "a.txt") == b"hello"
    with pytest.raises(DataError, match="no member"):
        read_member(path, "b.txt")


def _collection(name: str, content: bytes) -> bytes:
    """Write a version 1 resource collection with one compressed file."""
    body = struct.pack(">I", len(content)) + zlib.compress(content)
    data = struct.pack(">I", len(body)) + body
    names = struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    tree = struct.pack(">IHII", 0, 2, 1, 1) + struct.pack(">IHII", 0, 1, 0, 0)
    offsets = (20, 20 + len(tree), 20 + len(tree) + len(data))
    return b"qres" + struct.pack(">4I", 1, *offsets) + tree + data + names


def test_the_builder_says_what_is_missing_before_it_fetches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "GENERATOR_MODULES", ("no_such_module",))
    with pytest.raises(DataError, match=r"no_such_module.*pip install 'fakevlm-bench\[starter"):
        make(tmp_path / "out", tmp_path / "cache", "validation")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ConfigError, match="unknown split 'tset': did you mean test"):
        make(tmp_path, split="tset")
    with pytest.raises(ConfigError, match="cannot be of 'test'"):
        make(tmp_path, split="test", pairs=3)
    with pytest.raises(SystemExit, match="0"):
        main(["data", "build", "starter", "--help"])
    assert main(["data", "build", "starter", "--out", str(tmp_path)]) == 2


def test_the_catalogue_is_settled() -> None:
    photographs = sources.catalogue()
    assert len({p.id for p in photographs}) == len(photographs)
    assert all(p.author and p.licence and p.origin and p.subject for p in photographs)
    scenes: dict[str, str] = {}
    assert all(scenes.setdefault(p.scene, p.split) == p.split for p in photographs)


@pytest.mark.parametrize("family", ["real", "generated_face", *MAKERS])
def test_a_rebuild_gives_the_same_bytes(family: str) -> None:
    if missing := sources.missing_modules():
        pytest.skip(f"builder packages are not installed: {', '.join(missing)}")
    if not sources.stamp_folder(CACHE).is_dir():
        pytest.skip(f"no photographs in {CACHE}: run `fakevlm-bench data build starter` once")
    file = DATA / "test-00000.parquet"
    stored = pq.read_table(file, filters=[("family", "=", family)]).slice(0, 2).to_pylist()
    assert len(stored) == 2
    for row in stored:
        if family == "generated_face":
            assert (
                face(int(row["id"].rpartition("-")[2]), "te", SEED).image == row["image"]["bytes"]
            )
            continue
        name = row["id"].removeprefix("te-").removesuffix(f"-{family}")
        crop = crop_named(name, COMPOSITIONS["test"], CACHE, SEED)
        image = crop.image
        if family != "real":
            edit = attempt(family, crop, sources.stamp_folder(CACHE), SEED)
            assert edit is not None
            image = edit.image
            if row["mask"] is not None:
                assert edit.mask is not None
                assert encode.mask_png(edit.mask) == row["mask"]["bytes"]
        data = row["image"]["bytes"]
        assert encode.pad(encode.jpeg(image), len(data)) == data
