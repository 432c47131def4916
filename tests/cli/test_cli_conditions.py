"""Every condition says in its file what it does and which levels it has, and says it rightly."""

from __future__ import annotations

import re

import pytest

from fakevlm_bench.cli.list import condition_levels, summary
from fakevlm_bench.errors import BenchError
from fakevlm_bench.registry import config, find, load_condition, names

CONDITIONS = names("condition")


def stands(name: str, level: str) -> bool:
    try:
        load_condition(f"{name}:{level}")
    except BenchError:
        return False
    return True


def written(level: str | float) -> str:
    return level if isinstance(level, str) else f"{level:.10g}"


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_described_with_the_levels_that_it_takes(name):
    path = find("condition", name)
    words = summary(path)
    assert words.endswith("."), words
    assert len(words.split(" Levels: ")[0].split()) >= 2
    levels = condition_levels(path)
    assert levels, f"{path}: its leading comment ends with 'Levels: ….'"
    if found := re.fullmatch(r"(?:(odd |whole )?numbers from )?([\d.]+) to ([\d.]+)", levels):
        step = {"odd ": 2, None: 0.01}.get(found[1], 1) if "numbers" in levels else 1
        low, high = float(found[2]), float(found[3])
        right, wrong = [low, high], [low - step, high + step]
    elif found := re.fullmatch(r"(L∞|L2) distances such as (\S+)", levels):
        right, wrong = [found[2]], ["far"]
    elif found := re.fullmatch(r"detector calls per image, such as (\d+)", levels):
        right, wrong = [found[1]], ["few", "1.5"]
    elif name == "replay":
        right, wrong = [], ["/nowhere"]
    else:
        right, wrong = re.split(r", | or ", levels), ["another"]
        with pytest.raises(BenchError) as refused:
            load_condition(f"{name}:another")
        assert str(refused.value).endswith(f"use one of {', '.join(right)}")
    assert [one for one in map(written, right) if not stands(name, one)] == []
    assert [one for one in map(written, wrong) if stands(name, one)] == []


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_description_is_no_part_of_what_a_run_is(name):
    assert not {"description", "levels", "summary"} & set(config("condition", name))
