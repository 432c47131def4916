"""Each flag against false robustness, provoked by a detector or by results that deserve it."""

from __future__ import annotations

import pytest
import torch

from fakevlm_bench.attacks import AttackResult, from_records, review
from fakevlm_bench.attacks.apgd import APGD
from fakevlm_bench.attacks.cw import CarliniWagner
from fakevlm_bench.attacks.ensemble import Ensemble
from fakevlm_bench.attacks.pgd import PGD
from fakevlm_bench.attacks.square import Square
from support.small_network import NetworkDetector


class Randomised(NetworkDetector):
    """Adds noise to every answer, so that one image has many."""

    def logits(self, pixels):
        return super().logits(pixels) * 8 + torch.randn(len(pixels))


class Masked(NetworkDetector):
    """Rounds its logit: flat everywhere, and yet an ordinary verdict."""

    def logits(self, pixels):
        values = super().logits(pixels)
        return values.round() - values.detach() * 0 + values * 0


class Saturated(NetworkDetector):
    """So sure that cross-entropy's slope is lost to rounding, and the margin's is not."""

    def logits(self, pixels):
        return super().logits(pixels) * 400


class Misleading(NetworkDetector):
    """Gradients that point the other way."""

    def logits(self, pixels):
        values = super().logits(pixels)
        return 2 * values.detach() - values


def flags_of(attack, detector, targets):
    done = attack.craft(detector, targets)
    return {flag for one in done if not one.broken for flag in one.flags}


def test_an_honest_detector_gets_no_flag(detector, targets):
    for attack in (PGD("1/255"), APGD("1/255", steps=10), Square("50", epsilon="2/255")):
        assert flags_of(attack, detector, targets[:10]) <= {"loss_did_not_rise"}
    assert not flags_of(PGD("1/255"), detector, targets)


@pytest.mark.parametrize("attack", [PGD("1/255", steps=3), Square("40", epsilon="1/255")])
def test_randomised(attack, network, targets):
    torch.manual_seed(0)
    assert "randomised_detector" in flags_of(attack, Randomised(network), targets)


@pytest.mark.parametrize(
    "attack", [PGD("4/255"), APGD("4/255", steps=5), CarliniWagner("1", searches=1, steps=5)]
)
def test_masked_gradient(attack, network, targets):
    assert "zero_gradient" in flags_of(attack, Masked(network), targets[:8])


def test_saturation_blinds_cross_entropy_and_not_the_margin(network, targets):
    detector = Saturated(network)
    blind = APGD("4/255", loss="ce", steps=10)
    seeing = APGD("4/255", loss="margin", steps=10)
    assert "zero_gradient" in flags_of(blind, detector, targets)
    assert "zero_gradient" not in flags_of(seeing, detector, targets)
    weak, strong = (
        sum(one.broken for one in attack.craft(detector, targets)) for attack in (blind, seeing)
    )
    assert weak < strong


def test_a_loss_that_does_not_rise(network, targets):
    attack = PGD("2/255", random_start=False)
    assert "loss_did_not_rise" in flags_of(attack, Misleading(network), targets)


def test_square_within_the_ensemble_beats_masked_gradients(network, targets):
    attack = Ensemble("12/255", steps=3, queries=200)
    done = attack.craft(Masked(network), targets[:10])
    won = [one for one in done if "query_beats_gradient" in one.flags]
    assert won
    assert all(one.broken for one in won)


GRADIENT = {"name": "pgd_linf", "kind": "gradient", "norm": "linf", "epsilon": 8 / 255, "steps": 10}


def result(condition, broken, flags=None, **fingerprint):
    samples = [f"s{i}" for i in range(len(broken))]
    return AttackResult(
        condition,
        GRADIENT | fingerprint,
        dict(zip(samples, broken, strict=True)),
        dict(zip(samples, flags or [()] * len(broken), strict=True)),
    )


def names(*results):
    return [(flag.name, flag.condition_id, flag.images) for flag in review(results)]


@pytest.mark.parametrize("kind", ["query", "transfer"])
def test_a_weaker_threat_that_does_more(kind):
    strong = result("pgd", [True, False, False])
    weak = result("weak", [False, True, True], kind=kind, name="weak")
    assert names(strong, weak) == [(f"{kind}_beats_gradient", "pgd", 2)]
    farther = result("weak", [False, True, True], kind=kind, name="weak", epsilon=16 / 255)
    assert not names(strong, farther), "more distance may well break more"
    other = result("weak", [False, True, True], kind=kind, name="weak", norm="l2", epsilon=0.01)
    assert not names(strong, other), "distances in two norms do not compare"


def test_one_step_that_beats_ten_and_distance_that_breaks_fewer():
    one = result("fgsm", [True, True], name="fgsm_linf", steps=1)
    assert names(one, result("pgd", [True, False])) == [("one_step_beats_many", "pgd", 1)]
    near = result("pgd:4/255", [True, True], epsilon=4 / 255)
    far = result("pgd:8/255", [True, False])
    assert names(near, far) == [("more_distance_breaks_fewer", "pgd:8/255", 1)]


def test_flags_of_images_count_where_the_attack_failed():
    seen = ("zero_gradient",)
    assert names(result("pgd", [True, False, False], [seen, seen, ()])) == [
        ("zero_gradient", "pgd", 1)
    ]


def test_a_break_that_the_file_does_not_confirm():
    records = {"a": {"broken": True, "flags": []}, "b": {"broken": True, "flags": []}}
    found = from_records("pgd", GRADIENT, records, {"a": True, "b": False})
    assert names(found) == [("break_not_confirmed", "pgd", 1)]
    heat = from_records("joint", GRADIENT | {"aim": "heat_map"}, records, {"a": True, "b": False})
    assert not names(heat), "there the verdict is meant to stay"


def test_every_flag_speaks_in_one_sentence():
    strong = result("pgd", [False], [("zero_gradient", "randomised_detector", "loss_did_not_rise")])
    weak = result("square", [True], kind="query")
    for flag in review([strong, weak]):
        assert flag.condition_id in flag.sentence
        assert "\n" not in flag.sentence
