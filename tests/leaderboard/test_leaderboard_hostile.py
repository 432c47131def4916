"""A corpus of hostile submissions: each is refused with one clear line, and nothing breaks.

Every case changes a sound submission in one way; the sound one itself is accepted.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from fakevlm_bench.leaderboard import limits
from fakevlm_bench.leaderboard.attacked import carried, file_name
from fakevlm_bench.leaderboard.entries import TruthCache
from fakevlm_bench.leaderboard.schema import predictions_schema, responses_schema
from fakevlm_bench.leaderboard.validate import Validator
from support.leaderboard_making import (
    document,
    make_predictions,
    make_truth,
    truth_source,
    write_document,
    write_submission,
    write_table,
)

TRUTH = make_truth(40, conditions=("clean", "jpeg:3"))
ROWS = len(TRUTH.frame)
PREDICTIONS, RESPONSES = make_predictions(TRUTH, 1.5, 7, masks=True, spoken=True)
SILENT, _ = make_predictions(TRUTH, 1.5, 7)


@pytest.fixture(scope="module")
def validator(tmp_path_factory):
    work = tmp_path_factory.mktemp("work")
    return Validator(TruthCache(truth_source(TRUTH), work / "truth"), work / "kept")


@pytest.fixture
def sound(tmp_path):
    return write_submission(tmp_path, TRUTH, "sound", PREDICTIONS, RESPONSES)


def refused(validator, folder: Path, *words: str) -> str:
    outcome = validator.validate(folder)
    assert outcome.entry is None, "a hostile submission was accepted"
    line = outcome.line
    assert "\n" not in line
    assert len(line) < 400
    for word in words:
        assert word in outcome.reason, outcome.reason
    return line


def test_sound_submission_is_recomputed(validator, sound):
    outcome = validator.validate(sound)
    assert outcome.entry is not None, outcome.reason
    assert outcome.line.startswith("recomputed: toy@1/sound")


def edited(sound: Path, **changes: object) -> dict:
    made = json.loads((sound / "submission.json").read_text())
    for place, value in changes.items():
        *parents, last = place.split("__")
        node = made
        for name in parents:
            node = node[name]
        node[last] = value
    return made


# --- the document's bytes -------------------------------------------------------------

RAW = {
    "nan": (b'{"a": NaN}', "NaN is not a JSON number"),
    "infinity": (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
    "1e999": (b'{"a": 1e999}', "is not finite"),
    "duplicate keys": (b'{"slug": "a", "slug": "b"}', "appears twice"),
    "duplicate nested": (b'{"x": [{"a": 1, "a": 1}]}', "appears twice"),
    "escaped duplicate": (b'{"a": 1, "\\u0061": 2}', "appears twice"),
    "deep lists": (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
    "deep objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "nested deeper"),
    "too many bytes": (b'"' + b"a" * (limits.JSON_BYTES + 1) + b'"', "bytes"),
    "huge integer": (b'{"a": ' + b"9" * 10_000 + b"}", "out of range"),
    "over 2**53": (b'{"a": 9007199254740993}', "out of range"),
    "not utf-8": (b'{"a": "\xff\xfe"}', "not UTF-8"),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    "byte-order mark": (b"\xef\xbb\xbf{}", "not JSON"),
    "empty": (b"", "not JSON"),
    "truncated": (b'{"slug": "sou', "not JSON"),
    "two documents": (b"{} {}", "not JSON"),
    "pickle": (b"\x80\x04\x95\x00\x00\x00\x00.", "not UTF-8"),
    "yaml with a target": (b"_target_: os.system\n", "not JSON"),
    "lone surrogate": (b'{"a": "\\ud800"}', "U+D800"),
    "null byte": (b'{"a": "x\\u0000y"}', "U+0000"),
    "right-to-left override": ('{"a": "\u202egnp.exe"}'.encode(), "U+202E"),
    "terminal escape": (b'{"a": "\\u001b[2J"}', "U+001B"),
    "newline in text": (b'{"a": "one\\ntwo"}', "U+000A"),
    "a list": (b"[]", "does not satisfy type"),
    "null": (b"null", "does not satisfy type"),
}


@pytest.mark.parametrize("case", RAW)
def test_json(validator, sound, case):
    data, words = RAW[case]
    (sound / "submission.json").write_bytes(data)
    refused(validator, sound, "submission.json", words)


# --- the document's fields ------------------------------------------------------------

FIELDS = {
    "unknown key": ({"extra": 1}, "unknown key 'extra'"),
    "hydra target": ({"detector___target_": "os.system"}, "unknown key '_target_'"),
    "newer version": ({"schema_version": 2}, "schema_version"),
    "version as text": ({"schema_version": "1"}, "schema_version"),
    "slug leaves": ({"slug": "../../other"}, "slug"),
    "another slug": ({"slug": "somebody-else"}, "stands in"),
    "another task": ({"protocol__task": "starter"}, "stands in"),
    "unknown track": ({"track": "best"}, "track"),
    "javascript link": ({"detector__paper": "javascript:alert(1)"}, "not an https link"),
    "javascript link, cased": ({"detector__code": " JaVaScRiPt:alert(1)"}, "not an https link"),
    "data link": ({"detector__code": "data:text/html,hi"}, "not an https link"),
    "file link": ({"detector__code": "file:///etc/passwd"}, "not an https link"),
    "plain http": ({"detector__code": "http://example.org"}, "not an https link"),
    "link with a user": ({"detector__code": "https://good.org@evil.example"}, "https link"),
    "link with quotes": ({"detector__code": 'https://a.org/"onclick=x'}, "https link"),
    "link with a newline at its end": ({"detector__code": "https://a.org/\n"}, "U+000A"),
    "path in files": ({"files": {"../../../etc/passwd": "0" * 64}}, "not an allowed name"),
    "absolute path in files": ({"files": {"/etc/passwd": "0" * 64}}, "not an allowed name"),
    "no digests": ({"files": {}}, "predictions.parquet is missing"),
    "wrong digest": ({"files__predictions.parquet": "0" * 64}, "SHA-256"),
    "digest in capitals": ({"files__predictions.parquet": "A" * 64}, "files"),
    "listed, not there": ({"files__images/a.png": "0" * 64}, "listed but not there"),
    "another fingerprint": ({"protocol__dataset_fingerprint": "f" * 64}, "dataset_fingerprint"),
    "another sample set": ({"protocol__sample_ids_sha256": "f" * 64}, "sample_ids_sha256"),
    "another number": ({"protocol__samples": 39}, "protocol.samples"),
    "other metrics": ({"protocol__metrics_version": "0.0"}, "metrics_version"),
    "unknown condition": ({"protocol__conditions": ["clean", "rot13:1"]}, "unknown condition"),
    "no clean": ({"protocol__conditions": ["jpeg:3"]}, "conditions"),
    "condition twice": ({"protocol__conditions": ["clean", "clean"]}, "uniqueItems"),
    "condition path": ({"protocol__conditions": ["clean", "../x"]}, "conditions"),
    "one condition less": ({"protocol__conditions": ["clean"]}, "80 rows"),
    "negative seed": ({"run__seed": -1}, "run.seed"),
    "no date": ({"run__date": "yesterday"}, "run.date"),
    "impossible month": ({"run__date": "2026-13-01"}, "run.date"),
    "library injection": ({"run__libraries": {"<b>": "1"}}, "not an allowed name"),
    "threshold over one": ({"threshold__value": 1.5}, "threshold.value"),
    "calibrated over one": ({"threshold__calibrated": 7}, "threshold.calibrated"),
    "temperature of zero": ({"threshold__temperature": 0}, "threshold.temperature"),
    "threshold true": ({"threshold__value": True}, "threshold.value"),
    "claim of text": ({"claimed": {"clean/detection/accuracy": "1.0"}}, "claimed"),
    "claim too good": ({"claimed": {"clean/detection/accuracy": 1.0}}, "recomputed 0."),
    "claim of nothing": ({"claimed": {"clean/detection/greatness": 1.0}}, "no such figure"),
    "claim of the absent": (
        {"claimed": {"clean/detection/tpr_at_1_fpr": 0.9}},
        "cannot be computed",
    ),
    "claimed name is a path": ({"claimed": {"../x": 1.0}}, "not an allowed name"),
    "thousands of claims": ({"claimed": {f"a{i}": 0 for i in range(2001)}}, "maxProperties"),
}


@pytest.mark.parametrize("case", FIELDS)
def test_field(validator, sound, case):
    changes, words = FIELDS[case]
    made = edited(sound, **changes)
    (sound / "submission.json").write_text(json.dumps(made))
    refused(validator, sound, words)


def text_fields() -> list[str]:
    """Places of every text in the document."""
    found = []

    def walk(node, place):
        if isinstance(node, dict):
            for name, child in node.items():
                walk(child, [*place, name])
        elif isinstance(node, list):
            for index, child in enumerate(node):
                walk(child, [*place, index])
        elif isinstance(node, str):
            found.append(place)

    walk(document(TRUTH, "sound"), [])
    return found


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
@pytest.mark.parametrize("place", text_fields(), ids=lambda place: ".".join(map(str, place)))
def test_markup_in_every_text(validator, sound, place, markup):
    made = json.loads((sound / "submission.json").read_text())
    node = made
    for name in place[:-1]:
        node = node[name]
    node[place[-1]] = markup
    (sound / "submission.json").write_text(json.dumps(made))
    refused(validator, sound, str(place[0]))


def test_claim_just_outside_and_just_inside_the_tolerance(validator, sound):
    name = "clean/detection/accuracy"
    value = validator.validate(sound).entry.figures[name]["value"]
    made = edited(sound, claimed={name: value + 0.9e-6})
    (sound / "submission.json").write_text(json.dumps(made))
    assert validator.validate(sound).entry is not None
    made["claimed"] = {name: value + 1.1e-6}
    (sound / "submission.json").write_text(json.dumps(made))
    refused(validator, sound, f"claimed {name}")


# --- the folder -----------------------------------------------------------------------


def extra(name: str, data: bytes):
    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    return change


def link_predictions(folder: Path) -> None:
    target = folder.parent.parent / "elsewhere.parquet"
    shutil.move(folder / "predictions.parquet", target)
    (folder / "predictions.parquet").symlink_to(target)


def link_document(folder: Path) -> None:
    (folder / "submission.json").unlink()
    (folder / "submission.json").symlink_to("/etc/passwd")


def link_images(folder: Path) -> None:
    (folder / "images").symlink_to("/etc")


def pipe(folder: Path) -> None:
    (folder / "responses.parquet").unlink()
    os.mkfifo(folder / "responses.parquet")


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("../../evil.py", "boom")
    return buffer.getvalue()


FOLDERS = {
    "link to predictions": (link_predictions, "symbolic link"),
    "link as document": (link_document, "symbolic link"),
    "link as image folder": (link_images, "symbolic link"),
    "named pipe": (pipe, "not a regular file"),
    "archive": (extra("predictions.zip", archive()), "does not belong"),
    "code": (extra("detector.py", b"import os"), "does not belong"),
    "pickle": (extra("weights.pkl", b"\x80\x04."), "does not belong"),
    "hydra config": (extra("config.yaml", b"_target_: os.system"), "does not belong"),
    "hidden file": (extra(".gitattributes", b"* filter=x"), "does not belong"),
    "another case": (extra("Submission.json", b"{}"), "does not belong"),
    "newline in a name": (extra("a\nb", b""), "does not belong"),
    "svg": (extra("images/a.svg", b"<svg onload='alert(1)'/>"), "does not belong"),
    "folder": (lambda folder: (folder / "more").mkdir(), "not a regular file"),
    "folder in images": (lambda folder: (folder / "images/x").mkdir(parents=True), "regular file"),
    "no document": (lambda folder: (folder / "submission.json").unlink(), "is missing"),
    "no predictions": (lambda folder: (folder / "predictions.parquet").unlink(), "is missing"),
    "unlisted image": (extra("images/a.png", b""), "not listed"),
    "image too large": (extra("images/a.png", bytes(limits.IMAGE_BYTES + 1)), "allowed"),
    "many files": (
        lambda folder: [extra(f"images/i{i}.png", b"")(folder) for i in range(40)],
        "more than",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOLDERS)
def test_folder(validator, sound, case):
    change, words = FOLDERS[case]
    change(sound)
    refused(validator, sound, words)


def test_submission_that_is_a_link(validator, sound, tmp_path):
    link = tmp_path / TRUTH.key / "linked"
    link.symlink_to(sound)
    refused(validator, link, "not a folder")


# --- tables ---------------------------------------------------------------------------


def change_row(column: str, value: object, row: int = 3):
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        if column in ("mask", "heat_map", "attack"):
            frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame

    return change


def with_label(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(label=1)


def heat_map(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[0, "heat_map"] = b"1234"
    frame.loc[0, ["heat_map_width", "heat_map_height"]] = [3, 3]
    return frame


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[1, ["sample_id", "condition_id"]] = frame.loc[0, ["sample_id", "condition_id"]]
    return frame


FULL = "48x48:2304"
TABLES = {
    "missing row": (lambda frame: frame.iloc[1:], "79 rows"),
    "extra row": (lambda frame: pd.concat([frame, frame.iloc[:1]]), "81 rows"),
    "no rows": (lambda frame: frame.iloc[:0], "0 rows"),
    "duplicate id": (twice, "appears twice"),
    "unknown id": (change_row("sample_id", "s99999"), "is not in the task"),
    "id of markup": (change_row("sample_id", "<script>"), "is not in the task"),
    "null id": (change_row("sample_id", None), "null"),
    "unknown condition": (change_row("condition_id", "jpeg:4"), "is not in the task"),
    "long id": (change_row("sample_id", "x" * 5000), "5000 bytes"),
    "labels": (with_label, "column 'label' does not belong"),
    "score over one": (change_row("score", 1.5), "score must lie"),
    "negative score": (change_row("score", -0.1), "score must lie"),
    "infinite score": (change_row("score", float("inf")), "score must lie"),
    "verdict of two": (change_row("verdict", 2), "verdict must be"),
    "no verdict": (change_row("verdict", None), "exactly if its status is ok"),
    "unknown status": (change_row("status", "great"), "status must be"),
    "null status": (change_row("status", None), "status must be"),
    "failed with a verdict": (change_row("status", "failed"), "exactly if"),
    "verdict against its score": (
        lambda frame: frame.assign(verdict=1 - frame["verdict"]),
        "threshold",
    ),
    "mask of another size": (change_row("mask", "64x64:4096"), "the image was 48x48"),
    "mask of enormous size": (change_row("mask", "99999999x99999999:1"), "the image was"),
    "mask that does not fill": (change_row("mask", "48x48:5"), "does not fill"),
    "mask of negative runs": (change_row("mask", "48x48:-5,2309"), "run-length"),
    "mask that overflows": (
        change_row("mask", "48x48:9223372036854775807,9223372036854775807,2306"),
        "run-length",
    ),
    "mask of words": (change_row("mask", "48x48:a,b"), "run-length"),
    "mask of empty runs": (change_row("mask", "48x48:" + "0," * 400_000 + "2304"), "run-length"),
    "mask of huge numbers": (change_row("mask", "48x48:" + "9" * 100), "run-length"),
    "heat map of another length": (heat_map, "heat_map is not width"),
    "heat map without size": (change_row("heat_map", b"1234"), "heat_map and its width"),
    "heat map too large": (change_row("heat_map", bytes(600 * 600)), "360000 bytes"),
    "negative boxes": (change_row("dropped_boxes", -1), "must not be negative"),
}


@pytest.mark.parametrize("case", TABLES)
def test_predictions(validator, tmp_path, case):
    change, words = TABLES[case]
    frame = change(SILENT.copy())
    folder = write_submission(tmp_path, TRUTH, "hostile", SILENT)
    schema = None if "label" in frame else predictions_schema()
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    pq.write_table(table, folder / "predictions.parquet")
    write_document(folder, document(TRUTH, "hostile"))
    refused(validator, folder, words)


ANSWERS = {
    "answer too long": (change_row("text", "x" * 30_000), "30000 bytes"),
    "another verdict in the words": (
        lambda frame: frame.assign(text="This is a fake image. x"),
        "verdict",
    ),
    "answers of other samples": (change_row("sample_id", "other"), "is not in the task"),
    "attack of deep JSON": (change_row("attack", "[" * 1000), "nested deeper"),
    "attack of NaN": (change_row("attack", '{"norm": NaN}'), "NaN is not a JSON number"),
    "attack too long": (change_row("attack", '"' + "x" * 3000 + '"'), "3002 bytes"),
    "attack of words": (change_row("attack", '{"norm": "far"}'), "not an attack's record"),
    "attack with more keys": (change_row("attack", '{"run": "rm"}'), "not an attack's record"),
    "flag of markup": (change_row("attack", '{"flags": ["<b>"]}'), "not an attack's record"),
    "answers missing": (lambda frame: frame.iloc[:-1], "79 rows"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_responses(validator, sound, case):
    change, words = ANSWERS[case]
    write_table(change(RESPONSES.copy()), sound / "responses.parquet", responses_schema())
    write_document(sound, document(TRUTH, "sound"))
    refused(validator, sound, words)


# --- Parquet as bytes -----------------------------------------------------------------


def predictions_as(**kinds: pa.DataType):
    """The sound table with some columns of another type."""

    def make(path: Path) -> None:
        schema = pa.schema([(f.name, kinds.get(f.name, f.type)) for f in predictions_schema()])
        empty = {name: pa.nulls(ROWS, kind) for name, kind in kinds.items()}
        table = pa.Table.from_pandas(SILENT, schema=predictions_schema(), preserve_index=False)
        columns = [empty.get(field.name, table[field.name]) for field in schema]
        pq.write_table(pa.table(columns, schema=schema), path)

    return make


def two_hundred_million_rows(path: Path) -> None:
    """A hundred row groups that all point at the same two million nulls."""
    schema = predictions_schema()
    nulls = pa.table([pa.nulls(2_000_000, field.type) for field in schema], schema=schema)
    pq.write_table(nulls, path, compression="zstd", row_group_size=2_000_000)
    one, many = pq.read_metadata(path), pq.read_metadata(path)
    for _ in range(99):
        many.append_row_groups(one)
    many.write_metadata_file(footer := path.with_suffix(".footer"))
    data = path.read_bytes()
    length = struct.unpack_from("<I", data, len(data) - 8)[0]
    path.write_bytes(data[: -8 - length] + footer.read_bytes()[4:])
    footer.unlink()
    assert path.stat().st_size < 1_000_000


def bomb(path: Path) -> None:
    """One dictionary value of 64 MB that 80 rows repeat: kilobytes that become 5 GB."""
    value = "48x48:" + "1," * 32_000_000 + "1"
    masks = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), pa.array([value]))
    table = pa.Table.from_pandas(SILENT, schema=predictions_schema(), preserve_index=False)
    table = table.set_column(table.column_names.index("mask"), "mask", masks)
    pq.write_table(table, path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 100_000


def rewritten(edit):
    """The sound file with its bytes edited."""

    def make(path: Path) -> None:
        path.write_bytes(edit(path.read_bytes()))

    return make


def lying_rows(data: bytes) -> bytes:
    """The footer's number of rows, a zigzag varint, set to another of as many bytes."""
    footer = struct.unpack_from("<I", data, len(data) - 8)[0]
    head, tail = data[: -8 - footer], data[-8 - footer :]
    honest, lie = bytes([ROWS * 2 & 0x7F | 0x80, ROWS * 2 >> 7]), bytes([0xFE, 0x7F])
    assert honest in tail
    return head + tail.replace(honest, lie)


