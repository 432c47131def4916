"""Names of figures: conditions may hold slashes, and everything that reads names knows it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fakevlm_bench.leaderboard.columns import columns
from fakevlm_bench.leaderboard.downloads import long_rows
from fakevlm_bench.leaderboard.figure_tables import absent_figures, figure_tables, meanings
from fakevlm_bench.leaderboard.figures import split_name

CONDITIONS = ["clean", "jpeg:3", "pgd_linf:8", "pgd_linf:8/255"]
ACCURACY = "detection/balanced_accuracy"


@pytest.fixture
def entry():
    figure = {"value": 0.25, "low": 0.2, "high": 0.3, "n": 80}
    names = [f"{condition}/{ACCURACY}" for condition in CONDITIONS]
    names += [
        "robustness/worst_case/balanced_accuracy",
        "clean/explanation/floors/template/rouge_l",
    ]
    figures = {name: dict(figure) for name in names}
    figures["clean/explanation/fake/meteor"] = {"absent": "no WordNet"}
    detector = {"name": "one", "version": "1"}
    return SimpleNamespace(
        figures=figures, conditions=CONDITIONS, slug="one", mark="recomputed",
        document={"detector": detector, "track": "closed"},
    )  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_name_is_split_behind_its_condition(condition):
    assert split_name(f"{condition}/{ACCURACY}", CONDITIONS) == (condition, ACCURACY)


def test_a_name_without_condition_stays_whole():
    assert split_name("robustness/worst_case/accuracy", CONDITIONS)[0] == ""


def test_columns_and_downloads_name_an_attack_by_its_whole_id(entry):
    shown = {column.id: column for column in columns([entry.figures], CONDITIONS)}
    column = shown[f"pgd_linf:8/255/{ACCURACY}"]
    assert (column.group, column.label) == ("pgd_linf:8/255", "Balanced accuracy")
    rows = {(row["condition"], row["figure"]) for row in long_rows([entry])}
    assert ("pgd_linf:8/255", ACCURACY) in rows
    assert (None, "robustness/worst_case/balanced_accuracy") in rows


def test_the_worst_case_is_told_apart_and_explained(entry):
    shown = {column.id: column for column in columns([entry.figures], CONDITIONS)}
    column = shown["robustness/worst_case/balanced_accuracy"]
    assert column.label == "Balanced accuracy (worst case)"
    assert "under every condition" in column.formula


def test_a_page_has_one_column_for_each_condition(entry):
    tables = figure_tables(entry)
    first = tables[0]
    assert (first.title, first.head, first.shown) == ("detection", CONDITIONS, True)
    assert [len(cells) for _, cells in first.rows] == [4]
    assert all("value" in figure for figure in first.rows[0][1])
    assert [table.shown for table in tables if "floors" in table.title] == [False]
    assert not any(table.title == "explanation, fake" for table in tables)
    assert absent_figures(entry) == [("no WordNet", ["METEOR"])]
    assert "Balanced accuracy" in dict(meanings(entry))
