"""FakeClue's published layout, on a small copy of the same schema."""

import json
import random
import shutil

import numpy as np
import pytest

import fakevlm_bench as fb
from fakevlm_bench.datasets.fakeclue import FakeClueDataset
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.foreign_answers.fakevlm_compat import as_table, official_reading, score_official
from fakevlm_bench.imaging import encode_png
from fakevlm_bench.types import Label

RECORDS = [
    ("ff++/fake/Deepfakes/c23/frames/071_054/160.png", 0, "deepfake"),
    ("ff++/fake/FaceSwap/c23/frames/071_054/7.png", 0, "deepfake"),
    ("ff++/real/youtube/c23/frames/071/160.png", 1, "deepfake"),
    *[(f"doc/fake/{i}.png", 0, "doc") for i in range(12)],
    *[(f"doc/real/{i}.png", 1, "doc") for i in range(6)],
    *[(f"satellite/fake/gan/{i}.png", 0, "satellite") for i in range(4)],
    *[(f"satellite/real/{i}.png", 1, "satellite") for i in range(5)],
]


@pytest.fixture
def copy(tmp_path):
    records = []
    for i, (name, label, cate) in enumerate(RECORDS):
        file = tmp_path / "test" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_png(np.full((9, 12, 3), i, np.uint8)))
        said = "This is a real image. Sharp." if label else "This is a fake image. Blurred."
        records.append(
            {
                "image": name, "label": label, "cate": cate, "width": 12, "height": 9,
                "conversations": [
                    {"from": "human", "value": "<image>Does the image looks real/fake?"},
                    {"from": "gpt", "value": said},
                ],
            }
        )  # fmt: skip
    (tmp_path / "data_json").mkdir()
    (tmp_path / "data_json" / "test.json").write_text(json.dumps(records))
    return tmp_path


def test_labels_are_turned_round_and_everything_else_is_kept(copy):
    task = fb.load_task("fakeclue", path=str(copy))
    samples = list(task.dataset)
    assert [one.id for one in samples] == task.dataset.ids() == [name for name, _, _ in RECORDS]
    for sample, (name, label, cate) in zip(samples, RECORDS, strict=True):
        assert sample.label is (Label.REAL if label == 1 else Label.FAKE)
        assert ("fake" in name.split("/")) == (sample.label is Label.FAKE)
        assert sample.category == cate
        assert sample.image == (copy / "test" / name).read_bytes()
        assert sample.media_type == "image/png"
        assert sample.mask is None
    assert samples[0].references == ("This is a fake image. Blurred.",)
    assert samples[0].generator == "ff++/Deepfakes"
    assert samples[2].generator == "real"
    assert task.prompt == "Does the image looks real/fake?"


def test_frames_of_one_video_are_one_group(copy):
    samples = list(FakeClueDataset(copy))
    assert len({one.group for one in samples[:3]}) == 1
    assert len({one.group for one in samples}) == len(samples) - 2


def test_categories_choose(copy):
    task = fb.load_task("fakeclue", path=str(copy), categories=["doc", "satellite"])
    assert {one.category for one in task.dataset} == {"doc", "satellite"}
    assert task.key == "fakeclue:doc+satellite@1"
    with pytest.raises(ConfigError, match="did you mean satellite"):
        fb.load_task("fakeclue", path=str(copy), categories=["satelite"]).dataset.ids()


@pytest.mark.parametrize("nested", [True, False])
def test_a_zip_reads_like_a_folder(copy, tmp_path_factory, nested):
    other = tmp_path_factory.mktemp("zipped")
    shutil.copytree(copy / "data_json", other / "data_json")
    root = copy if nested else copy / "test"
    shutil.make_archive(str(other / "test"), "zip", root, "test" if nested else ".")
    zipped, unzipped = FakeClueDataset(other), FakeClueDataset(copy)
    assert list(zipped) == list(unzipped)
    assert zipped.fingerprint() == FakeClueDataset(other).fingerprint()


def test_the_hub_is_asked_for_what_is_needed_only(copy, monkeypatch):
    asked = {}

    def snapshot_download(repository, **settings):
        asked.update(settings, repository=repository)
        return str(copy)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    assert len(list(FakeClueDataset(revision="abc"))) == len(RECORDS)
    assert asked == {
        "repository": "lingcco/FakeClue", "repo_type": "dataset", "revision": "abc",
        "allow_patterns": ["data_json/test.json", "test.zip"],
    }  # fmt: skip


def test_no_hub_is_said_with_what_would_be_right(monkeypatch):
    def snapshot_download(*_, **__):
        raise OSError("offline")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    with pytest.raises(DataError, match=r"task\.path="):
        FakeClueDataset().ids()


