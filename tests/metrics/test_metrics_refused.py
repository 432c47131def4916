"""What no figure, test or plan can be computed from is refused or absent, with the reason."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.metrics import Entrant, Settings, compare, compute, power, significance
from fakevlm_bench.metrics.corruption_errors import Baseline
from fakevlm_bench.metrics.efficiency import efficiency

FEW = Settings(resamples=100)


@pytest.fixture(scope="module")
def pilot(make_run):
    frame = make_run(200, ("clean",))
    rng = np.random.default_rng(2)
    right = rng.random(200) < 0.8
    return frame.assign(status="ok", verdict=np.where(right, frame["label"], 1 - frame["label"]))


def entrant(frame, name="a"):
    return Entrant(name, "t@1", frame)


@pytest.mark.parametrize("difference", [1.5, -0.1, 0.0, math.nan, math.inf, -math.inf])
def test_power_refuses_differences_that_cannot_be(pilot, difference):
    for pilots in ([entrant(pilot)], [entrant(pilot), entrant(pilot.assign(verdict=1), "b")]):
        with pytest.raises(ConfigError, match=r"difference=.* is not within \(0, 1\]"):
            power(pilots, difference=difference, settings=FEW)


def test_power_refuses_a_difference_that_nobody_can_have(pilot):
    with pytest.raises(ConfigError, match=r"from balanced_accuracy 0\.\d+ of 'a'.* at most 0\.795"):
        power([entrant(pilot)], difference=0.95, settings=FEW)


def test_power_refuses_a_difference_too_small_to_count(pilot):
    for difference in (1e-9, 1e-300):
        with pytest.raises(ConfigError, match="more than 1,000,000,000,000 images"):
            power([entrant(pilot)], difference=difference, settings=FEW)


@pytest.mark.parametrize("chance", [0.0, 0.01, 0.05, 1.0, math.nan, math.inf, -1])
def test_power_refuses_chances_that_are_none(pilot, chance):
    with pytest.raises(ConfigError, match=r"power=.* is not within \(0\.05, 1\)"):
        power([entrant(pilot)], difference=0.05, power=chance, settings=FEW)


@pytest.mark.parametrize("verdict", [0, 1, "label"])
def test_power_of_a_constant_detector_is_refused(pilot, verdict):
    constant = pilot.assign(verdict=pilot["label"] if verdict == "label" else verdict)
    with pytest.raises(DataError, match="the same in every resample"):
        power([entrant(constant)], difference=0.01, settings=FEW)


def test_power_of_two_alike_is_refused(pilot):
    with pytest.raises(DataError, match="two alike"):
        power([entrant(pilot), entrant(pilot, "b")], difference=0.1, settings=FEW)


def test_power_needs_groups_and_both_classes(pilot):
    few = pilot.assign(group=[f"g{k // 2 % 4}" for k in range(200)])
    with pytest.raises(DataError, match="4 source groups, fewer than 10"):
        power([entrant(few)], difference=0.05, settings=FEW)
    with pytest.raises(DataError, match="undefined on these samples"):
        power([entrant(pilot[pilot["label"] == 1])], difference=0.05, settings=FEW)


def test_power_plans_no_study_below_the_minimum(pilot):
    assert power([entrant(pilot)], difference=0.7, settings=FEW)["images"] == 20


def test_power_on_the_command_line_says_it_in_one_line(cli_power):
    for option in ("nan", "1.5", "-0.1", "0"):
        code, error = cli_power(f"--difference={option}")
        assert code == 2
        assert error.startswith("fakevlm-bench power: difference=")
        assert len(error.strip().splitlines()) == 1


@pytest.fixture
def cli_power(pilot, monkeypatch, capsys):
    from fakevlm_bench import api
    from fakevlm_bench.cli.main import main

    monkeypatch.setattr(api, "Run", type("Run", (), {"__init__": lambda *_: None}))
    monkeypatch.setattr(api, "_entrant", lambda *_: entrant(pilot))

    def call(*options):
        code = main(["power", "run", *options])
        return code, capsys.readouterr().err

    return call


@pytest.mark.parametrize(
    "setting",
    [
        {"temperature": 0.0}, {"temperature": -1.0}, {"temperature": math.nan},
        {"threshold": math.nan}, {"published": math.inf}, {"heat_threshold": 999},
        {"heat_threshold": -1}, {"minimum": 0}, {"resamples": 2.5}, {"resamples": -1},
        {"seed": -1}, {"level": math.nan}, {"level": 1.0},
        {"costs": (("x", 1.0, 0.0),)}, {"costs": (("x", 1.0, 1.0),)},
        {"costs": (("x", -1.0, 0.5),)}, {"costs": (("x", math.nan, 0.5),)},
    ],
)  # fmt: skip
def test_settings_that_no_figure_can_be_computed_with_are_refused(setting):
    with pytest.raises(ConfigError) as error:
        Settings(**setting)
    assert len(str(error.value).splitlines()) == 1


def test_runs_that_share_nothing_are_not_told_to_compare_it(pilot):
    pair = [entrant(pilot[:100]), entrant(pilot[100:], "b")]
    for intersection in (False, True):
        with pytest.raises(DataError, match=r"^runs share no sample$"):
            compare(pair, settings=FEW, intersection=intersection)


def test_a_metric_that_is_undefined_is_no_traceback(pilot):
    fakes = pilot[pilot["label"] == 1]
    with pytest.raises(DataError, match="balanced_accuracy of 'a' is undefined"):
        compare([entrant(fakes), entrant(fakes, "b")], settings=FEW)
    found = compare([entrant(fakes), entrant(fakes, "b")], "recall_fake", FEW)
    assert found.loc[0, "delong_p"] is None


def test_a_handful_of_groups_proves_nothing(pilot):
    few = pilot[:4]
    right = few.assign(verdict=few["label"], score=few["label"].astype(float))
    wrong = few.assign(verdict=1 - few["label"], score=0.5)
    for metric in ("auroc", "balanced_accuracy", "accuracy"):
        found = compare([entrant(right), entrant(wrong, "b")], metric, FEW)
        assert found.loc[0, "better"] == "tie", metric


def test_tests_that_take_images_as_independent_are_kept_from_groups(pilot):
    other = pilot.assign(verdict=1, score=0.5)
    alone = [frame.assign(group="") for frame in (pilot, other)]
    grouped = [frame.assign(group=[f"g{k // 4}" for k in range(200)]) for frame in (pilot, other)]
    for metric, exact in (("accuracy", "mcnemar"), ("auroc", "delong")):
        for frames, test in ((alone, exact), (grouped, "bootstrap")):
            pair = [entrant(frame, name) for frame, name in zip(frames, "ab", strict=True)]
            assert compare(pair, metric, FEW).loc[0, "test"] == test


def test_the_same_difference_on_copies_of_the_images_is_no_surer():
    """Ten photographs, each copied forty times, say no more than ten photographs do."""
    rng, false = np.random.default_rng(3), 0
    label = np.repeat(np.arange(20) % 2, 40)
    rows = {"sample_id": [f"s{k:03}" for k in range(800)], "paired": True, "pair": "",
            "group": [f"g{k // 40}" for k in range(800)], "label": label, "status": "ok",
            "score": np.nan}  # fmt: skip
    for _ in range(60):
        right = np.repeat(rng.random((2, 20)) < 0.7, 40, axis=1)
        pair = [
            entrant(pd.DataFrame(rows | {"verdict": np.where(one, label, 1 - label)}), name)
            for one, name in zip(right, "ab", strict=True)
        ]
        false += compare(pair, "accuracy", FEW).loc[0, "better"] != "tie"
    assert false / 60 < 0.2, "McNemar's test on 800 images calls nearly all of them different"


def test_delong_says_nothing_where_scores_have_no_variance():
    fake = np.arange(40) % 2 == 1
    assert significance.delong_p(fake * 1.0, np.full(40, 0.5), fake) is None
    assert significance.delong_p(fake * 1.0, fake * 2.0, fake) == 1
    assert significance.delong_p(np.arange(3.0), np.arange(3.0), np.array([True, False, False])) \
        is None  # fmt: skip


def corrupted(make_run):
    frame = make_run(80, ("clean", "fog:1", "fog:3", "snow:1", "snow:3"))
    rng = np.random.default_rng(0)
    right = rng.random(len(frame)) < 0.8
    return frame.assign(status="ok", verdict=np.where(right, frame["label"], 1 - frame["label"]))


@pytest.mark.parametrize(
    ("clean", "fog", "snow", "absent"),
    [
        (0.9, 1.0, 0.7, {"mce": "makes no error under fog", "relative_mce": "no error under fog"}),
        (0.9, 0.95, 0.7, {"relative_mce": "gets no worse under fog"}),
        (0.9, 0.9, 0.7, {"relative_mce": "gets no worse under fog"}),
        (0.9, 0.8, 0.7, {}),
    ],
)
def test_corruption_errors_need_a_baseline_that_errs(make_run, clean, fog, snow, absent):
    values = {"clean": clean, "fog:1": fog, "fog:3": fog, "snow:1": snow, "snow:3": snow}
    found = compute(corrupted(make_run), FEW, baseline=Baseline("plain", values))
    for name in ("mce", "relative_mce"):
        figure = found["robustness"][name]
        assert ("absent" in figure) == (name in absent), name
        assert absent.get(name, "") in figure.get("absent", "")
    json.dumps(found.to_json(), allow_nan=False)


def responses(cached, errors=None):
    n = len(cached)
    return pd.DataFrame(
        {"latency": 1.0, "tokens_in": 600, "tokens_out": 20, "cached": cached,
         "error": errors or [None] * n}
    )  # fmt: skip


def test_images_per_second_count_fresh_ones_only():
    run = {"wall_seconds": 2.0, "images": 10, "price_per_hour": 3.6}
    found = efficiency(responses([False] * 4 + [True] * 6), run)
    assert found["images_per_second"] == {"value": 2.0, "n": 4}
    assert found["cost_per_1000_images"]["value"] == pytest.approx(3.6 / 3600 * 1000 / 2)
    lost = efficiency(responses([False] * 4, [None, None, "timeout", "timeout"]), run)
    assert lost["images_per_second"] == {"value": 1.0, "n": 2}
    later = efficiency(responses([False] * 10), run | {"images": 3})
    assert later["images_per_second"] == {"value": 1.5, "n": 3}, "a sitting that asked three"


def test_a_run_from_the_cache_has_neither_speed_nor_cost():
    run = {"wall_seconds": 0.1, "images": 5, "price_per_hour": 3.6}
    found = efficiency(responses([True] * 5), run)
    assert "from the cache" in found["images_per_second"]["absent"]
    assert "images_per_second is not" in found["cost_per_1000_images"]["absent"]
    assert "absent" in found["latency_p50"]


def test_a_cost_of_which_a_part_is_unknown_is_absent():
    told = responses([False] * 3).assign(tokens_out=None)
    run = {"price_per_million_tokens_in": 1.0, "price_per_million_tokens_out": 4.0}
    found = efficiency(told, run)["cost_per_1000_images"]
    assert found["absent"].startswith("price_per_million_tokens_out is known, tokens_out is not")
    assert efficiency(responses([False]), run)["cost_per_1000_images"]["value"] == pytest.approx(
        0.6 + 0.08
    )
    assert efficiency(responses([False]))["cost_per_1000_images"]["absent"] == "no price is known"


def test_white_space_is_no_explanation_to_an_encoder():
    from fakevlm_bench.metrics.semantic import likeness

    class Stub:
        def encode(self, texts):
            assert all(text.strip() for text in texts)
            for text in texts:
                yield text, np.ones((1, 2)) / 2**0.5, np.ones(2) / 2**0.5

    found = likeness([" \n", "a"], [["a"], ["a"]], Stub())
    assert found["css"].tolist() == pytest.approx([0, 1])
    assert found["bertscore_f1"].tolist() == pytest.approx([0, 1])
