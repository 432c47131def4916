"""`fit` and `calibrate` from the command line, and what a run then says of its thresholds."""

import json

import pytest

from fakevlm_bench import registry
from fakevlm_bench.api import Run
from fakevlm_bench.cli.main import main
from fakevlm_bench.detectors.calibration import places


@pytest.fixture
def folder(tmp_path, monkeypatch, pairs):
    """The made pairs as a folder task, and a home of one's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "images"
    for sample in pairs[:24]:
        place = root / ("1_fake" if sample.label == 1 else "0_real")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{sample.id}.png").write_bytes(sample.image)
    return root


def words(folder, tmp_path):
    return [
        "task=folders",
        f"task.path={folder}",
        f"runs={tmp_path / 'runs'}",
        "cache=null",
        "launcher.workers=0",
    ]


def run(tmp_path):
    (found,) = (tmp_path / "runs").glob("*/spectrum-*")
    return Run(found)


def test_a_detector_is_fitted_calibrated_and_measured_by_command(folder, tmp_path, capsys):
    shipped = registry.load_detector("spectrum").fingerprint()
    assert main(["fit", "detector=spectrum", *words(folder, tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "24 images of 24 photographs" in said
    assert "cross-validated by photograph" in said
    own = tmp_path / "cache" / "fakevlm-bench" / "weights" / "spectrum.json"
    assert json.loads(own.read_text())["report"]["data"]["task"] == "folders@1"
    # a fit of one's own leaves the detector that ships as it is
    assert registry.load_detector("spectrum").fingerprint() == shipped

    chosen = ["detector=spectrum", f"detector.fit={own}", "detector.calibrated_on=folders"]
    measure = ["run", *chosen, "conditions=clean", *words(folder, tmp_path)]
    assert main(measure) == 0
    assert run(tmp_path).result["thresholds"]["calibrated"] is None
    capsys.readouterr()

    assert main(["calibrate", *chosen, *words(folder, tmp_path)]) == 0
    assert "calibrated on 24 images of folders@1" in capsys.readouterr().out
    kept = json.loads(places("spectrum", "folders")[0].read_text())
    # the finished run is not asked again, but scored again, with both thresholds
    assert main(measure) == 0
    result = run(tmp_path).result
    assert result["thresholds"]["calibrated"] == kept["threshold"]
    assert result["thresholds"]["used"] == result["thresholds"]["published"] == 0.5
    assert {"balanced_accuracy_at_published", "balanced_accuracy_at_calibrated"} <= set(
        result["detection"]
    )
    assert result["settings"]["temperature"] == kept["temperature"]
    assert f"calibrated {kept['threshold']:.4g} on folders@1" in capsys.readouterr().out

    assert main([*measure, "scoring.price_per_hour=3.6", "scoring.resamples=20"]) == 0
    priced = run(tmp_path).result
    seconds = 1000 / priced["efficiency"]["images_per_second"]["value"]
    assert priced["efficiency"]["cost_per_1000_images"]["value"] == pytest.approx(seconds / 1000)
    assert priced["settings"]["resamples"] == 20
    capsys.readouterr()
    assert main([*measure, "scoring.level=95"]) == 2
    assert "level=95.0 is not within (0, 1)" in capsys.readouterr().err

    assert main([*measure, "detector.threshold=calibrated"]) == 0
    (found,) = (
        Run(path)
        for path in (tmp_path / "runs").glob("*/spectrum-*")
        if Run(path).result["thresholds"]["setting"] == "calibrated"
    )
    assert found.result["thresholds"]["used"] == kept["threshold"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "task=starter"], "no detector: add detector=NAME"),
        (["fit", "detector=coin"], "no task: add task=NAME"),
        (["fit", "detector=spectrun", "task=starter"], "did you mean spectrum?"),
        (["fit", "detector=spectrum", "detector.ft=x", "task=starter"], "ft"),
        (["fit", "detector=coin", "task=starter"], "'coin' cannot be fitted"),
        (["calibrate", "detector=coin", "task=starter"], "takes no calibrated threshold"),
        (["power", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments, message, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
