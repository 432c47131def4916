"""Files of another program's answers: what is read of them, and what is refused in one line."""

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fakevlm_bench as fb
from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.foreign_answers.files import MAX_BOXES, MAX_TEXT, read_answers
from fakevlm_bench.imaging import encode_png
from fakevlm_bench.types import Label, Sample, Task


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path, form="records"):
    with pytest.raises(DataError) as caught:
        read_answers(path, form)
    told = str(caught.value)
    assert "\n" not in told
    assert path.name in told
    return told


SEPARATORS = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"


@pytest.mark.parametrize("suffix", ["jsonl", "ndjson", "JSONL"])
def test_json_lines_end_at_line_feeds_alone(tmp_path, suffix):
    rows = [{"id": "1", "text": SEPARATORS}, {"id": "2", "text": "x"}]
    lines = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n"
    lines = lines.replace("\\u000b", "\\u000b")
    answers = read_answers(written(tmp_path, f"a.{suffix}", lines), "records")
    assert {name: one.text for name, one in answers.items()} == {"1": SEPARATORS, "2": "x"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_no_part_of_the_content(tmp_path, encoding):
    rows = [{"id": "é", "text": "naïve ✓"}]
    table = "id,text\r\né,naïve ✓\r\n"
    contents = {
        "a.json": json.dumps(rows, ensure_ascii=False),
        "a.jsonl": json.dumps(rows[0], ensure_ascii=False) + "\n",
        "a.csv": table,
    }
    for name, content in contents.items():
        answers = read_answers(written(tmp_path, name, content.encode(encoding)), "records")
        assert answers["é"].text == "naïve ✓"


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv"])
def test_another_encoding_is_named(tmp_path, name):
    told = refused(written(tmp_path, name, '[{"id": "é", "text": "x"}]'.encode("latin-1")))
    assert "is not UTF-8 text (byte 9" in told
    assert "save it as UTF-8" in told


def test_a_table_is_read_as_it_is_written(tmp_path):
    rows = [("id", "text", "score"), ("007", "None", "0.25"), ("NA", 'two\nlines, "quoted"', ""),
            ("x", "", "1e-3"), ("1", "x" * 300_000, "")]  # fmt: skip
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    answers = read_answers(written(tmp_path, "a.csv", buffer.getvalue()), "records")
    assert {name: (one.text, one.score) for name, one in answers.items()} == {
        "007": ("None", 0.25), "NA": ('two\nlines, "quoted"', None), "x": (None, 0.001),
        "1": ("x" * 300_000, None),
    }  # fmt: skip


def test_ids_are_text_whatever_they_are_written_as(tmp_path):
    for value in (7, 7.0, "7"):
        path = written(tmp_path, "a.json", json.dumps([{"id": value, "score": 1}]))
        assert list(read_answers(path, "records")) == ["7"]
    both = written(tmp_path, "a.json", '[{"id": 7, "score": 1}, {"id": "7", "score": 0}]')
    assert "answer 1 (counted from 0): two answers for sample '7'" in refused(both)
    frame = pd.DataFrame({"id": [0, 1], "score": [0.25, 1.0], "text": [None, None]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert list(read_answers(tmp_path / "a.parquet", "records")) == ["0", "1"]


def test_lone_surrogates_become_what_can_be_recorded(tmp_path):
    path = written(tmp_path, "a.json", r'[{"id": "x", "text": "a\ud800b \ud83d\ude00 \udc00"}]')
    text = read_answers(path, "records")["x"].text
    assert text == "a\ufffdb \U0001f600 \ufffd"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('{"id": "x"}', "no text or score or logit"),
        ('{"id": "x", "text": null, "score": null, "logit": null}', "no text or score or logit"),
        ('{"id": "x", "label": "fake"}', "no text or score or logit"),
        ('{"id": "x", "text": ["Fake."]}', "'text' is a list, not text"),
        ('{"id": "x", "text": {"verdict": "fake"}}', "'text' is an object, not text"),
        ('{"id": "x", "text": 1}', "'text' is a number, not text"),
        ('{"id": "x", "score": true}', "the score is true or false, not a number"),
        ('{"id": "x", "score": "high"}', "the score is not a number"),
        ('{"id": "x", "score": [0.5]}', "the score is not a number"),
        ('{"id": "x", "score": 1.5}', r"the score is 1.5, not within \[0, 1\]"),
        ('{"id": "x", "score": NaN}', r"the score is nan, not within \[0, 1\]"),
        ('{"id": "x", "score": Infinity}', r"the score is inf, not within"),
        ('{"id": "x", "logit": Infinity}', "the logit is inf, not a finite number"),
        ('{"id": "x", "logit": "nan"}', "the logit is nan, not a finite number"),
        ('{"id": "x", "logit": %s}' % ("9" * 400), "the logit is not a number"),
        ('{"score": 1}', r"no 'id' \(it has score\)"),
        ('{"id": "", "score": 1}', "no 'id'"),
        ('{"id": null, "score": 1}', "no 'id'"),
        ('{"id": true, "score": 1}', "'id' is true or false, not text"),
        ('{"id": ["x"], "score": 1}', "'id' is a list, not text"),
        ('["x", 1]', "expected an object with 'id', not a list"),
        ('"x"', "expected an object with 'id', not text"),
        ('{"id": "x", "score": 0, "score": 1}', "an object names 'score' twice"),
        ('{"id": "x", "score": 1, "boxes": 3}', "'boxes' is a number, not a list"),
        ('{"id": "x", "score": 1, "boxes": [1, 2, 3, 4]}', r"box 0 is not \[x0, y0, x1, y1\]: 1"),
        ('{"id": "x", "score": 1, "boxes": [[1, 2, 3]]}', "box 0 is not"),
        ('{"id": "x", "score": 1, "boxes": [[1, 2, 3, 4], [3, 4, 1, 2]]}', "box 1 is not a box"),
        ('{"id": "x", "score": 1, "boxes": [[1, 2, NaN, 4]]}', "box 0: the coordinate is nan"),
        ('{"id": "x", "score": 1, "boxes": [[1, 2, null, 4]]}', "box 0"),
        ('{"id": "x", "score": 1, "boxes": [[0, 0, 1e9, 1e9]]}', "box 0 is not a box"),
        ('{"id": "x", "score": 1, "boxes": %s}' % ([[0, 0, 1, 1]] * (MAX_BOXES + 1)), "1001 boxes"),
        ('{"id": "x", "text": "%s"}' % ("y" * (MAX_TEXT + 1)), "longer than 1,000,000"),
        ("[" * 100_000, "nested too deeply"),
        ("{", "cannot be read"),
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_a_wrong_row_is_named_with_its_place(tmp_path, row, told):
    import re

    good = '{"id": "first", "score": 0.5}'
    line = refused(written(tmp_path, "a.jsonl", f"{good}\n\n{row}\n"))
    assert re.search(told, line), line
    assert "line 3" in line
    if not row.startswith("[["):
        assert re.search(told, refused(written(tmp_path, "a.json", f"[{good}, {row}]")))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", "", "cannot be read"),
        ("a.json", "[]", "holds no answers"),
        ("a.json", '{"x": "Fake."}', "is not a list of answers but an object"),
        ("a.json", "null", "is not a list of answers but null"),
        ("a.jsonl", "", "holds no answers"),
        ("a.jsonl", "\n \n", "holds no answers"),
        ("a.csv", "", "holds no answers"),
        ("a.csv", "id,score\n", "holds no answers"),
        ("a.csv", "name,score\nx,1\n", r"no 'id' (it has name, score)"),
        ("a.csv", "id,score\nx,1,2\n", "row ending on line 2: 3 cells, but 2 columns"),
        ("a.csv", "id,score\nx\n", "1 cells, but 2 columns"),
        ("a.csv", "id,score,score\nx,1,2\n", "two columns have the same name"),
        ("a.csv", 'id,text\nx,"open\n', "unexpected end of data"),
        ("a.csv", "id,score\nx,\n", "no text or score or logit"),
        ("a.parquet", b"PAR1 and no more", "cannot be read"),
        ("a.parquet", b"", "cannot be read"),
        ("a.json", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
         "is a Git LFS pointer"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named(tmp_path, name, content, told):
    assert told in refused(written(tmp_path, name, content))


def test_a_cut_parquet_file_and_a_folder_are_named(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"id": ["x"] * 500, "text": [f"Fake {i}." for i in range(500)]}).to_parquet(path)
    whole = path.read_bytes()
    for length in (len(whole) - 5, len(whole) // 2, 10):
        assert "cannot be read" in refused(written(tmp_path, "a.parquet", whole[:length]))
    assert "directory" in refused(tmp_path)
    assert "No such file" in refused(tmp_path / "absent.json")


def test_a_file_name_that_is_no_utf8_can_be_said(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.json"))
    path.write_text("[]")
    with pytest.raises(DataError) as caught:
        read_answers(path, "records")
    assert str(caught.value).encode()
    assert "a\ufffd.json holds no answers" in str(caught.value)


def test_answers_of_the_official_form_need_words(tmp_path):
    path = written(tmp_path, "a.json", '[{"id": "x", "caption": null}]')
    assert "no caption" in refused(path, "fakevlm")


class Squares:
    """Images of 40 x 20 pixels: ten fakes, 0 to 9, whose left half is edited, and ten real ones."""

    def fingerprint(self):
        return "squares"

    def ids(self):
        return [str(number) for number in range(20)]

    def __iter__(self):
        mask = np.zeros((20, 40), bool)
        mask[:, :20] = True
        for number in range(20):
            image = encode_png(np.full((20, 40, 3), 10 * number, np.uint8))
            label = Label.FAKE if number < 10 else Label.REAL
            edited = encode_png(mask) if label is Label.FAKE else None
            yield Sample(str(number), image, label, group=str(number), mask=edited)


@pytest.fixture
def squares():
    return Task("squares", "1", Squares(), "", "CC0", "")


HALVES = {"pixels": [0, 0, 20, 20], "unit": [0, 0, 0.5, 1], "thousand": [0, 0, 500, 1000]}


@pytest.mark.parametrize("unit", ["pixels", "unit", "thousand"])
@pytest.mark.parametrize("where", ["boxes", "text"])
def test_every_import_is_told_the_unit_of_boxes(squares, tmp_path, unit, where):
    half = HALVES[unit]
    fake = {"score": 0.9, "boxes": [half]}
    real = {"score": 0.1}
    if where == "text":
        fake = {"text": json.dumps({"verdict": "fake", "boxes": [half]})}
        real = {"text": "Real."}
    rows = [{"id": number, **(fake if number < 10 else real)} for number in range(20)]
    path = written(tmp_path, "a.json", json.dumps(rows))
    result = fb.score_responses(path, task=squares, coordinates=unit)
    assert result["localization"]["foreground_iou"]["value"] == pytest.approx(1)
    other = "unit" if unit == "thousand" else "thousand"
    wrong = fb.score_responses(path, task=squares, coordinates=other)
    assert wrong["localization"]["foreground_iou"]["value"] < 0.6


def test_unknown_units_thresholds_and_ids_are_answered(squares, tmp_path):
    path = written(tmp_path, "a.json", json.dumps([{"id": i, "score": 0.4} for i in range(20)]))
    with pytest.raises(ConfigError, match="did you mean thousand"):
        fb.score_responses(path, task=squares, coordinates="thousands")
    with pytest.raises(ConfigError, match="threshold=2 is not a probability"):
        fb.score_responses(path, task=squares, threshold=2)
    low = fb.score_responses(path, task=squares, threshold=0.3)
    assert low["detection"]["recall_fake"]["value"] == 1
    rows = [{"id": f"img_{i}.png", "score": 0.4} for i in range(5)]
    strange = written(tmp_path, "b.json", json.dumps(rows))
    with pytest.raises(DataError) as caught:
        fb.score_responses(strange, task=squares)
    assert str(caught.value) == (
        "5 of 5 answers belong to no sample of squares@1, first 'img_0.png', 'img_1.png', "
        "'img_2.png', … (its samples are called like '0', '1', '2', …)"
    )


def test_words_may_be_absent_where_a_score_is_there(squares, tmp_path):
    fakes = [{"text": None, "score": 0.9}, {"text": "Fake.", "score": None}] * 5
    rows = [{"id": i, **row} for i, row in enumerate([*fakes, *[{"logit": -3}] * 10])]
    path = tmp_path / "a.parquet"
    pd.DataFrame(rows).to_parquet(path)
    result = fb.score_responses(path, task=squares)
    assert result["coverage"]["ok"] == 20
    assert result["detection"]["accuracy"]["value"] == 1


def test_answers_in_words_are_counted_by_the_form_that_they_were_read_by(squares, tmp_path):
    fitting = [{"text": "<answer>fake</answer>"}] * 7 + [{"text": "It is fake."}] * 3
    rows = [{"id": i, **row} for i, row in enumerate([*fitting, *[{"score": 0.1}] * 10])]
    path = written(tmp_path, "a.json", json.dumps(rows))
    strict = fb.score_responses(path, task=squares, answers_form="tags")
    assert strict["forms"] == {"free": 3, "tags": 7}
    assert fb.score_responses(path, task=squares)["forms"] == {"free": 10}
    assert strict["detection"]["accuracy"]["value"] == 1
    with pytest.raises(ConfigError, match="did you mean tags"):
        fb.score_responses(path, task=squares, answers_form="tag")


def test_without_words_no_form_is_counted(squares, tmp_path):
    rows = [{"id": i, "score": 0.9 if i < 10 else 0.1} for i in range(20)]
    path = written(tmp_path, "a.json", json.dumps(rows))
    assert "forms" not in fb.score_responses(path, task=squares)
