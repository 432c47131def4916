"""Killed before, within or after any write, the same command gives the same result."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import fakevlm_bench as fb
from fakevlm_bench.engine.run import Options
from fakevlm_bench.engine.verify import verify
from support.engine import Meter, samples_of, task_of

COUNT = 24
KILLED = textwrap.dedent("""
    import os, pathlib, signal, sys
    sys.path.insert(0, {here!r})
    from support.engine import Meter, samples_of, task_of
    import fakevlm_bench as fb
    import fakevlm_bench.cli.show, fakevlm_bench.metrics, pandas
    from fakevlm_bench.engine import run_writer
    from fakevlm_bench.engine.run import Options

    run_writer.ROWS_PER_PART = 8
    options = Options(cache=None, workers=0)
    root = pathlib.Path(sys.argv[1])

    def carry_out(folder):
        fb.evaluate(task_of(samples_of({count})), Meter(batch_size=4), run_dir=folder,
                       options=options)

    def counted(real, left):
        def call(*arguments):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            done = real(*arguments)
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return done
        return call

    for moment in range(1, 1000, 3):  # steps of 3 meet all four moments of a write
        child = os.fork()
        if child == 0:
            left = [moment]
            os.fsync = counted(os.fsync, left)
            pathlib.Path.replace = counted(pathlib.Path.replace, left)
            carry_out(root / str(moment))
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            break
        child = os.fork()
        if child == 0:
            carry_out(root / str(moment))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
""")


@pytest.mark.slow
def test_killed_at_every_write_it_gives_the_same_result(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(here=str(Path(__file__).parents[1]), count=COUNT))
    subprocess.run([sys.executable, str(script), str(tmp_path / "killed")], check=True)
    whole = fb.evaluate(
        task_of(samples_of(COUNT)), Meter(), run_dir=tmp_path / "whole",
        options=Options(cache=None, workers=0),
    )  # fmt: skip
    folders = sorted((tmp_path / "killed").iterdir(), key=lambda path: int(path.name))
    # Three parts of truth and responses, two manifests, predictions, result: each written
    # file has four moments (before and after its sync and its renaming), predictions two.
    assert len(folders) > 4 * (3 * 2 + 2 + 1) // 3
    for folder in folders:
        (path,) = folder.glob("*/*")
        run = fb.Run(path)
        assert run.predictions.equals(whole.predictions), folder.name
        assert run.result["conditions"] == whole.result["conditions"], folder.name
        assert verify(run.folder) == [], folder.name
        assert not list(path.rglob("*.tmp")), folder.name
