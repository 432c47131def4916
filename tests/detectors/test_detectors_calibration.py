"""Thresholds: as published, as configured, and as calibrated."""

from pathlib import Path

import pytest

from fakevlm_bench import registry
from fakevlm_bench.detectors import calibration
from fakevlm_bench.detectors.calibration import Calibration, Threshold
from fakevlm_bench.errors import DetectorError

ROOT = Path(__file__).parents[2]
OWN = (
    "ferretnet_s", "tiny_ladeda", "cnnspot", "univfd", "npr", "dimd", "freqnet", "probe",
    "spectrum", "noise_residual",
)  # fmt: skip


@pytest.fixture(autouse=True)
def clean_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(calibration, "SHIPPED", tmp_path / "shipped")


def calibrated(identity, **changes):
    values = {"detector": "net", "identity": calibration.digest(identity), "task": "starter@1",
              "data": "abc", "n": 100, "threshold": 0.31, "heat_threshold": 77}  # fmt: skip
    return Calibration(**(values | changes))


def test_a_calibration_is_found_by_detector_and_task_and_by_nothing_else():
    identity = {"name": "net", "weights": "1"}
    setting = Threshold("net", "calibrated", "starter")
    with pytest.raises(DetectorError, match="fakevlm-bench calibrate detector=net task=starter"):
        setting.score(identity)
    path = calibration.save(calibrated(identity))
    assert path == calibration.places("net", "starter")[0]
    assert setting.score(identity) == 0.31
    stated = setting.stated(identity)
    assert (stated["used"], stated["published"], stated["calibrated"]) == (0.31, 0.5, 0.31)
    assert (stated["heat_map"], stated["task"], stated["n"]) == (77, "starter@1", 100)
    assert Threshold("net", "published", "starter").stated(identity)["used"] == 0.5
    # the threshold is no part of what is calibrated, the weights are
    assert setting.score({**identity, "threshold": 0.9}) == 0.31
    with pytest.raises(DetectorError, match="not calibrated"):
        setting.score({**identity, "weights": "2"})
    assert Threshold("net", "published", "other").stated(identity)["calibrated"] is None


def test_the_users_own_calibration_comes_before_the_shipped_one():
    identity = {"name": "net"}
    own, shipped = calibration.places("net", "starter")
    calibration.save(calibrated(identity, threshold=0.2), shipped)
    setting = Threshold("net", "calibrated", "starter")
    assert setting.score(identity) == 0.2
    calibration.save(calibrated(identity), own)
    assert setting.score(identity) == 0.31
    calibration.save(calibrated({"name": "another"}), own)
    assert setting.score(identity) == 0.2


def test_published_and_numbers_need_no_file():
    assert Threshold("net", "published", "starter").score({}) == 0.5
    assert Threshold("net", 0.9, "starter").score({}) == 0.9


def test_a_damaged_calibration_is_named():
    path = calibration.places("net", "starter")[0]
    path.parent.mkdir(parents=True)
    path.write_text('{"threshold": 1}')
    with pytest.raises(DetectorError, match="is not a calibration"):
        Threshold("net", "calibrated", "starter").score({})


@pytest.mark.parametrize("name", OWN)
def test_every_baseline_is_instantiated_without_torch_work_and_has_its_card(name):
    detector = registry.load_detector(name)
    assert detector.name == name
    assert detector.capabilities.score
    cards = ROOT / "bench" / "fakevlm_bench" / "detectors" / "cards"
    card = (cards / f"{name}.md").read_text(encoding="utf-8")
    lines = [line for line in card.splitlines() if line.startswith("- **")]
    assert len(lines) == 10
    for field in ("Paper", "Looks at", "Preprocessing", "Training data", "Licence", "Threshold",
                  "Known failures"):  # fmt: skip
        assert any(line.startswith(f"- **{field}:**") for line in lines)
