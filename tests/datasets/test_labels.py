"""Labels are two lists: what is in neither is an error that names the sample."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from fakevlm_bench.datasets.labels import LabelLists, as_text
from fakevlm_bench.datasets.notes import notes_of
from fakevlm_bench.datasets.table import TableDataset
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.registry import load_task
from fakevlm_bench.types import Label

STARTER = {
    "starter": "6a0720e91d89ccd3e9e292fc5d88344b345394acb6a73d080b83dcb77aceb965",
    "starter:quick": "6c63ccbf913bbf2ddcc1be360a9f98006edd9e9c4e3229fb1dd934d943657e8d",
}


def png(value: int = 7) -> bytes:
    buffer = io.BytesIO()
    PillowImage.new("RGB", (8, 6), (value, value, value)).save(buffer, "PNG")
    return buffer.getvalue()


def table(folder: Path, labels: list[Any], **columns: list[Any]) -> Path:
    folder.mkdir(exist_ok=True)
    count = len(labels)
    values = {"id": [f"s{i}" for i in range(count)], "image": [png()] * count, "label": labels}
    pq.write_table(pa.table(values | columns), folder / "test-0.parquet")
    return folder


def labels_of(dataset: TableDataset) -> list[Label]:
    samples = list(dataset)
    assert dataset.ids() == [one.id for one in samples]
    return [one.label for one in samples]


@pytest.mark.parametrize("name", STARTER)
def test_the_starter_sets_published_fingerprint_stays(name: str) -> None:
    assert load_task(name).dataset.fingerprint() == STARTER[name]


@pytest.mark.parametrize(
    ("labels", "real", "fake"),
    [
        ([0, 1, 1], None, 1),
        ([1, 0, 0], None, 0),
        (["0", "1", "1"], None, 1),
        ([0.0, 1.0, 1.0], None, 1),
        ([False, True, True], None, 1),
        ([0, 1, 1], "0", "1"),
        (["real", "fake", "fake"], "real", "fake"),
        (["human", "ai", "edited"], ["human"], ["ai", "edited"]),
        ([0, 1, 2], [0], [1, 2]),
    ],
)
def test_codings_of_labels(tmp_path: Path, labels: list[Any], real: Any, fake: Any) -> None:
    dataset = TableDataset(table(tmp_path / "t", labels), real=real, fake=fake)
    assert labels_of(dataset) == [Label.REAL, Label.FAKE, Label.FAKE]


@pytest.mark.parametrize(
    ("labels", "lists", "told"),
    [
        (["real", "fake"], {}, r"sample 's0' of .* has the label 'real', .*'real' ×1, 'fake' ×1"),
        ([0, 1, 2], {}, r"sample 's2' .* has the label 2, .* real: \[0\] .* fake: \[1\]"),
        ([0, 1, None], {}, r"sample 's2' .* has the label null"),
        (["human", "ai"], {"fake": "ai"}, r"'s0' .* has the label 'human', .*list it in real"),
        (["Real", "fake"], {"real": "real", "fake": "fake"}, r"'s0' .* 'Real'"),
        (["1.0", "0"], {}, r"'s0' .* '1\.0'"),
        ([[1], [0]], {}, r"'s0' .*: its label, list is neither"),
    ],
)
def test_a_label_in_no_list_is_an_error(
    tmp_path: Path, labels: list[Any], lists: dict[str, Any], told: str
) -> None:
    dataset = TableDataset(table(tmp_path / "t", labels), **lists)
    with pytest.raises(DataError, match=told):
        dataset.ids()  # before anything is asked
    with pytest.raises(DataError, match="label"):
        list(dataset)


def test_labels_that_are_left_out_are_counted(tmp_path: Path) -> None:
    folder = table(tmp_path / "t", ["r", "f", "t", None, "t"])
    dataset = TableDataset(folder, real="r", fake="f", leave_out=["t", None])
    assert labels_of(dataset) == [Label.REAL, Label.FAKE]
    assert [(one.count, one.first) for one in notes_of(dataset)] == [(2, "s2"), (1, "s3")]
    assert str(notes_of(dataset)[0]) == "left out 2 × sample with the label t (first: s2)"
    assert dataset.fingerprint() != TableDataset(folder, real="r", fake="f").fingerprint()


@pytest.mark.parametrize("lists", [{"real": [0, 1], "fake": [1]}, {"real": 0, "fake": []},
                                   {"fake": 1, "leave_out": "1"}, {"fake": {"a": 1}}])  # fmt: skip
def test_lists_that_cannot_be(lists: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        TableDataset("somewhere", **lists)


def named(folder: Path, names: list[str], labels: list[int]) -> Path:
    folder.mkdir()
    features = datasets.Features({
        "id": datasets.Value("string"), "image": datasets.Image(),
        "label": datasets.ClassLabel(names=names),
    })  # fmt: skip
    columns = {"id": [f"s{i}" for i in range(len(labels))], "label": labels,
               "image": [{"bytes": png(), "path": None}] * len(labels)}  # fmt: skip
    datasets.Dataset.from_dict(columns, features=features).to_parquet(
        str(folder / "test-0.parquet")
    )
    return folder


def test_a_class_label_is_read_by_its_names_and_never_by_numbers(tmp_path: Path) -> None:
    turned = named(tmp_path / "a", ["full_synthetic", "real", "tampered"], [0, 1, 2])
    lists = {"real": "real", "fake": ["full_synthetic", "tampered"]}
    assert labels_of(TableDataset(turned, **lists)) == [Label.FAKE, Label.REAL, Label.FAKE]
    with pytest.raises(DataError, match="'full_synthetic'"):
        TableDataset(turned).ids()
    with pytest.raises(DataError, match="'full_synthetic'"):
        TableDataset(turned, real=0, fake=[1, 2]).ids()
    with pytest.raises(DataError, match="'fake', which is neither"):
        TableDataset(named(tmp_path / "b", ["fake", "real"], [0, 1])).ids()
    assert labels_of(TableDataset(named(tmp_path / "c", ["real", "fake"], [1, 0, 1]))) == [1, 0, 1]


values = st.one_of(st.integers(-3, 3), st.text(min_size=1, max_size=6), st.booleans(), st.none())


@given(st.lists(st.tuples(values, st.sampled_from(["real", "fake", "leave_out"])), min_size=1))
def test_whatever_the_coding_labels_equal_the_constructions(
    coding: list[tuple[Any, str]],
) -> None:
    meaning = {}
    for value, kind in coding:
        meaning.setdefault(as_text(value), (value, kind))
    kinds = {kind: [v for v, k in meaning.values() if k == kind]
             for kind in ("real", "fake", "leave_out")}  # fmt: skip
    lists = LabelLists.of(kinds["real"], kinds["fake"] or ["fake!"], kinds["leave_out"])
    expected = {"real": Label.REAL, "fake": Label.FAKE, "leave_out": None}
    for value, kind in meaning.values():
        assert lists.read(value) is expected[kind]
    with pytest.raises(KeyError):
        lists.read("a value of nobody")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_tables_in_random_codings(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([st.integers(0, 9), st.text("abcXY", min_size=1, max_size=4)]))
    codes = data.draw(st.lists(kind, min_size=3, max_size=6, unique=True))
    truth = data.draw(st.lists(st.sampled_from(codes), min_size=1, max_size=12))
    real = codes[: len(codes) // 2]
    folder = table(tmp_path / "t", truth)
    dataset = TableDataset(folder, real=real, fake=codes[len(codes) // 2 :])
    assert labels_of(dataset) == [Label.REAL if one in real else Label.FAKE for one in truth]


def test_a_hub_table_is_read_by_the_same_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = named(tmp_path / "t", ["fake", "real", "edited"], [0, 1, 2])
    local = datasets.load_dataset("parquet", data_files=str(folder / "test-0.parquet"))["train"]

    def load(*_: Any, streaming: bool, **__: Any) -> Any:
        return local.to_iterable_dataset() if streaming else local

    monkeypatch.setattr(datasets, "load_dataset", load)
    hub = {"path": "someone/something", "revision": "a" * 40}
    dataset = TableDataset(**hub, real="real", fake="fake", leave_out="edited")
    assert labels_of(dataset) == [Label.FAKE, Label.REAL]
    assert next(iter(dataset)).image == png()
    assert [note.count for note in notes_of(dataset)] == [1]
    with pytest.raises(DataError, match="'s2' of someone/something has the label 'edited'"):
        TableDataset(**hub, real="real", fake="fake").ids()
