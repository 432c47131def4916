"""Versions of one detector are one entry with a history."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest

from fakevlm_bench.leaderboard.build import build, load
from fakevlm_bench.leaderboard.entries import TruthCache
from fakevlm_bench.leaderboard.entry_flags import flag_oddities
from fakevlm_bench.leaderboard.review_table import changes
from fakevlm_bench.leaderboard.submission import Submission
from fakevlm_bench.leaderboard.versions import split_versions
from support.leaderboard_making import (
    document,
    make_predictions,
    make_truth,
    truth_source,
    write_submission,
)

TRUTH = make_truth(40, conditions=("clean", "jpeg:3"))
SKILLS = {"1": 0.3, "2": 2.5, "10": 1.0}
"""The middle version is the best: rank and history go by version, not by figure."""


def stated(slug: str, name: str = "one", version: str = "1", **facts: str) -> dict:
    """A document's parts that say which version of which detector it is."""
    parts = document(TRUTH, slug)
    parts["submitter"]["name"] = facts.get("submitter", "A. Tester")
    parts["run"]["date"] = facts.get("date", "2026-01-02")
    parts["detector"] |= {"name": name, "version": version}
    if "model" in facts:
        parts["detector"]["model"] = facts["model"]
    return parts


def entry(slug: str, mark: str = "recomputed", **facts: str) -> SimpleNamespace:
    return SimpleNamespace(
        slug=slug, mark=mark, submission=Submission.from_json(stated(slug, **facts))
    )


def split(*entries: SimpleNamespace) -> tuple[list[str], dict[str, list[str]]]:
    current, earlier = split_versions(entries)
    return [e.slug for e in current], {s: [e.slug for e in group] for s, group in earlier.items()}


def test_numbers_in_versions_count_as_numbers():
    rows = [entry(f"v{v.replace('.', '-')}", version=v) for v in ("10", "9", "9.10", "9.9", "2")]
    assert split(*rows) == (["v10"], {"v10": ["v9-10", "v9-9", "v9", "v2"]})


@pytest.mark.parametrize(
    ("older", "newer"), [("2.0-beta", "2.0"), ("v1", "v2"), ("1.0", "1.0.1"), ("", "1")]
)
def test_the_order_of_versions(older, newer):
    for pair in ((older, newer), (newer, older)):
        rows = [entry(f"s{i}", version=version) for i, version in enumerate(pair)]
        assert split(*rows)[0] == [f"s{pair.index(newer)}"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "another"},
        {"submitter": "B. Tester"},
        {"model": "some-model"},
        {"mark": "withdrawn"},
    ],
    ids=str,
)
def test_only_versions_of_one_detector_by_one_submitter_belong_together(other):
    assert split(entry("a"), entry("b", version="2", **other)) == (["a", "b"], {})


def test_without_a_named_submitter_nothing_is_superseded():
    rows = [entry(f"s{v}", version=v, submitter="not stated") for v in ("1", "2")]
    assert split(*rows) == (["s1", "s2"], {})


def test_entries_of_the_same_version_stand_beside_each_other():
    rows = [entry("a", version="2"), entry("b", version="2", date="2026-03-01"), entry("c")]
    assert split(*rows) == (["a", "b"], {"a": ["c"], "b": ["c"]})


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    work = tmp_path_factory.mktemp("versions")
    folders = []
    for version, skill in SKILLS.items():
        parts = stated("x", name="grower", version=version, date=f"2026-01-{int(version):02d}")
        del parts["slug"]
        predictions, _ = make_predictions(TRUTH, skill, 3)
        folders.append(
            write_submission(work / "submissions", TRUTH, f"grower-{version}", predictions, **parts)
        )
    predictions, _ = make_predictions(TRUTH, 1.5, 9)
    folders.append(write_submission(work / "submissions", TRUTH, "rival", predictions))
    truths = TruthCache(truth_source(TRUTH), work / "truth")
    return load(folders, truths, work / "kept"), truths, work