FILES = {
    "not parquet": (rewritten(lambda data: b"hello"), "not a Parquet file"),
    "empty file": (rewritten(lambda data: b""), "not a Parquet file"),
    "magic only": (rewritten(lambda data: b"PAR1" * 3), "footer claims"),
    "footer claims more than the file": (
        rewritten(lambda data: data[:-8] + b"\xff\xff\xff\x7f" + b"PAR1"),
        "footer claims",
    ),
    "footer claims less": (
        rewritten(lambda data: data[:-8] + b"\x10\x00\x00\x00" + b"PAR1"),
        "cannot be read",
    ),
    "footer lies about rows": (rewritten(lying_rows), "rows"),
    "truncated": (rewritten(lambda data: data[: len(data) // 2]), "not a Parquet file"),
    "damaged pages": (
        rewritten(lambda data: data[:4] + bytes(len(data) // 2) + data[4 + len(data) // 2 :]),
        "cannot be read",
    ),
    "arrow file": (
        lambda path: path.write_bytes(b"ARROW1\0\0" + bytes(100)),
        "not a Parquet file",
    ),
    "encrypted": (rewritten(lambda data: b"PARE" + data[4:-4] + b"PARE"), "not a Parquet file"),
    "score as text": (predictions_as(score=pa.string()), "column score"),
    "score as float16": (predictions_as(score=pa.float16()), "column score"),
    "verdict as list": (predictions_as(verdict=pa.list_(pa.int8())), "column verdict"),
    "verdict as int64": (predictions_as(verdict=pa.int64()), "column verdict"),
    "mask as struct": (predictions_as(mask=pa.struct([("a", pa.string())])), "column mask"),
    "id as binary": (predictions_as(sample_id=pa.binary()), "column sample_id"),
    "200 million rows": (two_hundred_million_rows, "200000000 rows"),
    "decompression bomb": (bomb, "cannot be read"),
}


@pytest.mark.parametrize("case", FILES)
def test_parquet(validator, tmp_path, case):
    make, words = FILES[case]
    folder = write_submission(tmp_path, TRUTH, "hostile", SILENT)
    make(folder / "predictions.parquet")
    write_document(folder, document(TRUTH, "hostile"))
    refused(validator, folder, "predictions.parquet", words)


# --- images ---------------------------------------------------------------------------


def encoded(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


def huge_png() -> bytes:
    """A PNG whose header says 60,000×60,000."""
    import zlib

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + encoded("PNG")[33:]
    )


IMAGES = {
    "jpeg called png": ("a.png", encoded("JPEG"), "another extension"),
    "png called jpg": ("a.jpg", encoded("PNG"), "another extension"),
    "gif called png": ("a.png", encoded("GIF"), "neither PNG nor JPEG"),
    "html called png": ("a.png", b"<html><script>alert(1)</script>", "neither PNG nor JPEG"),
    "archive behind a png": ("a.png", encoded("PNG") + archive(), "follow the image's end"),
    "archive behind a jpeg": ("a.jpg", encoded("JPEG") + archive(), "follow the image's end"),
    "two jpegs": ("a.jpg", encoded("JPEG") * 2, "follow the image's end"),
    "truncated png": ("a.png", encoded("PNG")[:-20], "truncated"),
    "truncated jpeg": ("a.jpg", encoded("JPEG")[:-2], "truncated"),
    "pixels over the limit": ("a.png", encoded("PNG", (5000, 4000)), "pixels"),
    "header over the limit": ("a.png", huge_png(), "a.png"),
    "damaged png": ("a.png", encoded("PNG").replace(b"IDAT", b"IDAX"), "cannot be decoded"),
}


@pytest.mark.parametrize("case", IMAGES)
def test_image(validator, sound, case):
    name, data, words = IMAGES[case]
    (sound / "images").mkdir()
    (sound / "images" / name).write_bytes(data)
    write_document(sound, document(TRUTH, "sound"))
    refused(validator, sound, f"images/{name}", words)


ATTACKED = {
    "attacked, of no condition": (file_name(99, "s00001"), (48, 48), "place among"),
    "attacked, of no sample": (file_name(1, "nobody"), (48, 48), "no sample of the task"),
    "attacked, where nothing was": (file_name(0, "s00001"), (48, 48), "record no attack"),
    "attacked, of another size": (file_name(1, "s00001"), (40, 48), "the image was 48x48"),
    "attacked, without place": ("attacked.png", (48, 48), "place among"),
}


def attacked_submission(root: Path) -> Path:
    """A sound one whose second condition was an attack, by its records."""
    predictions, responses = make_predictions(TRUTH, 1.0, 5, spoken=True)
    attacks = (responses["condition_id"] == TRUTH.frame["condition_id"].unique()[1]).map(
        {True: json.dumps({"broken": True}), False: None}
    )
    responses = responses.assign(attack=attacks)
    return write_submission(root, TRUTH, "attacked", predictions, responses)


@pytest.mark.parametrize("case", ATTACKED)
def test_attacked_image(validator, tmp_path, case):
    name, size, words = ATTACKED[case]
    folder = attacked_submission(tmp_path)
    (folder / "images").mkdir()
    (folder / "images" / name).write_bytes(encoded("PNG", size))
    write_document(folder, document(TRUTH, "attacked"))
    refused(validator, folder, words)


def test_attacked_images_stand_by_condition_and_sample(validator, tmp_path):
    folder = attacked_submission(tmp_path)
    (folder / "images").mkdir()
    (folder / "images" / file_name(1, "s00001")).write_bytes(encoded("PNG", (48, 48)))
    write_document(folder, document(TRUTH, "attacked"))
    entry = validator.validate(folder).entry
    assert entry is not None
    found = carried(entry.computed, entry.conditions, ["s00000", "s00001"])
    assert {name: list(places) for name, places in found.items()} == {entry.conditions[1]: [1]}


def test_sound_images_are_encoded_anew(validator, sound):
    (sound / "images").mkdir()
    data = encoded("JPEG")
    (sound / "images" / "a.jpg").write_bytes(data)
    write_document(sound, document(TRUTH, "sound"))
    entry = validator.validate(sound).entry
    assert entry is not None
    copy = (entry.computed / "a.png").read_bytes()
    assert copy.startswith(b"\x89PNG")
    np.testing.assert_array_equal(Image.open(io.BytesIO(copy)), Image.open(io.BytesIO(data)))


def test_the_corpus_is_large_enough():
    tables = (RAW, FIELDS, FOLDERS, TABLES, ANSWERS, FILES, IMAGES, ATTACKED)
    assert sum(map(len, tables)) >= 60
