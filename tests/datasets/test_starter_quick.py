"""The 200-image subset is fixed, stratified, and what its rule gives."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq

import fakevlm_bench as fb
from fakevlm_bench.datasets.starter import DATA
from fakevlm_bench.datasets.starter.quick import SIZE, choose, quick_ids

COLUMNS = ["id", "label", "family", "pair", "paired"]


def rows():
    files = sorted(DATA.glob("test-*.parquet"))
    return [row for file in files for row in pq.read_table(file, columns=COLUMNS).to_pylist()]


def test_the_list_is_what_the_rule_gives_in_any_order():
    assert frozenset(choose(rows())) == frozenset(choose(rows()[::-1])) == quick_ids()


def test_it_is_stratified_and_its_fakes_have_their_twins():
    chosen = [row for row in rows() if row["id"] in quick_ids()]
    assert len(chosen) == SIZE
    fakes = [row for row in chosen if row["label"] == 1 and row["paired"]]
    pairs = {row["pair"] for row in fakes}
    assert len(pairs) == len(fakes) == 95
    assert pairs == {row["id"] for row in chosen if row["label"] == 0}
    counts = Counter(row["family"] for row in fakes)
    assert set(counts) == {row["family"] for row in rows() if row["paired"] and row["label"] == 1}
    assert min(counts.values()) >= 5
    assert max(counts.values()) <= 10


def test_the_task_gives_exactly_these():
    task = fb.load_task("starter:quick")
    assert task.name == "starter:quick"
    assert sorted(task.dataset.ids()) == sorted(quick_ids())
    assert {sample.id for sample in task.dataset} == quick_ids()
    assert task.dataset.fingerprint() != fb.load_task("starter").dataset.fingerprint()
