"""A run with everything that a report shows: words, heat maps, moved frames, an attack."""

from __future__ import annotations

from pathlib import Path

import pytest

import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from fakevlm_bench.registry import load_conditions
from fakevlm_bench.types import Condition, Task
from support.reporting import IDS, Listed, Paint, Speaker, samples


@pytest.fixture(scope="session")
def task() -> Task:
    return Task(
        name="listed", version="1", dataset=Listed(samples()),
        prompt="Is it real or fake?", licence="none", citation="",
    )  # fmt: skip


@pytest.fixture(scope="session")
def run(task: Task, tmp_path_factory: pytest.TempPathFactory) -> fb.Run:
    folder: Path = tmp_path_factory.mktemp("runs")
    attack = Condition("paint:8/255", Paint(), {"grey": 100})
    conditions = [*load_conditions(IDS), attack]
    options = Options(cache=None, workers=0, seed=5)
    return fb.evaluate(task, Speaker(), conditions[1:], folder, options=options)
