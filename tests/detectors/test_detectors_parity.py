"""The logits that the authors' own code gave, reproduced on every reference image."""

import csv

import numpy as np
import pytest

from fakevlm_bench import registry
from fakevlm_bench.types import Query

TOLERANCE = 1e-3
COLUMNS = {
    "ferretnet_s.centercrop256": ("ferretnet_s", "ferretnet_s_median_3.pth", "centre_crop"),
    "tiny_ladeda_forensynth.npr.centercrop256": (
        "tiny_ladeda",
        "tiny_ladeda_forensynth.pth",
        "centre_crop",
    ),
    "tiny_ladeda_forensynth.npr.resize256": ("tiny_ladeda", "tiny_ladeda_forensynth.pth", "squash"),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_reference_logit_is_reproduced(shared, column):
    name, file, frame = COLUMNS[column]
    rows = list(csv.DictReader((shared / "weights" / "reference_logits.csv").open()))
    assert len(rows) >= 110
    settings = {"weights": str(shared / "weights" / file), "frame": frame}
    if name == "tiny_ladeda":
        settings["heat_map"] = False
    detector = registry.load_detector(name, **settings)
    paths = [shared / "realworld" / row["path"] for row in rows]
    expected = np.array([float(row[column]) for row in rows])
    answers = detector.predict([Query(p.name, "clean", p.read_bytes()) for p in paths])
    off = np.abs(np.array([answer.logit for answer in answers]) - expected)
    assert off.max() <= TOLERANCE, (paths[int(off.argmax())].name, off.max())


def test_the_patch_map_finds_what_the_image_logit_averages(shared):
    """At the crop's own size, the mean over patches is the logit itself."""
    import torch

    weights = str(shared / "weights" / "tiny_ladeda_forensynth.pth")
    detector = registry.load_detector("tiny_ladeda", weights=weights)
    picture = np.random.default_rng(0).integers(0, 256, (1, 3, 256, 256))
    with torch.inference_mode():
        logits, patches = detector._run(torch.from_numpy(picture.astype(np.uint8)))
    assert patches.shape == (1, 126, 126)
    assert float(patches.double().mean()) == pytest.approx(float(logits[0]), abs=0.01)
