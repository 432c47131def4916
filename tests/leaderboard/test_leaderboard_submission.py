"""Submissions and records of attacks as classes: read once, written back byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.submission import Submission
from fakevlm_bench.leaderboard.untrusted.attacks import read_attack, slim_record
from fakevlm_bench.leaderboard.untrusted.document import check_schema
from support.leaderboard_making import document, make_truth

PUBLISHED = Path(__file__).parents[2] / "leaderboard/submissions"
TRUTH = make_truth(8, conditions=("clean",))


@pytest.mark.parametrize(
    "path", sorted(PUBLISHED.glob("*/*/submission.json")), ids=lambda path: path.parent.name
)
def test_published_documents_are_written_as_they_stand(path):
    text = path.read_text("utf-8")
    assert Submission.from_json(json.loads(text)).text() == text


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"reading": {}},
        {"reading": {"yes": None}},
        {"detector": {"model": None}},
        {"detector": {"prompting": {"prompt": None}}},
        {"detector": {"model": "m", "prompting": {"mode": "raw", "system": "Be brief."}}},
        {"run": {"overrides": []}},
    ],
    ids=str,
)
def test_keys_that_are_left_out_stay_out(changes):
    before = document(TRUTH, "one", files={"predictions.parquet": "0" * 64})
    for part, values in changes.items():
        before[part] = {**before.get(part, {}), **values}
    check_schema(before)
    assert Submission.from_json(before).to_json() == before


def test_attributes_have_the_defaults_that_the_schema_leaves_open():
    submission = Submission.from_json(document(TRUTH, "one"))
    assert (submission.reading.answers, submission.reading.yes) == ("free", None)
    assert (submission.detector.model, submission.detector.prompting) == (None, None)
    assert submission.run.overrides == []
    assert submission.protocol.key == "toy@1"


def test_a_changed_part_is_written_with_the_rest():
    before = document(TRUTH, "one")
    submission = Submission.from_json(before)
    changed = replace(submission, protocol=replace(submission.protocol, metrics_version="0"))
    after = changed.to_json()
    assert after["protocol"].pop("metrics_version") == "0"
    del before["protocol"]["metrics_version"]
    assert after == before


def test_a_runs_record_is_slimmed_to_what_figures_need():
    run = {
        "attack": {"name": "pgd", "kind": "white_box", "norm": "linf", "epsilon": 2.0},
        "norm": 1.5, "queries": 40, "broken": None, "flags": [], "trace": [0.1, None],
    }  # fmt: skip
    slim = slim_record(run)
    assert slim.attack is not None
    assert (slim.attack.norm, slim.norm, slim.queries, slim.broken) == ("linf", 1.5, 40, None)
    text = json.dumps(slim.to_json())
    wanted = {name: run[name] for name in ("attack", "norm", "queries", "flags")}
    assert text == json.dumps(wanted), "the order of keys is part of the file's bytes"
    assert read_attack(text, "responses.parquet") == slim


def test_a_record_of_other_types_is_refused():
    with pytest.raises(RefusalError, match=r"attack\.norm"):
        slim_record({"norm": "far"})
