"""Tables of a report: the result's own figures, whatever the format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fakevlm_bench as fb
from fakevlm_bench.report.gather import Findings, choose_samples, panel_conditions, per_image
from fakevlm_bench.report.write import write_report
from support.reporting import IDS


@pytest.fixture(scope="module")
def findings(run: fb.Run) -> Findings:
    return Findings(run.folder, run.folder.result(), run.folder.manifest())


def test_formats_agree_with_the_result(run: fb.Run, tmp_path: Path) -> None:
    files = write_report(run.folder, ["csv", "parquet", "json", "latex"], tmp_path)
    assert {file.name for file in files} == {
        "report.csv", "report.images.csv", "report.parquet", "report.images.parquet",
        "report.json", "report.tex",
    }  # fmt: skip
    table = pd.read_csv(tmp_path / "report.csv", keep_default_na=False, na_values=[""])
    other = pd.read_parquet(tmp_path / "report.parquet")
    np.testing.assert_allclose(table["value"].astype(float), other["value"].astype(float))
    rows = table.set_index(["condition", "figure"])
    for condition in ("clean", *IDS, "paint:8/255"):
        figure = run.result["conditions"][condition]["detection"]["balanced_accuracy"]
        row = rows.loc[(condition, "detection/balanced_accuracy")]
        assert row["value"] == pytest.approx(figure["value"])
        assert row["n"] == figure["n"]
        low = np.nan if figure["low"] is None else figure["low"]
        assert row["low"] == pytest.approx(low, nan_ok=True)
    drift = run.result["robustness"]["conditions"]["crop:3"]["mask_drift"]["value"]
    assert rows.loc[("crop:3", "robustness/mask_drift"), "value"] == pytest.approx(drift)
    mce = rows.loc[(np.nan, "robustness/mce")]
    assert mce["absent"] == "no baseline result was given"
    found = json.loads((tmp_path / "report.json").read_text())
    assert found["conditions"] == run.result["conditions"]
    assert [point["level"] for point in found["curves"]["families"]["jpeg"]] == [1, 5]


def test_latex_has_a_row_for_each_condition_and_marks_what_is_flagged(
    run: fb.Run, findings: Findings, tmp_path: Path
) -> None:
    (target,) = write_report(run.folder, ["latex"], tmp_path / "table.tex")
    text = target.read_text()
    assert r"gaussian\_noise:3 & " in text
    assert text.count(r"\\") > len(findings.conditions)
    assert findings.flagged == {"paint:8/255"}
    assert r"$\dagger$ paint:8/255" in text
    value = run.result["conditions"]["jpeg:5"]["detection"]["recall_fake"]["value"]
    assert f"{value:.3f}" in next(line for line in text.splitlines() if line.startswith("jpeg:5"))


def test_the_worst_case_of_each_image_adds_up_to_the_results(
    run: fb.Run, findings: Findings
) -> None:
    table = per_image(findings)
    assert len(table) == 28
    share = table["right_under_all"].mean()
    worst = run.result["robustness"]["worst_case"]["accuracy"]["value"]
    assert share == pytest.approx(worst)
    predictions = run.predictions.merge(run.truth, on=["sample_id", "condition_id"])
    wrong = predictions[predictions["verdict"] != predictions["label"]]
    for row in table.itertuples():
        mine = set(wrong.loc[wrong["sample_id"] == row.sample_id, "condition_id"])
        assert set(row.wrong_under.split()) == mine
        assert row.right_under == 7 - len(mine)


def test_images_are_chosen_from_both_classes_and_conditions_from_every_name(
    findings: Findings,
) -> None:
    chosen = choose_samples(findings, 5)
    assert len(set(chosen)) == 5
    assert sum(int(name[1:]) % 2 for name in chosen) == 3
    assert choose_samples(findings, 0) == []
    few = panel_conditions(findings, 3)
    assert len(few) == 3
    assert "paint:8/255" in few
    assert not {"jpeg:1", "jpeg:5"} <= set(few)
    assert len(panel_conditions(findings, 99)) == 6
