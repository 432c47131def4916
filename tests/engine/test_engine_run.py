"""A run from plan to result: continued, never repeated, nothing lost or counted twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.verify import verify
from fakevlm_bench.errors import ConfigError, DataError, RunError
from fakevlm_bench.types import Label, Query, Response, Sample
from support.engine import Meter, samples_of, task_of


def measure(tmp_path: Path, meter: Meter, count: int = 60, **options: object) -> fb.Run:
    settings = Options(cache=None, workers=0, **options)  # type: ignore[arg-type]
    return fb.evaluate(task_of(samples_of(count)), meter, ["clean"], tmp_path, options=settings)


def test_a_run_counts_every_sample_once(tmp_path: Path, meter: Meter) -> None:
    run = measure(tmp_path, meter)
    assert sorted(meter.asked) == [f"s{i:05d}" for i in range(60)]
    assert len(run.predictions) == 60
    coverage = run.result["coverage"]
    assert coverage["planned"] == coverage["ok"] == 60
    truth = np.array([i % 2 for i in range(60)])
    verdict = run.predictions.set_index("sample_id").sort_index()["verdict"].to_numpy()
    assert run.result["detection"]["accuracy"]["value"] == pytest.approx((truth == verdict).mean())


@dataclass
class Slow(Meter):
    """Goes at two images at once; the first one is answered when six others have been."""

    batch_size: int = 1
    parallel_batches: int = 2
    enough: threading.Event = field(default_factory=threading.Event)

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        if queries[0].sample_id == "s00000" and not self.enough.wait(timeout=20):
            raise TimeoutError("nobody else was asked")
        responses = super().predict(queries)
        if len(self.asked) == 6:
            self.enough.set()
        return responses


def test_one_slow_answer_does_not_hold_the_others(tmp_path: Path) -> None:
    run = measure(tmp_path, Slow(), count=24)
    assert run.result["coverage"]["ok"] == 24


def test_a_finished_run_asks_nothing(tmp_path: Path, meter: Meter) -> None:
    first = measure(tmp_path, meter)
    meter.asked.clear()
    again = measure(tmp_path, meter)
    assert meter.asked == []
    assert again.path == first.path


def test_what_changes_an_answer_changes_the_identity(tmp_path: Path) -> None:
    paths = {
        measure(tmp_path, Meter()).path,
        measure(tmp_path, Meter(name="other")).path,
        measure(tmp_path, Meter(), seed=1).path,
        measure(tmp_path, Meter(), limit=30).path,
        measure(tmp_path, Meter(), count=58).path,
    }
    assert len(paths) == 5


def test_one_bad_image_costs_one_image(tmp_path: Path) -> None:
    run = measure(tmp_path, Meter(broken=frozenset({"s00007"})))
    rows = run.predictions.set_index("sample_id")
    assert list(rows.index[rows["status"] == "failed"]) == ["s00007"]
    assert rows.loc["s00007", "error"] == "ValueError: this image is too much for me"
    assert run.result["coverage"]["failed"] == 1


def test_too_many_failures_stop_the_run_and_keep_what_was_done(tmp_path: Path) -> None:
    broken = Meter(broken=frozenset(f"s{i:05d}" for i in range(20, 60)))
    with pytest.raises(RunError, match=r"max_failed=0.1 allows.*too much for me"):
        measure(tmp_path, broken)
    (folder,) = tmp_path.glob("*/meter-*")
    done = RunFolder(folder).answered()["clean"]
    assert {f"s{i:05d}" for i in range(20)} <= done


def test_failed_ones_are_asked_again_when_told_to(tmp_path: Path) -> None:
    measure(tmp_path, Meter(broken=frozenset({"s00007"})))
    healed = Meter()
    run = measure(tmp_path, healed, retry_failed=True)
    assert healed.asked == ["s00007"]
    assert run.result["coverage"]["ok"] == len(run.predictions) == 60
    assert verify(run.folder) == []


def test_the_cache_answers_for_another_run(tmp_path: Path) -> None:
    cache = tmp_path / "cache.sqlite"
    task = task_of(samples_of(60))
    options = Options(cache=cache, workers=0)
    fb.evaluate(task, Meter(broken=frozenset({"s00003"})), run_dir=tmp_path / "a", options=options)
    second = Meter()
    run = fb.evaluate(task, second, run_dir=tmp_path / "b", options=options)
    assert second.asked == ["s00003"], "failures must not be cached, answers must"
    assert run.result["coverage"]["ok"] == 60
    changed = Meter(name="other")
    fb.evaluate(task, changed, run_dir=tmp_path / "b", options=options)
    assert len(changed.asked) == 60, "another detector's answers are not this one's"


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["a", "a"], "more than one sample with the id 'a'"),
        (["a", ""], "has no id"),
        ([], "no samples"),
    ],
)
def test_unusable_ids_stop_the_plan(
    tmp_path: Path, meter: Meter, ids: list[str], message: str
) -> None:
    samples = [Sample(id=name, image=b"", label=Label.REAL) for name in ids]
    with pytest.raises(DataError, match=message):
        fb.evaluate(task_of(samples), meter, run_dir=tmp_path)
    assert meter.asked == []


def test_a_newer_layout_is_refused_and_left_alone(tmp_path: Path, meter: Meter) -> None:
    run = measure(tmp_path, meter)
    manifest = run.path / "manifest.json"
    newer = json.loads(manifest.read_text()) | {"run_version": 99}
    manifest.write_text(json.dumps(newer))
    with pytest.raises(RunError, match="update fakevlm-bench"):
        measure(tmp_path, meter)
    assert json.loads(manifest.read_text()) == newer


def test_two_processes_do_not_write_one_run(tmp_path: Path, meter: Meter) -> None:
    run = measure(tmp_path, meter)
    with run.folder.lock(), pytest.raises(RunError, match="another process"):
        measure(tmp_path, meter)


def test_a_limit_below_one_is_an_error(tmp_path: Path, meter: Meter) -> None:
    with pytest.raises(ConfigError, match="limit=0"):
        measure(tmp_path, meter, limit=0)


def test_a_limit_takes_both_classes_of_a_sorted_dataset(tmp_path: Path, meter: Meter) -> None:
    samples = sorted(samples_of(200), key=lambda sample: sample.label)
    options = Options(limit=40, cache=None, workers=0)
    run = fb.evaluate(task_of(samples), meter, run_dir=tmp_path, options=options)
    assert 8 < run.truth["label"].sum() < 32


KILLED = textwrap.dedent("""
    import sys, time
    sys.path.insert(0, {here!r})
    from support.engine import Meter, samples_of, task_of
    import fakevlm_bench as fb
    from fakevlm_bench.engine import run_writer
    from fakevlm_bench.engine.run import Options
    run_writer.ROWS_PER_PART = 8
    class Slow(Meter):
        def predict(self, queries):
            time.sleep(0.02)
            return super().predict(queries)
    options = Options(cache=None, workers=0)
    task, detector = task_of(samples_of(500)), Slow(batch_size=4)
    fb.evaluate(task, detector, run_dir=sys.argv[1], options=options)
