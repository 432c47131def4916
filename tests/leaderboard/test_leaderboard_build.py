"""The build: every figure moves with the predictions, and the same inputs give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow.parquet as pq
import pytest

from fakevlm_bench.leaderboard.build import build, load, read_marks
from fakevlm_bench.leaderboard.entries import TruthCache
from fakevlm_bench.leaderboard.entry_flags import flag_oddities
from fakevlm_bench.leaderboard.page_data import write_script
from fakevlm_bench.leaderboard.ranking import rank
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.schema import predictions_schema
from fakevlm_bench.leaderboard.truth import TaskTruth
from fakevlm_bench.metrics import Settings, compute, join
from support.leaderboard_making import (
    document,
    make_predictions,
    make_submissions,
    make_truth,
    truth_source,
    write_document,
    write_submission,
    write_table,
)

TRUTH = make_truth(80, conditions=("clean", "jpeg:1", "jpeg:3"), key="toy:small@1")
HOSTILE = "<img src=x onerror=alert(1)>"


def entries_of(folders, work: Path, truth: TaskTruth = TRUTH):
    truths = TruthCache(truth_source(truth), work / "truth")
    outcomes = load(folders, truths, work / "kept")
    assert all(v.entry for v in outcomes), [v.line for v in outcomes if not v.entry]
    return [v.entry for v in outcomes], truths


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    work = tmp_path_factory.mktemp("site")
    folders = make_submissions(work / "submissions", TRUTH, 6)
    entries, truths = entries_of(folders, work)
    marks = {
        "toy:small@1/detector-001": {"mark": "withdrawn", "note": "trained on the test set"},
        "toy:small@1/detector-002": {"mark": "reproduced", "note": "by the maintainers"},
        "toy:small@1/detector-003": {"mark": "flagged", "note": "looks odd"},
    }
    build(entries, truths, work / "dist", marks=marks, detailed=20)
    return work


class Inline(HTMLParser):
    """Fails on anything that the policy would have to forbid."""

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        assert tag != "style"
        assert tag != "script" or names.get("src")
        assert not any(name.startswith("on") or name == "style" for name in names)


def script(path: Path):
    """The argument of the one ``put`` in a data script."""
    found = re.fullmatch(r'put\("[^"]+",(.*)\);\n', path.read_text(), re.DOTALL)
    assert found, f"{path} is more than one statement"
    return json.loads(found[1])


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_are_byte_for_byte_the_same(made, tmp_path):
    entries, truths = entries_of(sorted((made / "submissions/toy-small@1").iterdir()), tmp_path)
    for name in ("one", "two"):
        for entry in entries:
            entry.flags.clear()
        build(entries, truths, tmp_path / name, detailed=20)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_one_changed_prediction_moves_the_figure(tmp_path):
    predictions, _ = make_predictions(TRUTH, 1.0, 3)
    slug, name = "moving", "clean/detection/accuracy"
    folder = write_submission(tmp_path / "submissions", TRUTH, slug, predictions)
    (before,), _ = entries_of([folder], tmp_path)
    row = predictions.index[
        (predictions["condition_id"] == "clean") & (predictions["status"] == "ok")
    ][0]
    truth = TRUTH.frame.set_index(["sample_id", "condition_id"])["label"]
    right = truth[predictions.loc[row, "sample_id"], "clean"] == predictions.loc[row, "verdict"]
    predictions.loc[row, "verdict"] = 1 - predictions.loc[row, "verdict"]
    predictions.loc[row, "score"] = 1 - predictions.loc[row, "score"]
    write_table(predictions, folder / "predictions.parquet", predictions_schema())
    write_document(folder, document(TRUTH, slug))
    (after,), truths = entries_of([folder], tmp_path)
    step = (-1 if right else 1) / 80
    assert after.figures[name]["value"] == pytest.approx(before.figures[name]["value"] + step)
    build([after], truths, tmp_path / "dist", detailed=0)
    shown = script(tmp_path / "dist/toy-small@1/table.js")
    column = next(i for i, c in enumerate(shown["columns"]) if c["id"] == name)
    value = shown["values"][column][0][0] * shown["columns"][column]["unit"]
    assert value == pytest.approx(after.figures[name]["value"], abs=1e-4)


def test_every_figure_of_the_table_is_what_the_metrics_compute(made):
    shown = script(made / "dist/toy-small@1/table.js")
    shown["values"] += script(made / "dist/toy-small@1/table-rest.js")
    slugs = [entry["slug"] for entry in shown["entries"]]
    folder = made / "submissions/toy-small@1/detector-003"
    frame = pq.read_table(folder / "predictions.parquet").to_pandas().assign(explanation=None)
    result = compute(join.join(frame, TRUTH.frame), Settings(published=0.5))
    detection = result["conditions"]["jpeg:3"]["detection"]
    checked = 0
    for column, (value, below, above) in zip(shown["columns"], shown["values"], strict=True):
        if not column["id"].startswith("jpeg:3/detection/"):
            continue
        figure = detection[column["id"].rpartition("/")[2]]
        row, unit = slugs.index("detector-003"), column["unit"]
        if "value" in figure:
            checked += 1
            assert value[row] * unit == pytest.approx(figure["value"], abs=unit)
            if figure["low"] is not None:
                low = (value[row] - below[row]) * unit
                assert low == pytest.approx(figure["low"], abs=2 * unit)
                high = (value[row] + above[row]) * unit
                assert high == pytest.approx(figure["high"], abs=2 * unit)
    assert checked > 5


def test_unchanged_entry_is_not_computed_again(made, monkeypatch):
    def fail(*_: object) -> None:
        pytest.fail("computed again")

    monkeypatch.setattr("fakevlm_bench.leaderboard.sandbox.isolated", fail)
    entries_of(sorted((made / "submissions/toy-small@1").iterdir()), made)


def test_sections_marks_and_flags(made):
    rows = {e["slug"]: e for e in script(made / "dist/toy-small@1/table.js")["entries"]}
    assert rows["detector-001"]["section"] == "withdrawn"
    assert rows["detector-001"]["notes"] == ["trained on the test set"]
    assert rows["detector-002"]["mark"] == "reproduced"
    assert rows["detector-002"]["notes"] == ["by the maintainers"]
    assert rows["detector-002"]["flags"] == []
    assert rows["detector-003"]["flags"] == ["looks odd"]
    assert {rows[f"detector-00{i}"]["section"] for i in (4, 5)} == {"floor"}
    assert all("rank" not in e for e in rows.values() if e["section"] != "ranked")
    page = (made / "dist/toy-small@1/detectors/detector-001.html").read_text()
    assert "trained on the test set" in page


def test_reported_figures_are_apart(made):
    page = (made / "dist/reported.html").read_text()
    assert "FakeVLM" in page
    assert "0.986" in page
    assert "FakeVLM" not in (made / "dist/toy-small@1/table.js").read_text()
    assert "FakeVLM" not in (made / "dist/toy-small@1/downloads/results.csv").read_text()


def test_downloads_agree(made):
    folder = made / "dist/toy-small@1/downloads"
    rows = pq.read_table(folder / "results.parquet").to_pylist()
    with (folder / "results.csv").open() as file:
        plain = list(csv.DictReader(file))
    assert len(rows) == len(plain) > 100
    for row, text in zip(rows, plain, strict=True):
        assert text["figure"] == row["figure"]
        assert (float(text["value"]) if text["value"] else None) == row["value"]
    assert len(json.loads((folder / "results.json").read_text())) == 6
    assert "\\toprule" in (folder / "results.tex").read_text()


def test_feed_is_atom_with_the_newest_first(made):
    space = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.parse(made / "dist/feed.xml").getroot()
    dates = [e.find(f"{space}updated").text for e in feed.iter(f"{space}entry")]
    assert len(dates) == 6
    assert dates == sorted(dates, reverse=True)
    for link in feed.iter(f"{space}link"):
        assert (made / "dist" / link.get("href")).exists()


def test_pages_escape_and_carry_the_policy(made, tmp_path):
    truth = TaskTruth(
        TRUTH.key, TRUTH.fingerprint, TRUTH.frame, about={"description": HOSTILE, "url": HOSTILE}
    )
    folders = sorted((made / "submissions/toy-small@1").iterdir())[:1]
    entries, truths = entries_of(folders, tmp_path, truth)
    entries[0].notes.append(HOSTILE)
    build(entries, truths, tmp_path / "dist", detailed=5)
    for page in (tmp_path / "dist").rglob("*.html"):
        text = page.read_text()
        assert HOSTILE not in text
        assert "default-src 'none'; script-src 'self'" in text
        Inline().feed(text)
        for link in re.findall(r'(?:src|href)="([^"#]+)"', text):
            if not link.startswith(("https://", "data:")):
                assert (page.parent / link).exists(), f"{page}: {link}"


def test_the_intervals_method_stands_on_every_page_with_a_table_of_them(made, tmp_path):
    folders = sorted((made / "submissions/toy-small@1").iterdir())[:2]
    entries, truths = entries_of(folders, tmp_path)
    build(entries, truths, tmp_path / "dist", detailed=0)
    site = tmp_path / "dist/toy-small@1"
    method = entries[0].result["intervals"]
    assert method.startswith("95 % intervals: percentiles of 1,000 bootstrap resamples")
    for page in (site / "index.html", *(site / "detectors").glob("*.html")):
        assert page.read_text().count(method) == 1, page
    tex = (site / "downloads/results.tex").read_text()
    assert method.replace("%", r"\%") in tex
    silent = [
        figure for entry in entries for figure in entry.figures.values() if "no_interval" in figure
    ]
    shown = [page.read_text().count("no interval: ") for page in (site / "detectors").glob("*")]
    assert silent
    assert max(shown) > 0, "the reason is said where the mark is"


def test_datasheet_and_audit_stand_on_the_task_page(made, tmp_path, monkeypatch):
    sheet = f"---\nlicense: x\n---\n# The set\n\n| a |\n|--:|\n| {HOSTILE} |\n\n![i](https://a.org/i.png)"
    truth = TaskTruth(TRUTH.key, TRUTH.fingerprint, TRUTH.frame, about={"datasheet": sheet})
    figure = {"value": 0.93, "low": 0.9, "high": 0.95, "n": 80}
    audit = {
        "probes": {
            "file length": {"linear": figure, "trees": {"absent": "no trees"}, "through": True}
        },
        "warnings": ["the length tells the label"],
    }
    (tmp_path / "audits").mkdir()
    (tmp_path / "audits/toy@1.json").write_text(json.dumps(audit))
    monkeypatch.setattr("fakevlm_bench.leaderboard.pages.AUDITS", tmp_path / "audits")
    folders = sorted((made / "submissions/toy-small@1").iterdir())[:1]
    entries, truths = entries_of(folders, tmp_path, truth)
    build(entries, truths, tmp_path / "dist", detailed=0)
    text = (tmp_path / "dist/toy-small@1/task.html").read_text()
    assert "<h2>The set</h2>" in text
    assert HOSTILE not in text
    assert "&lt;img src=x" in text
    assert "license: x" not in text
    assert "<img" not in text
    assert "0.930 <small>[0.900, 0.950]</small>" in text
    assert "gets through" in text
    assert "the length tells the label" in text
    assert "The file&#39;s own bytes." in text
    assert "quality 75" in text
    Inline().feed(text)


def test_figures_that_are_absent_stand_with_their_reason(made):
    page = (made / "dist/toy-small@1/detectors/detector-003.html").read_text()
    assert "Not computed" in page
    assert "needs 200 real images" in page or "200" in page.partition("Not computed")[2]


def test_histograms_count_what_has_no_score(made):
    charts = script(made / "dist/toy-small@1/charts.js")
    slugs = [entry["slug"] for entry in charts["entries"]]
    frame = pq.read_table(made / "submissions/toy-small@1/detector-003/predictions.parquet")
    frame = frame.to_pandas().merge(TRUTH.frame, on=["sample_id", "condition_id"])
    clean = frame[frame["condition_id"] == "clean"]
    real, fake = charts["bins"][slugs.index("detector-003")]
    assert (sum(real), sum(fake)) == (40, 40)
    assert real[-1] + fake[-1] == clean["score"].isna().sum()


def test_data_scripts_cannot_end_their_element(tmp_path):
    write_script(tmp_path / "x.js", "k", {"a": "</script><!--\u2028"})
    text = (tmp_path / "x.js").read_text()
    assert "<" not in text
    assert "\u2028" not in text
    assert script(tmp_path / "x.js") == {"a": "</script><!--\u2028"}


def test_samples_carry_what_was_answered(made):
    index = script(made / "dist/toy-small@1/samples/index.js")
    folder = made / "submissions/toy-small@1/detector-003"
    frame = pq.read_table(folder / "predictions.parquet").to_pandas()
    frame = frame.set_index(["sample_id", "condition_id"])
    verdicts, _ = script(made / "dist/toy-small@1/samples/answers/detector-003.js")["jpeg:3"]
    for sample, verdict in zip(index["ids"], verdicts, strict=True):
        row = frame.loc[(sample, "jpeg:3")]
        expected = (
            row["verdict"] if row["status"] == "ok" else {"unparsed": 2, "failed": 3}[row["status"]]
        )
        assert int(verdict) == int(expected)
    labels = TRUTH.frame.set_index(["sample_id", "condition_id"])["label"]
    assert index["label"] == "".join(str(labels[sample, "clean"]) for sample in index["ids"])
    assert len(list((made / "dist/toy-small@1/samples/pictures/0").iterdir())) == 20
    assert index["label"][:20].count("1") == pytest.approx(10, abs=3)


def test_near_copies_and_constants_are_flagged(tmp_path):
    predictions, _ = make_predictions(TRUTH, 1.0, 3)
    predictions = predictions.assign(status="ok", score=predictions["score"].fillna(0.4))
    predictions["verdict"] = (predictions["score"] > 0.5).astype("Int8")
    near = predictions.assign(score=(predictions["score"] * 0.9998 + 0.0001).round(6))
    constant = predictions.assign(score=0.7, verdict=1)
    other, _ = make_predictions(TRUTH, 1.0, 4)
    frames = {"first": predictions, "near": near, "constant": constant, "other": other}
    folders = [
        write_submission(tmp_path / "submissions", TRUTH, slug, frame)
        for slug, frame in frames.items()
    ]
    entries, _ = entries_of(folders, tmp_path)
    flag_oddities(entries)
    flags = {entry.slug: " ".join(entry.flags) for entry in entries}
    assert "near" in flags["first"]
    assert "first" in flags["near"]
    assert "same score" in flags["constant"]
    assert flags["other"] == ""


def test_ranks_have_intervals_and_tie_groups(tmp_path):
    truth = make_truth(400, conditions=("clean",))
    frames = [make_predictions(truth, skill, 5)[0] for skill in (2.0, 1.95, 1.0, 0.0)]
    folders = [
        write_submission(tmp_path / "submissions", truth, f"d{i}", frame)
        for i, frame in enumerate(frames)
    ]
    entries, _ = entries_of(folders, tmp_path, truth)
    standing = rank(entries, truth.frame)
    names = [entry.slug for entry in standing.order]
    assert set(names[:2]) == {"d0", "d1"}
    assert names[2:] == ["d2", "d3"]
    assert standing.tie == [1, 1, 2, 3]
    assert (standing.low, standing.high) == ([1, 1, 3, 4], [2, 2, 3, 4])
    assert np.array_equal(standing.beats, -standing.beats.T)
    for place, entry in enumerate(standing.order):
        value = entry.figures["clean/detection/balanced_accuracy"]["value"]
        first = standing.order[0].figures["clean/detection/balanced_accuracy"]["value"]
        assert standing.difference[0, place] == pytest.approx(first - value)


def test_nothing_accepted_is_an_error(tmp_path):
    truths = TruthCache(truth_source(TRUTH), tmp_path / "truth")
    with pytest.raises(RefusalError, match="no submission was accepted"):
        build([], truths, tmp_path / "dist")


def test_marks_need_not_be_there(tmp_path):
    assert read_marks(tmp_path / "marks.json") == {}
