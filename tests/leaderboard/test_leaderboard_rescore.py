"""Submissions that stand already are brought up to date: verdicts read again, claims computed."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from fakevlm_bench.leaderboard.entries import TruthCache
from fakevlm_bench.leaderboard.recompute import metrics_version
from fakevlm_bench.leaderboard.refusal import RefusalError
from fakevlm_bench.leaderboard.rescore import rescore
from fakevlm_bench.leaderboard.validate import validate_all
from support.leaderboard_making import make_predictions, make_truth, truth_source, write_submission

CLAIMS = (
    "clean/detection/recall_fake",
    "clean/detection/accuracy",
    "clean/explanation/fake/bleu_1",
)


@pytest.fixture(scope="module")
def truth():
    return make_truth(60)


@pytest.fixture
def truths(truth, tmp_path):
    return TruthCache(truth_source(truth), tmp_path / "truth")


def published(truth, truths, root, *, spoken=True):
    """A submission as an earlier version would have it: right then, and its figures now."""
    predictions, responses = make_predictions(truth, 1.0, 3, spoken=spoken)
    folder = write_submission(root, truth, "speaker", predictions, responses)
    (outcome,) = validate_all([folder], truths, root / "kept")
    assert outcome.entry is not None, outcome.line
    figures = {name: outcome.entry.figures.get(name, {}).get("value") for name in CLAIMS}
    claims = {name: value for name, value in figures.items() if value is not None}
    return folder, predictions, responses, claims


def test_an_older_submission_is_refused_until_it_is_scored_again(truth, truths, tmp_path):
    folder, predictions, responses, claims = published(truth, truths, tmp_path)
    claims["clean/detection/accuracy"] += 0.01
    write_submission(tmp_path, truth, "speaker", predictions, responses, claimed=claims)
    document = json.loads((folder / "submission.json").read_text())
    document["protocol"]["metrics_version"] = "0"
    (folder / "submission.json").write_text(json.dumps(document))
    before = (folder / "predictions.parquet").read_bytes()
    (outcome,) = validate_all([folder], truths, tmp_path / "kept")
    assert "metrics_version" in outcome.reason

    found = rescore(folder, truths, tmp_path / "kept")
    assert (found.before, found.verdicts) == ("0", [])
    old, new = claims["clean/detection/accuracy"], claims["clean/detection/accuracy"] - 0.01
    assert found.claims == [f"clean/detection/accuracy: {old:.6f} to {new:.6f}"]
    first, *rest = found.lines()
    assert first.endswith(f"metrics 0 to {metrics_version()}, 0 verdicts and 1 figures changed")
    assert rest == [f"  {found.claims[0]}"]
    (outcome,) = validate_all([folder], truths, tmp_path / "kept")
    assert outcome.entry is not None, outcome.line
    assert (folder / "predictions.parquet").read_bytes() == before
    assert list(rescore(folder, truths, tmp_path / "kept").claims) == []


def test_verdicts_are_those_that_the_answers_say(truth, truths, tmp_path):
    folder, predictions, responses, claims = published(truth, truths, tmp_path)
    misread = predictions.copy()
    places = misread.index[misread["verdict"].notna()][[0, 5]]
    misread.loc[places, "verdict"] = 1 - misread.loc[places, "verdict"]
    lost = misread.index[misread["verdict"].notna()][9]
    misread.loc[lost, ["status", "verdict"]] = ["unparsed", pd.NA]
    write_submission(tmp_path, truth, "speaker", misread, responses, claimed=claims)
    (outcome,) = validate_all([folder], truths, tmp_path / "kept")
    assert "reads as" in outcome.reason

    found = rescore(folder, truths, tmp_path / "kept")
    assert len(found.verdicts) == 3
    assert sum("not understood to" in line for line in found.verdicts) == 1
    table = pq.read_table(folder / "predictions.parquet").to_pandas()
    wanted = predictions["verdict"].astype("float64")
    pd.testing.assert_series_equal(table["verdict"].astype("float64"), wanted)
    assert (table["status"] == predictions["status"]).all()
    assert found.claims == [], "the claims were those of the right verdicts"
    (outcome,) = validate_all([folder], truths, tmp_path / "kept")
    assert outcome.entry is not None, outcome.line


def test_a_submission_without_words_keeps_its_verdicts(truth, truths, tmp_path):
    folder, *_ = published(truth, truths, tmp_path, spoken=False)
    assert rescore(folder, truths, tmp_path / "kept").verdicts == []


def test_what_is_not_valid_is_refused_and_left_alone(truth, truths, tmp_path):
    folder, predictions, responses, claims = published(truth, truths, tmp_path)
    write_submission(
        tmp_path, truth, "speaker", predictions.assign(score=7.0), responses, claimed=claims
    )
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(RefusalError, match="score must lie"):
        rescore(folder, truths, tmp_path / "kept")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