def test_fingerprint_follows_content(copy):
    first = FakeClueDataset(copy).fingerprint()
    assert FakeClueDataset(copy).fingerprint() == first
    (copy / "test" / RECORDS[0][0]).write_bytes(b"other")
    second = FakeClueDataset(copy).fingerprint()
    assert second != first
    with pytest.raises(DataError, match=f"{second}, not {first}"):
        FakeClueDataset(copy, sha256=first).fingerprint()


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "cannot be read"), ("{}", "not a list"), ('[{"image": "a", "label": 2, "cate": "doc"}]',
     "record 0"), ('[{"image": "a", "label": 1}]', "'cate'"),
     ("[" * 100_000, "nested too deeply"),
     ("[3]", r"record 0 \(counted from 0\): it must be an object"),
     *[(json.dumps([{"image": "a", "label": 1, "cate": "doc"} | wrong]), rf"record 0 .*{told}")
       for wrong, told in [
           ({"label": []}, "'label' must be"), ({"label": True}, "'label' must be"),
           ({"label": "1"}, "'label' must be"), ({"image": ["a"]}, "'image' must be text"),
           ({"cate": 3}, "'cate' must be text"), ({"width": "wide"}, "'width' must be a number"),
           ({"height": -1}, "'height' must be"), ({"conversations": "said"}, "'conversations'"),
           ({"conversations": [{"from": "gpt", "value": 3}]}, "'conversations' must be a list"),
           ({"conversations": [None]}, "'conversations' must be a list")]],
     ('[{"image": "a", "label": 1, "cate": "x"}, {"image": "a", "label": 0, "cate": "x"}]',
      "record 1 .*'a' has another label")],
    ids=lambda value: value[:60],
)  # fmt: skip
def test_a_broken_file_is_said(copy, text, told):
    (copy / "data_json" / "test.json").write_text(text)
    with pytest.raises(DataError, match=told):
        FakeClueDataset(copy).ids()


def test_records_may_begin_with_a_byte_order_mark(copy):
    file = copy / "data_json" / "test.json"
    before = FakeClueDataset(copy).fingerprint()
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert FakeClueDataset(copy).fingerprint() == before


def test_a_missing_image_or_folder_is_said(copy):
    (copy / "test" / RECORDS[3][0]).unlink()
    with pytest.raises(DataError, match=r"doc/fake/0\.png"):
        list(FakeClueDataset(copy))
    with pytest.raises(DataError, match=r"data_json/test\.json"):
        FakeClueDataset("/nowhere").ids()


def test_a_run_reports_every_category(copy, tmp_path):
    from fakevlm_bench.engine.run import Options

    task = fb.load_task("fakeclue", path=str(copy))
    detector = fb.load_detector("template")
    run = fb.evaluate(task, detector, run_dir=tmp_path, options=Options(cache=None, limit=25))
    assert run.result["coverage"]["planned"] == 25
    assert set(run.result["by"]["category"]) == {"deepfake", "doc", "satellite"}


@pytest.mark.parametrize(
    ("caption", "reading"),
    [
        ("This is a real image.", Label.REAL),
        ("This is a fake image. Blurred.", Label.FAKE),
        ("This is a fake image. The light is unrealistic.", Label.REAL),
        ("This is not a real photo.", Label.REAL),
        ("It is really a fake.", Label.REAL),
        ("I cannot say.", None),
    ],
)
def test_the_official_reading_is_repeated_with_its_faults(caption, reading):
    assert official_reading(caption) is reading


def official_by_coins(captions, labels, tosses=4000):
    """The official evaluation as it runs, many times over: accuracy and F1 of REAL."""
    rng = random.Random(0)
    right = 0.0
    for _ in range(tosses):
        for caption, label in zip(captions, labels, strict=True):
            low = caption.lower()
            said = 1 if "real" in low else 0 if "fake" in low else rng.randint(0, 1)
            right += said == label
    return right / tosses / len(labels)


def test_official_answers_are_scored_properly_and_both_numbers_stand_side_by_side(copy, tmp_path):
    captions = []
    for i, (_, label, _) in enumerate(RECORDS):
        if i % 7 == 0:
            captions.append("I cannot tell.")
        elif i % 3 == 0 and label == 0:
            captions.append("This is a fake image. The shadows look unrealistic.")
        else:
            captions.append(f"This is a {'real' if label else 'fake'} image. Look at it.")
    answers = tmp_path / "answers.json"
    rows = [
        {"id": f"/data/FakeClue/test/{name}", "caption": caption}
        for (name, _, _), caption in zip(RECORDS, captions, strict=True)
    ]
    answers.write_text(json.dumps(rows))
    shutil.rmtree(copy / "test")  # no image is needed
    result = score_official(answers, copy / "data_json" / "test.json")
    clean = result["conditions"]["clean"]
    understood = sum(caption != "I cannot tell." for caption in captions)
    assert clean["coverage"]["ok"] == understood
    assert clean["detection"]["accuracy"]["value"] == pytest.approx(understood / len(RECORDS))
    expected = official_by_coins(captions, [label for _, label, _ in RECORDS])
    compat = result["official_reading"]["accuracy"]["value"]
    assert compat == pytest.approx(expected, abs=0.01)
    assert compat < clean["detection"]["fakevlm_compat_accuracy"]["value"]
    table = as_table(result)
    assert "official reading" in table.splitlines()[0]
    assert "fakevlm_compat" not in table.splitlines()[0]  # one name for two figures
    assert f"{compat:.3f}" in table


def test_official_answers_by_command(copy, tmp_path, capsys):
    from fakevlm_bench.cli.main import main

    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps([{"id": name, "caption": "Fake."} for name, _, _ in RECORDS]))
    data = str(copy / "data_json" / "test.json")
    assert main(["score", str(answers), "--format", "fakevlm", "--data", data]) == 0
    out = capsys.readouterr().out
    assert "this suite" in out
    assert "official reading: REAL where the letters 'real' occur" in out


def test_answers_for_other_images_are_refused(copy, tmp_path):
    answers = tmp_path / "answers.json"
    answers.write_text('[{"id": "elsewhere.png", "caption": "Fake."}]')
    with pytest.raises(DataError, match=r"elsewhere\.png"):
        score_official(answers, copy / "data_json" / "test.json")