def script(path):
    match = re.fullmatch(r'put\("[^"]+",(.*)\);\n', path.read_text(), re.DOTALL)
    assert match
    return json.loads(match[1])


def test_the_board_ranks_the_newest_version_and_keeps_the_others_figures(scored):
    outcomes, truths, work = scored
    build([outcome.entry for outcome in outcomes], truths, work / "dist", detailed=5)
    site = work / "dist/toy@1"
    table = script(site / "table.js")
    sections = {row["slug"]: row["section"] for row in table["entries"]}
    assert sections == {
        "grower-10": "ranked", "rival": "ranked", "grower-2": "earlier", "grower-1": "earlier",
    }  # fmt: skip
    row = next(row for row in table["entries"] if row["slug"] == "grower-10")
    assert row["earlier"] == ["grower-2", "grower-1"]
    name = "clean/detection/balanced_accuracy"
    place = next(i for i, column in enumerate(table["columns"]) if column["id"] == name)
    for index, row in enumerate(table["entries"]):
        entry = next(o.entry for o in outcomes if o.entry.slug == row["slug"])
        value = table["values"][place][0][index] * table["columns"][place]["unit"]
        assert value == pytest.approx(entry.figures[name].value, abs=1e-4)
    for other in (
        script(site / "charts.js")["entries"],
        script(site / "samples/index.js")["detectors"],
    ):
        assert {row["slug"] for row in other} == {"grower-10", "rival"}
    assert "grower-2" not in (site / "downloads/results.csv").read_text()


def test_every_version_has_its_page_and_says_which_one_is_newest(scored):
    outcomes, truths, work = scored
    build([outcome.entry for outcome in outcomes], truths, work / "again", detailed=0)
    pages = work / "again/toy@1/detectors"
    for version in SKILLS:
        text = (pages / f"grower-{version}.html").read_text()
        listed = re.findall(r'<th scope="row"><a href="[^"]*grower-(\d+)\.html"', text)
        assert listed == ["10", "2", "1"]
        assert ("This is an earlier version" in text) == (version != "10")
    assert 'id="versions"' not in (pages / "rival.html").read_text()
    assert (work / "again/feed.xml").read_text().count("<entry>") == 4


def test_a_review_says_what_a_new_version_supersedes(scored):
    outcomes, truths, _ = scored
    by_name = {outcome.folder.name: outcome for outcome in outcomes}
    published = [by_name["grower-1"], by_name["grower-2"], by_name["rival"]]
    text = changes([by_name["grower-10"]], published, truths)
    rows = [line for line in text.splitlines() if "grower" in line and line.startswith("|")]
    assert len(rows) == 1
    assert "| 1 as grower-2 | **grower-10** |" in rows[0]


def test_versions_of_one_detector_are_not_flagged_as_copies(tmp_path):
    predictions, _ = make_predictions(TRUTH, 1.0, 3)
    predictions = predictions.assign(status="ok", score=predictions["score"].fillna(0.4))
    predictions["verdict"] = (predictions["score"] > 0.5).astype("Int8")
    folders = []
    for slug, facts in {
        "a1": {"version": "1"}, "a2": {"version": "2"}, "b": {"submitter": "B. Tester"},
    }.items():  # fmt: skip
        parts = stated(slug, **facts)
        del parts["slug"]
        folders.append(write_submission(tmp_path / "s", TRUTH, slug, predictions, **parts))
    truths = TruthCache(truth_source(TRUTH), tmp_path / "truth")
    entries = [outcome.entry for outcome in load(folders, truths, tmp_path / "kept")]
    flag_oddities(entries)
    flags = {entry.slug: entry.flags for entry in entries}
    assert flags["a1"] == flags["a2"] == ["ranks samples like b"]
    assert flags["b"] == ["ranks samples like a1", "ranks samples like a2"]
