"""Names of figures: conditions may hold slashes, and everything that reads names knows it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fakevlm_bench.leaderboard.columns import columns
from fakevlm_bench.leaderboard.downloads import long_rows
from fakevlm_bench.leaderboard.figure_tables import absent_figures, figure_tables, meanings
from fakevlm_bench.result import Result

CONDITIONS = ["clean", "jpeg:3", "pgd_linf:8", "pgd_linf:8/255"]
ACCURACY = "detection/balanced_accuracy"


@pytest.fixture
def entry():
    figure = {"value": 0.25, "low": 0.2, "high": 0.3, "n": 80}
    parts = {
        condition: {
            "coverage": {"share": 1.0, "planned": 80},
            "detection": {"balanced_accuracy": figure},
        }
        for condition in CONDITIONS
    }
    parts["clean"]["explanation"] = {
        "floors": {"template": {"rouge_l": figure}},
        "fake": {"meteor": {"absent": "no WordNet"}},
    }
    worst = {"worst_case": {"balanced_accuracy": figure}}
    result = Result.from_json({"conditions": parts, "robustness": worst})
    detector = SimpleNamespace(name="one", version="1")
    return SimpleNamespace(
        named_figures=list(result.figures(coverage=True)), conditions=CONDITIONS, slug="one",
        mark="recomputed", submission=SimpleNamespace(detector=detector, track="closed"),
    )  # fmt: skip


def test_columns_and_downloads_name_an_attack_by_its_whole_id(entry):
    shown = {column.id: column for column in columns([entry.named_figures])}
    column = shown[f"pgd_linf:8/255/{ACCURACY}"]
    assert (column.group, column.label) == ("pgd_linf:8/255", "Balanced accuracy")
    rows = {(row["condition"], row["figure"]) for row in long_rows([entry])}
    assert ("pgd_linf:8/255", ACCURACY) in rows
    assert (None, "robustness/worst_case/balanced_accuracy") in rows


def test_the_worst_case_is_told_apart_and_explained(entry):
    shown = {column.id: column for column in columns([entry.named_figures])}
    column = shown["robustness/worst_case/balanced_accuracy"]
    assert column.label == "Balanced accuracy (worst case)"
    assert "under every condition" in column.formula


def test_a_page_has_one_column_for_each_condition(entry):
    tables = figure_tables(entry)
    first = tables[0]
    assert (first.title, first.head, first.open) == ("detection", CONDITIONS, True)
    assert [len(cells) for _, cells in first.rows] == [4]
    assert all(figure.value == 0.25 for figure in first.rows[0][1])
    assert [table.open for table in tables if "floors" in table.title] == [False]
    assert not any(table.title == "explanation, fake" for table in tables)
    assert absent_figures(entry) == [("no WordNet", ["METEOR"])]
    assert "Balanced accuracy" in dict(meanings(entry))