""")


@pytest.mark.slow
def test_killed_twenty_times_it_gives_the_same_result(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(here=str(Path(__file__).parents[1])))
    command = [sys.executable, str(script), str(tmp_path / "killed")]
    rng = np.random.default_rng(7)
    kills, grew = 0, set()
    while kills < 20:
        process = subprocess.Popen(command, start_new_session=True)
        _wait_until_it_writes(tmp_path / "killed", process)
        time.sleep(rng.uniform(0, 0.06))
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
        grew.add(sum(1 for _ in (tmp_path / "killed").rglob("responses/part-*")))
    subprocess.run(command, check=True)
    whole = fb.evaluate(
        task_of(samples_of(500)), Meter(), run_dir=tmp_path / "whole",
        options=Options(cache=None, workers=0),
    )  # fmt: skip
    (folder,) = (tmp_path / "killed").glob("*/*")
    killed = fb.Run(folder)
    assert kills == 20
    assert len(grew) > 3, "it was never killed between two parts"
    assert killed.predictions.equals(whole.predictions)
    assert killed.result["conditions"] == whole.result["conditions"]
    assert verify(killed.folder) == []


def _wait_until_it_writes(root: Path, process: subprocess.Popen[bytes]) -> None:
    before = sum(1 for _ in root.rglob("responses/part-*"))
    while process.poll() is None and sum(1 for _ in root.rglob("responses/part-*")) <= before:
        time.sleep(0.01)
