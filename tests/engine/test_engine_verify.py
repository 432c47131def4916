"""`verify` recomputes a run, and names whatever was changed behind its back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import fakevlm_bench as fb
from fakevlm_bench.cli.main import main
from fakevlm_bench.engine.run import Options
from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.engine.verify import verify
from support.engine import Meter, samples_of, task_of


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    options = Options(cache=None, workers=0)
    return fb.evaluate(
        task_of(samples_of(40)), Meter(), ["clean", "jpeg:3"], folder, options=options
    ).path


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(shutil.copytree(finished, tmp_path / "run"))


def edit_json(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def edit_column(path: Path, name: str, values: Callable[[pa.Array], pa.Array]) -> None:
    table = pq.read_table(path)
    place = table.schema.get_field_index(name)
    changed = values(table[name]).cast(table.schema.field(name).type)
    pq.write_table(table.set_column(place, table.schema.field(name), changed), path)


def test_an_untouched_run_recomputes(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(run) == []
    assert main(["verify", str(run.path)]) == 0
    assert capsys.readouterr().out == f"{run.path}: everything recomputes\n"


def test_a_run_of_before_the_form_was_recorded_recomputes(run: RunFolder) -> None:
    predictions = pq.read_table(run.predictions_path)
    assert predictions["form"].null_count == len(predictions)  # a meter says no words
    pq.write_table(predictions.drop_columns(["form"]), run.predictions_path)
    assert verify(run) == []


def test_a_figure_that_was_touched(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    def better(result: dict[str, Any]) -> None:
        result["conditions"]["clean"]["detection"]["auroc"]["value"] = 0.99

    edit_json(run.result_path, better)
    (line,) = verify(run)
    assert line.startswith("result.json: conditions: clean: detection: auroc: value: 0.99 is not ")
    assert main(["verify", str(run.path)]) == 1
    assert capsys.readouterr().out == line + "\n"


def test_predictions_that_were_touched(run: RunFolder) -> None:
    edit_column(run.predictions_path, "verdict", lambda column: pc.subtract(1, column))
    lines = verify(run)
    assert lines[0] == "predictions.parquet: not what the responses give"
    assert any(line.startswith("result.json: conditions: clean: detection") for line in lines)


def test_responses_that_were_touched(run: RunFolder) -> None:
    part = run.parts("responses")[0]
    edit_column(part, "score", lambda column: pc.subtract(1.0, column))
    lines = verify(run)
    assert f"responses/{part.name}: its digest is not the recorded one" in lines
    assert "predictions.parquet: not what the responses give" in lines


def test_a_truth_that_was_touched(run: RunFolder) -> None:
    part = run.parts("truth")[0]
    edit_column(part, "label", lambda column: pc.subtract(1, column))
    lines = verify(run)
    assert f"truth/{part.name}: its digest is not the recorded one" in lines
    assert any(line.startswith("result.json: conditions: clean: detection") for line in lines)


def test_a_part_that_is_missing_and_one_that_is_new(run: RunFolder) -> None:
    part = run.parts("responses")[0]
    part.rename(part.with_name("part-000099.parquet"))
    assert {f"responses/{part.name}: missing", "responses/part-000099.parquet: not in the manifest"
            } <= set(verify(run))  # fmt: skip


def test_samples_that_were_left_out(run: RunFolder) -> None:
    for kind in ("responses", "truth"):
        for part in run.parts(kind):
            table = pq.read_table(part)
            pq.write_table(table.filter(pc.not_equal(table["sample_id"], "s00003")), part)
    lines = verify(run)
    assert "78 responses, but 80 were planned" in lines
    assert "39 samples, but 40 were planned" in lines
    assert "result.json: cannot be recomputed: no truth for sample 's00003'" in lines[-1]


@pytest.mark.parametrize("part", ["task", "seed", "detector"])
def test_an_identity_that_was_touched(run: RunFolder, part: str) -> None:
    path = run.path / "manifest.json"
    edit_json(path, lambda manifest: manifest["identity"].update({part: "another"}))
    assert "manifest.json: the id is not the digest of the identity" in verify(run)


def test_a_run_that_is_not_finished(run: RunFolder) -> None:
    edit_json(run.path / "manifest.json", lambda manifest: manifest.update(finished=False))
    assert "the run is not finished" in verify(run)
