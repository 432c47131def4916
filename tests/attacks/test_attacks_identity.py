"""An attack's fingerprint: literal keys, every setting in it, as it was before the code moved."""

import inspect

import pytest

from fakevlm_bench.attacks.apgd import APGD
from fakevlm_bench.attacks.cw import CarliniWagner
from fakevlm_bench.attacks.ensemble import Ensemble
from fakevlm_bench.attacks.hopskipjump import HopSkipJump
from fakevlm_bench.attacks.joint import Joint
from fakevlm_bench.attacks.nes_spsa import EstimatedGradient
from fakevlm_bench.attacks.pgd import PGD
from fakevlm_bench.attacks.square import Square
from fakevlm_bench.attacks.transfer import Transfer

SINGLE = {
    APGD: ({"level": "0.5", "loss": "margin", "norm": "l2", "steps": 7, "restarts": 2}, "gradient"),
    CarliniWagner: ({"level": "0.5", "searches": 2, "steps": 7, "rate": 0.5, "weight": 3.0},
                    "gradient"),
    HopSkipJump: ({"level": "70", "epsilon": "0.5", "norm": "l2", "probes": 9, "radius": 2.0},
                  "query"),
    Joint: ({"level": "51/255", "aim": "explanation", "real": "r", "fake": "f", "steps": 7,
             "step": 0.5, "weight": 3.0}, "joint"),
    EstimatedGradient: ({"level": "70", "directions": "signs", "epsilon": "51/255", "pairs": 9,
                         "radius": 3.0, "step": 0.5, "momentum": 0.1, "cell": 2}, "query"),
    PGD: ({"level": "0.5", "norm": "l2", "steps": 7, "step": 0.5, "random_start": False,
           "restarts": 2}, "gradient"),
    Square: ({"level": "70", "epsilon": "51/255", "share": 0.5}, "query"),
}  # fmt: skip


def expected(attack, settings, kind):
    """What a fingerprint holds: each setting as it is read, the level under its own name."""
    values = dict(settings)
    level = values.pop("level")
    if kind == "query":
        values["budget"] = int(level)
    distance = values.pop("epsilon", level)
    values["epsilon"] = {"0.5": 0.5, "51/255": 0.2}[distance]
    return {"norm": "linf", **values, "kind": kind, "version": 1, "name": "mine"} | (
        {"norm": "l2"} if attack is CarliniWagner else {}
    )


@pytest.mark.parametrize("attack", SINGLE, ids=lambda attack: attack.__name__)
def test_a_fingerprint_holds_every_setting_and_nothing_else(attack):
    settings, kind = SINGLE[attack]
    assert {*settings, "name"} == set(inspect.signature(attack).parameters)
    made = attack(**settings, name="mine")
    assert dict(made.fingerprint()) == expected(attack, settings, kind)
    made.another_attribute = 1
    assert dict(made.fingerprint()) == expected(attack, settings, kind)


def test_an_ensembles_fingerprint_is_its_parts():
    gradient = {"kind": "gradient", "version": 1, "norm": "linf", "epsilon": 0.2}
    climb = {**gradient, "steps": 7, "restarts": 1}
    square = {"kind": "query", "version": 1, "norm": "linf", "epsilon": 0.2}
    assert dict(Ensemble("51/255", steps=7, queries=70, name="mine").fingerprint()) == {
        **gradient,
        "name": "mine",
        "parts": [
            {**climb, "name": "apgd_ce", "loss": "ce"},
            {**climb, "name": "apgd_margin", "loss": "margin"},
            {**square, "name": "square", "budget": 70, "share": 0.8},
        ],
    }


def test_a_transfer_attacks_fingerprint_names_its_surrogates(detector):
    made = Transfer("51/255", surrogates=[detector], steps=7, momentum=0.5, diversity=0.1,
                    smallest=0.7, store=None, name="mine")  # fmt: skip
    assert dict(made.fingerprint()) == {
        "kind": "transfer", "version": 1, "name": "mine", "norm": "linf", "epsilon": 0.2,
        "steps": 7, "momentum": 0.5, "diversity": 0.1, "smallest": 0.7,
        "surrogates": [dict(detector.fingerprint())],
    }  # fmt: skip
