"""What every attack promises: its distance, its seed, both directions, one failure per image."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakevlm_bench.attacks.apgd import APGD, checkpoints
from fakevlm_bench.attacks.compatibility import incompatibility
from fakevlm_bench.attacks.cw import CarliniWagner
from fakevlm_bench.attacks.ensemble import Ensemble
from fakevlm_bench.attacks.geometry import Ball, distance
from fakevlm_bench.attacks.hopskipjump import HopSkipJump
from fakevlm_bench.attacks.levels import read_epsilon, read_queries, to_levels
from fakevlm_bench.attacks.nes_spsa import EstimatedGradient
from fakevlm_bench.attacks.pgd import PGD
from fakevlm_bench.attacks.square import Square
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.protocols import Attack
from fakevlm_bench.types import Capabilities, Label, Response
from support.small_network import NetworkDetector, count_broken, is_right, make_targets

ATTACKS = {
    "fgsm_linf": PGD("4/255", steps=1, step=1.0, random_start=False),
    "fgsm_l2": PGD("1", norm="l2", steps=1, step=1.0, random_start=False),
    "pgd_linf": PGD("4/255", steps=5),
    "pgd_l2": PGD("1", norm="l2", steps=5),
    "apgd_ce_linf": APGD("4/255", steps=8),
    "apgd_ce_l2": APGD("1", norm="l2", steps=8),
    "apgd_margin_linf": APGD("4/255", loss="margin", steps=8),
    "apgd_margin_l2": APGD("1", norm="l2", loss="margin", steps=8),
    "cw_l2": CarliniWagner("1", searches=2, steps=25),
    "ensemble_linf": Ensemble("4/255", steps=4, queries=12),
    "square_linf": Square("60", epsilon="12/255"),
    "nes_linf": EstimatedGradient("90", directions="gaussian", epsilon="12/255", pairs=10),
    "spsa_linf": EstimatedGradient("90", directions="signs", epsilon="12/255", pairs=10),
    "hopskipjump_linf": HopSkipJump("120", epsilon="48/255", probes=20),
    "hopskipjump_l2": HopSkipJump("120", epsilon="6", norm="l2", probes=20),
}
every_attack = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
GRADIENT = ("pgd_linf", "apgd_ce_l2", "cw_l2", "ensemble_linf")


@every_attack
def test_distance_dtype_and_record(attack, detector, targets):
    targets = targets[:10]
    done = attack.craft(detector, targets)
    assert isinstance(attack, Attack)
    for target, one in zip(targets, done, strict=True):
        assert one.error is None
        assert one.image.dtype == np.uint8
        assert one.image.shape == target.image.shape
        assert one.norm == pytest.approx(distance(one.image, target.image, attack.norm))
        assert one.queries >= 1
        assert one.broken == (not is_right(detector, one.image, target.label)) or (
            not one.broken and attack.kind == "query"
        )
        if one.broken or attack.kind == "gradient":
            assert one.norm <= attack.epsilon * (1 + 1e-6)
    assert count_broken(detector, [one.image for one in done], targets) > 0


@every_attack
def test_the_seed_alone_decides(attack, detector, targets):
    """Neither order nor neighbours nor batch size change an image; another seed does."""
    targets = targets[:5]
    first = attack.craft(detector, targets)
    small = NetworkDetector(detector.network)
    small.batch_size = 2
    shuffled = attack.craft(small, targets[::-1])[::-1]
    for a, b in zip(first, shuffled, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        assert a.queries == b.queries


@pytest.mark.parametrize("name", ["pgd_linf", "apgd_ce_linf", "square_linf", "nes_linf"])
def test_another_seed_gives_another_image(name, detector, targets):
    target = targets[0]
    other = dataclasses.replace(target, seed=target.seed + 1)
    first, second = ATTACKS[name].craft(detector, [target, other])
    assert (first.image != second.image).any()


@pytest.mark.parametrize("name", [name for name in ATTACKS if not name.startswith("fgsm_l2")])
def test_both_directions_are_attacked(name, detector, targets):
    targets = [t for t in targets if t.label is Label.FAKE][:6] + [
        t for t in targets if t.label is Label.REAL
    ][:6]
    strong = {
        "square_linf": Square("250", epsilon="24/255"),
        "nes_linf": EstimatedGradient("400", directions="gaussian", epsilon="24/255", pairs=10),
        "spsa_linf": EstimatedGradient("400", directions="signs", epsilon="24/255", pairs=10),
        "hopskipjump_linf": HopSkipJump("300", epsilon="64/255", probes=20),
        "hopskipjump_l2": HopSkipJump("300", epsilon="9", norm="l2", probes=20),
    }
    done = strong.get(name, ATTACKS[name]).craft(detector, targets)
    fallen = {t.label for t, one in zip(targets, done, strict=True) if one.broken}
    assert fallen == set(Label)


@every_attack
def test_an_image_that_is_wrong_already_is_left_alone(attack, detector, targets):
    wrong = dataclasses.replace(targets[0], label=Label(1 - targets[0].label))
    (done,) = attack.craft(detector, [wrong])
    assert (done.image == wrong.image).all()
    assert done.norm == 0
    assert done.broken
    assert done.queries <= 2


@every_attack
def test_images_of_several_sizes_come_back_in_order(attack, detector):
    targets = [*make_targets(2, seed=1), *make_targets(2, seed=2, size=24)]
    mixed = [targets[0], targets[2], targets[1], targets[3]]
    done = attack.craft(detector, mixed)
    assert [one.image.shape for one in done] == [t.image.shape for t in mixed]


@pytest.mark.parametrize("name", GRADIENT)
@pytest.mark.parametrize("fault", ["nan_gradient", "nan_logit", "raises"])
def test_a_fault_costs_its_image_only(name, fault, detector, targets):
    targets = targets[:4]
    poison = torch.from_numpy(targets[1].image).permute(2, 0, 1).float() / 255

    class Faulty(NetworkDetector):
        def logits(self, pixels):
            bad = (pixels - poison).abs().amax((1, 2, 3)) < 60 / 255
            if fault == "raises" and bool(bad.any()):
                raise ValueError("this image is too much for me")
            values = super().logits(pixels)
            scale = torch.where(bad, torch.nan if fault == "nan_logit" else 1.0, 1.0)
            if fault == "nan_gradient" and bool(bad.any()):  # √0: finite forwards only
                values = values.clone()
                mine = pixels[bad]
                values[bad] += ((mine - mine.detach()) ** 2).sum((1, 2, 3)).sqrt()
            return values * scale

    done = ATTACKS[name].craft(Faulty(detector.network), targets)
    assert [one.error is None for one in done] == [True, False, True, True]
    assert (done[1].image == targets[1].image).all()
    assert done[1].broken is not True
    clean = ATTACKS[name].craft(detector, targets)
    for index in (0, 2, 3):
        np.testing.assert_array_equal(done[index].image, clean[index].image)


@pytest.mark.parametrize("name", ["square_linf", "nes_linf", "hopskipjump_linf"])
def test_a_failing_answer_costs_its_image_only(name, detector, targets):
    class Deaf(NetworkDetector):
        def predict(self, queries):
            if any(query.sample_id == targets[1].sample_id for query in queries):
                raise ValueError("no answer")
            return super().predict(queries)

    done = ATTACKS[name].craft(Deaf(detector.network), targets[:3])
    assert [one.error is None for one in done] == [True, False, True]
    assert "no answer" in done[1].error


@pytest.mark.parametrize("name", ["square_linf", "nes_linf", "spsa_linf", "hopskipjump_linf"])
def test_a_budget_in_queries_is_kept(name, detector, targets):
    calls = detector.calls
    done = ATTACKS[name].craft(detector, targets[:6])
    assert detector.calls - calls == sum(one.queries for one in done)
    for one in done:
        assert one.queries <= ATTACKS[name].budget
        assert one.broken or one.queries > ATTACKS[name].budget * 0.8
        assert list(one.trace) == sorted(one.trace, reverse=True)


def test_hopskipjump_needs_verdicts_only(detector, targets):
    class Speaking(NetworkDetector):
        capabilities = Capabilities()

        def predict(self, queries):
            return [
                Response(text=f"This is a {'fake' if r.logit > 0 else 'real'} image.")
                for r in super().predict(queries)
            ]

    by_words = ATTACKS["hopskipjump_linf"].craft(Speaking(detector.network), targets[:3])
    by_score = ATTACKS["hopskipjump_linf"].craft(detector, targets[:3])
    for a, b in zip(by_words, by_score, strict=True):
        np.testing.assert_array_equal(a.image, b.image)


@pytest.mark.parametrize("name", GRADIENT)
def test_a_detector_without_gradients_is_refused_with_a_way_out(name):
    class Api:
        name = "api"
        capabilities = Capabilities(score=True)

    reason = incompatibility(ATTACKS[name], Api())
    assert "gives no gradients" in reason
    for instead in ("square_linf", "hopskipjump_linf", "transfer_linf"):
        assert instead in reason


def test_a_score_attack_on_verdicts_alone_is_refused_with_a_way_out():
    class Speaker:
        name = "speaker"
        capabilities = Capabilities(explanation=True)

    reason = incompatibility(ATTACKS["square_linf"], Speaker())
    assert "gives no score" in reason
    assert "hopskipjump_linf" in reason
    assert incompatibility(ATTACKS["hopskipjump_linf"], Speaker()) is None


@pytest.mark.parametrize(
    ("level", "norm", "says"),
    [
        ("8", "linf", "8/255"),
        ("255", "linf", "255/255"),
        ("1/510", "linf", "below 1/255"),
        ("0", "linf", "above 0"),
        ("-2/255", "linf", "above 0"),
        ("3/0", "linf", "not a distance"),
        ("strong", "linf", "for example 8/255"),
        ("", "linf", "not a distance"),
        ("nan", "linf", "not a distance"),
        ("inf", "linf", "not a distance"),
        ("128", "l2", "128/255"),
        ("0.001", "l2", "below 1/255"),
    ],
)
def test_a_wrong_distance_says_what_is_right(level, norm, says):
    with pytest.raises(ConfigError, match="pgd") as caught:
        PGD(level, norm=norm)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("level", ["", "0", "1", "-5", "3.5", "many", "8/255"])
def test_a_wrong_query_budget_says_what_is_right(level):
    with pytest.raises(ConfigError, match="whole number of detector calls"):
        Square(level)


@given(st.integers(1, 254))
def test_whole_levels_survive_reading(levels):
    assert to_levels(read_epsilon(f"{levels}/255", "linf", "x"), "linf") == levels
    assert to_levels(read_epsilon(repr(levels / 255), "linf", "x"), "linf") == levels
    assert to_levels(read_epsilon(repr((levels + 0.7) / 255), "linf", "x"), "linf") == levels


@given(st.text(max_size=8))
@example("9\x1f")  # a space to str, not to int
def test_any_text_is_a_distance_or_a_clear_error(text):
    for read in (lambda: read_epsilon(text, "linf", "x"), lambda: read_queries(text, "x")):
        message = "x: "
        try:
            value = read()
        except ConfigError as error:
            value, message = 1, str(error)
        assert value > 0
        assert message.startswith("x: ")


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    norm=st.sampled_from(["linf", "l2"]),
    levels=st.floats(1, 300),
    scale=st.floats(0, 400),
)
def test_quantised_changes_stay_within(seed, norm, levels, scale):
    rng = np.random.default_rng(seed)
    origin = torch.from_numpy(rng.integers(0, 256, (2, 3, 5, 4))).float()
    levels = float(int(levels)) if norm == "linf" else levels
    ball = Ball(origin, levels, norm)
    change = torch.from_numpy(rng.normal(0, scale, origin.shape)).float()
    for moved in (ball.quantise(change), ball.quantise(ball.project(change))):
        assert (moved == moved.round()).all()
        assert moved.min() >= 0
        assert moved.max() <= 255
        away = (moved - origin).flatten(1)
        size = away.abs().amax(1) if norm == "linf" else away.norm(dim=1)
        assert (size <= levels * (1 + 1e-6)).all()


@given(st.integers(1, 2000))
def test_checkpoints_rise_within_the_steps(steps):
    found = checkpoints(steps)
    assert found == sorted(set(found))
    assert found[0] >= 1
    assert found[-1] <= steps


def test_more_distance_and_steps_break_no_fewer(detector, targets):
    broken = [
        sum(one.broken for one in PGD(level, steps=20).craft(detector, targets))
        for level in ("1/255", "2/255", "4/255", "8/255")
    ]
    assert broken == sorted(broken)
    assert broken[-1] > broken[0]
