"""Conditions in a run: frames, seeds, estimates, baselines."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

import fakevlm_bench as fb
from fakevlm_bench.cli.main import main
from fakevlm_bench.engine.estimate import duration, estimate, sentence
from fakevlm_bench.engine.run import Options, make_plan
from fakevlm_bench.engine.score import latest, score
from fakevlm_bench.engine.verify import verify
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.registry import condition_list, load_conditions
from fakevlm_bench.types import Capabilities, Label, Query, Response, Sample
from support.engine import Meter, samples_of, task_of

ALONE = Options(cache=None, workers=0)


@dataclass
class Bright:
    """Calls an image fake where something in it is bright, and marks that."""

    name: str = "bright"
    capabilities: ClassVar[Capabilities] = Capabilities(score=True, mask=True)
    batch_size: int = 8
    threshold: float = 0.5

    def fingerprint(self) -> Mapping[str, Any]:
        return {"name": self.name}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        answers = []
        for query in queries:
            image = decode_image(query.image).astype(float)
            marked = image[..., 0] - image[..., 2] > 60
            answers.append(
                Response(score=float(marked.any()), heat_map=marked.astype(np.uint8) * 255)
            )
        return answers


def spotted(count: int) -> list[Sample]:
    """Grey noise; fakes have a red disc somewhere, whose mask is given."""
    samples = []
    for i in range(count):
        rng = np.random.default_rng(i)
        image = rng.integers(90, 130, (120, 160, 1), dtype=np.uint8).repeat(3, axis=2)
        mask = np.zeros((120, 160), np.uint8)
        if i % 2:
            centre = int(rng.integers(60, 100)), int(rng.integers(45, 75))
            cv2.circle(mask, centre, 22, 255, -1)
            image = np.where(mask[..., None] > 0, np.array([230, 60, 60], np.uint8), image)
        buffer = io.BytesIO()
        PillowImage.fromarray(image).save(buffer, "PNG")
        samples.append(
            Sample(
                id=f"s{i}", image=buffer.getvalue(), label=Label(i % 2), group=f"g{i}",
                mask=encode_png(mask > 0) if i % 2 else None,
            )
        )  # fmt: skip
    return samples


MOVING = ["crop:3", "pad:4", "screenshot:3", "resize_scale:0.5", "resize_short:64", "social_c:1",
          "elastic_transform:3"]  # fmt: skip


def test_localisation_is_scored_in_the_frame_that_was_sent(tmp_path: Path) -> None:
    run = fb.evaluate(task_of(spotted(24)), Bright(), MOVING, tmp_path, options=ALONE)
    for condition in ("clean", *MOVING):
        found = run.result["conditions"][condition]["localization"]["foreground_iou"]
        assert found["value"] > 0.88, condition
        if condition != "clean":
            drift = run.result["robustness"]["conditions"][condition]["mask_drift"]
            assert drift["value"] < 0.06, condition
    truth = run.truth.set_index(["condition_id", "sample_id"])
    assert truth.loc[("crop:3", "s1"), ["width", "height"]].tolist() == [128, 96]
    assert truth.loc[("crop:3", "s1"), "window"].tolist() != [0, 0, 128, 96]
    assert verify(run.folder) == []


SEEDED = ["gaussian_noise:3", "glass_blur:2", "frost:4", "crop:5", "pad:2", "social_a:2"]


def digests(run: fb.Run) -> dict[tuple[str, str], str]:
    table = latest(run.folder, "responses").to_pylist()
    return {(row["sample_id"], row["condition_id"]): row["sent_sha256"] for row in table}


@pytest.mark.slow
def test_every_process_order_and_shard_sends_the_same_images(tmp_path: Path) -> None:
    samples = samples_of(10, size=(72, 96))
    whole = fb.evaluate(task_of(samples), Meter(), SEEDED, tmp_path / "a", options=ALONE)
    expected = digests(whole)
    assert len(set(expected.values())) == len(expected), "two samples were sent as one image"
    spread = Options(cache=None, workers=2, ahead=7)
    turned = fb.evaluate(
        task_of(samples[::-1]), Meter(batch_size=3), SEEDED[::-1], tmp_path / "b", options=spread
    )
    assert digests(turned) == expected
    for part in (samples[::2], samples[1::2]):
        shard = fb.evaluate(task_of(part), Meter(), SEEDED[1:3], tmp_path / "c", options=ALONE)
        assert digests(shard).items() <= expected.items()


@dataclass
class Slow(Meter):
    """Takes its time for every image."""

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        time.sleep(0.02 * len(queries))
        return super().predict(queries)


def test_an_estimate_counts_calls_and_seconds_and_records_nothing(tmp_path: Path) -> None:
    conditions = load_conditions(["clean", "jpeg:3", "resize:3"])
    options = Options(cache=None, workers=0, runs=tmp_path)
    detector = Slow()
    plan = make_plan(task_of(samples_of(40)), detector, conditions, options)
    found = estimate(plan, options)
    assert found.calls == 120
    assert 120 * 0.02 < found.seconds < 3 * 120 * 0.02
    assert set(found.per_image) == {"clean", "jpeg:3", "resize:3"}
    assert len(detector.asked) == 1 + 3 * 3 + 12 + 16, "and one batch, whose size it nears"
    assert not list(tmp_path.iterdir())
    said = sentence(plan, found)
    assert "120 detector calls to make (40 samples × 3 conditions, 0 done), about" in said


@dataclass
class Filled(Meter):
    """Takes as long for one image as for a whole batch."""

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        time.sleep(0.05)
        return super().predict(queries)


def test_an_estimate_counts_what_a_batch_costs_by_batches(tmp_path: Path) -> None:
    conditions = load_conditions(["clean", "jpeg:3"])
    options = Options(cache=None, workers=0, runs=tmp_path)
    plan = make_plan(task_of(samples_of(160)), Filled(), conditions, options)
    batches = 2 * 160 / 16
    assert batches * 0.05 < estimate(plan, options).seconds < 2.5 * batches * 0.05


def test_an_estimate_loses_patience_with_a_slow_detector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakevlm_bench.engine.estimate.PATIENCE", 0.1)
    options = Options(cache=None, workers=0, runs=tmp_path)
    detector = Slow()
    plan = make_plan(task_of(samples_of(40)), detector, load_conditions([]), options)
    assert 40 * 0.02 < estimate(plan, options).seconds < 3 * 40 * 0.02
    assert len(detector.asked) == 1 + 3 + 12, "twelve take longer than it waits"


def test_what_is_done_is_not_estimated_again(tmp_path: Path) -> None:
    task, options = task_of(samples_of(20)), Options(cache=None, workers=0, runs=tmp_path)
    fb.evaluate(task, Meter(), ["jpeg:3"], tmp_path, options=options)
    detector = Meter()
    plan = make_plan(task, detector, load_conditions(["jpeg:3"]), options)
    assert estimate(plan, options).calls == 0
    assert detector.asked == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (59, "59 s"), (90, "2 min"), (5400, "1.5 h"), (9e4, "25.0 h")],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["standard", "full"])
def test_the_larger_lists_say_beforehand_what_they_cost(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every condition that a coin can stand is tried on an image; nothing is recorded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fakevlm_bench.engine.estimate.PROBED", 1)
    options = ["task=starter", "detector=coin", f"conditions={name}", "limit=4"]
    assert main(["run", "--dry-run", *options, "conditions.skip_unsupported=true"]) == 0
    count = len([one for one in condition_list(name) if not one.startswith("pgd")])
    said = capsys.readouterr().out
    expected = f"{4 * count:,} detector calls to make (4 samples × {count} conditions, 0 done)"
    assert re.search(rf"{re.escape(expected)}, about \d+ (s|min); per image \w+", said)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        ("[jpeg:9]", "jpeg has no level '9': use one of 1, 2, 3, 4, 5"),
        ("[fog:0.5]", "fog has no level '0.5': use one of 1, 2, 3, 4, 5"),
        ("[jpeg_quality:101]", "no level '101': use a whole number from 1 to 100"),
        ("[blur_kernel:4]", "no level '4': use an odd width from 3 to 99"),
        ("[caption:maybe]", "no level 'maybe': use one of real, fake, neutral"),
        ("[social_a:5]", "no level '5': use one of 1, 2, 3, 4"),
        ("[colour_profile:srgb]", "no level 'srgb': use one of display_p3, adobe_rgb, prophoto"),
        ("[jepg:3]", "unknown condition 'jepg': did you mean jpeg"),
        ("[fog:1,fog:1]", "condition appears twice: fog:1"),
    ],
)
def test_a_level_that_does_not_exist_is_one_line_before_anything_runs(
    ids: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "detector=coin", f"conditions.ids={ids}", f"runs={tmp_path}"]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_prompt_that_cannot_be_swapped_fails_its_images_with_the_reason(tmp_path: Path) -> None:
    class Asked(Meter):
        """Is asked in words."""

    task = task_of(samples_of(12))
    object.__setattr__(task, "prompt", "Is this picture authentic?")
    options = Options(cache=None, workers=0, max_failed=1)
    run = fb.evaluate(task, Asked(), ["prompt_order:swapped"], tmp_path, options=options)
    rows = run.predictions[run.predictions["condition_id"] == "prompt_order:swapped"]
    assert set(rows["status"]) == {"failed"}
    assert "does not name both real and fake" in rows["error"].iloc[0]


def test_a_run_is_scored_against_a_named_baseline(tmp_path: Path) -> None:
    task, ids = task_of(samples_of(60)), ["fog:1", "fog:3", "jpeg:3"]
    run = fb.evaluate(task, Meter(), ids, tmp_path, options=ALONE)
    other = fb.evaluate(task, Meter(name="other"), ids[:2], tmp_path, options=ALONE)
    assert run.result["robustness"]["mce"]["absent"] == "no baseline result was given"
    found = score(run.folder, other.folder)["robustness"]["mce"]
    assert found["baseline"] == "other"
    assert found["corruptions"] == ["fog"]
    assert found["value"] == pytest.approx(1), "both give the same answers"
    assert verify(run.folder) == []
    other_scoring = Options(scoring={"resamples": 7}, cache=None)
    again = fb.evaluate(task, Meter(), ids, tmp_path, options=other_scoring)
    assert again.result["settings"]["resamples"] == 7, "it was scored again"
    assert again.result["robustness"]["mce"]["baseline"] == "other"
    score(run.folder)
    assert "baseline" not in run.folder.result()


def test_a_limit_of_severities_is_checked_where_the_interface_is_python(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="fog has no level '7'"):
        fb.evaluate(task_of(samples_of(4)), Meter(), ["fog:7"], tmp_path)
