"""What a run cost is what was asked now, not what the cache knew."""

from pathlib import Path

import pytest

import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from support.engine import Meter, samples_of, task_of


def measured(tmp_path: Path, name: str, count: int, **options: object) -> fb.Run:
    told = Options(cache=str(tmp_path / "cache.sqlite"), workers=0, **options)  # type: ignore[arg-type]
    detector = Meter(delay=0.0)
    return fb.evaluate(task_of(samples_of(count)), detector, run_dir=tmp_path / name, options=told)


def test_cached_answers_are_not_counted_as_asked(tmp_path: Path) -> None:
    first = measured(tmp_path, "a", 20)
    assert first.result["efficiency"]["images_per_second"]["n"] == 20
    again = measured(tmp_path, "b", 20)
    assert "from the cache" in again.result["efficiency"]["images_per_second"]["absent"]
    assert "absent" in again.result["efficiency"]["cost_per_1000_images"]
    more = measured(tmp_path, "c", 32)
    assert more.result["efficiency"]["images_per_second"]["n"] == 12
    wall = more.folder.manifest().resources["wall_seconds"]
    speed = more.result["efficiency"]["images_per_second"]["value"]
    assert speed == pytest.approx(12 / wall)


def test_failed_answers_are_not_counted_as_asked(tmp_path: Path) -> None:
    broken = Meter(broken=frozenset({"s00001", "s00002"}))
    options = Options(cache=None, workers=0, max_failed=1.0)
    run = fb.evaluate(task_of(samples_of(20)), broken, run_dir=tmp_path, options=options)
    assert run.result["efficiency"]["images_per_second"]["n"] == 18
