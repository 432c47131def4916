"""At an equal budget, each attack breaks at least as many images as ART's does.

ART's images are rounded to 8 bits within the allowed distance before they are counted,
as ours are.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from fakevlm_bench.attacks.apgd import APGD
from fakevlm_bench.attacks.cw import CarliniWagner
from fakevlm_bench.attacks.ensemble import Ensemble
from fakevlm_bench.attacks.geometry import Ball, distance, stack, unstack
from fakevlm_bench.attacks.hopskipjump import HopSkipJump
from fakevlm_bench.attacks.levels import read_epsilon, to_levels
from fakevlm_bench.attacks.pgd import PGD
from fakevlm_bench.attacks.square import Square
from support.small_network import SIZE, count_broken, is_right

art_attacks = pytest.importorskip("art.attacks.evasion")


class TwoLogits(nn.Module):
    """The same network in the shape ART asks for: column 1 is FAKE."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pixels):
        logit = self.network(pixels.float())
        return torch.stack([-logit / 2, logit / 2], dim=1)


@pytest.fixture
def art_classifier(network):
    from art.estimators.classification import PyTorchClassifier

    return PyTorchClassifier(
        TwoLogits(network),
        loss=nn.CrossEntropyLoss(),
        input_shape=(3, SIZE, SIZE),
        nb_classes=2,
        clip_values=(0, 1),
        device_type="cpu",
    )


def pixels_of(targets):
    return np.stack([t.image for t in targets]).transpose(0, 3, 1, 2).astype(np.float32) / 255


def broken_by_art(attack, detector, targets, norm="linf"):
    pixels, labels = pixels_of(targets), np.array([int(t.label) for t in targets])
    made = attack.generate(pixels, labels)
    origin = stack([t.image for t in targets])
    ball = Ball(origin, to_levels(attack.eps, norm), norm)
    images = unstack(ball.quantise(torch.from_numpy(made) * 255 - origin))
    return count_broken(detector, images, targets)


def broken_by_us(attack, detector, targets):
    return count_broken(detector, [a.image for a in attack.craft(detector, targets)], targets)


@pytest.mark.parametrize(
    ("norm", "level"), [("linf", "1/255"), ("linf", "2/255"), ("linf", "4/255"), ("l2", "0.5")]
)
def test_fgsm(detector, targets, art_classifier, norm, level):
    ours = PGD(level, norm=norm, steps=1, step=1.0, random_start=False)
    theirs = art_attacks.FastGradientMethod(
        art_classifier, norm=np.inf if norm == "linf" else 2, eps=ours.epsilon, batch_size=64
    )
    art = broken_by_art(theirs, detector, targets, norm)
    assert broken_by_us(ours, detector, targets) >= art


@pytest.mark.parametrize(("norm", "level"), [("linf", "2/255"), ("linf", "4/255"), ("l2", "0.5")])
def test_pgd(detector, targets, art_classifier, norm, level):
    ours = PGD(level, norm=norm, steps=10)
    theirs = art_attacks.ProjectedGradientDescent(
        art_classifier,
        norm=np.inf if norm == "linf" else 2,
        eps=ours.epsilon,
        eps_step=ours.epsilon * ours.step,
        max_iter=10,
        num_random_init=1,
        batch_size=64,
        verbose=False,
    )
    art = broken_by_art(theirs, detector, targets, norm)
    assert broken_by_us(ours, detector, targets) >= art > 0


@pytest.mark.parametrize(("norm", "level"), [("linf", "2/255"), ("linf", "4/255"), ("l2", "0.5")])
def test_apgd(detector, targets, art_classifier, norm, level):
    epsilon = read_epsilon(level, norm, "apgd")
    theirs = art_attacks.AutoProjectedGradientDescent(
        art_classifier,
        norm=np.inf if norm == "linf" else 2,
        eps=epsilon,
        eps_step=2 * epsilon,
        max_iter=20,
        nb_random_init=1,
        batch_size=64,
        loss_type="cross_entropy",
        verbose=False,
    )
    art = broken_by_art(theirs, detector, targets, norm)
    assert art > 0
    for loss in ("ce", "margin"):
        ours = APGD(level, norm=norm, loss=loss, steps=20)
        assert broken_by_us(ours, detector, targets) >= art


def count_evaluations(classifier, monkeypatch):
    """Count the images whose output or gradient ART asks for from now on."""
    asked = []
    for name in ("predict", "class_gradient", "loss_gradient"):
        method = getattr(classifier, name)

        def counting(x, *args, _method=method, **kwargs):
            asked.append(len(x))
            return _method(x, *args, **kwargs)

        monkeypatch.setattr(classifier, name, counting)
    return asked


def rounded_within(made, targets, distance_allowed, norm):
    """ART's images in 8 bits; the original where that is farther than allowed."""
    images = unstack(torch.from_numpy(made * 255).round())
    return [
        image if distance(image, target.image, norm) <= distance_allowed else target.image
        for image, target in zip(images, targets, strict=True)
    ]


def test_carlini_wagner(detector, targets, art_classifier, monkeypatch):
    """Equal in evaluations: each of ART's iterations tries several step sizes."""
    targets = targets[:12]
    asked = count_evaluations(art_classifier, monkeypatch)
    theirs = art_attacks.CarliniL2Method(
        art_classifier, learning_rate=0.01, binary_search_steps=3, max_iter=20,
        initial_const=1.0, batch_size=64, verbose=False,
    )  # fmt: skip
    made = theirs.generate(pixels_of(targets), np.array([int(t.label) for t in targets]))
    ours = CarliniWagner("1", searches=3, steps=100).craft(detector, targets)
    assert np.mean([one.queries for one in ours]) <= sum(asked) / len(targets)
    near = rounded_within(made, targets, 1.0, "l2")
    art = count_broken(detector, near, targets)
    assert sum(one.broken for one in ours) >= art > 0
    both = [
        (one.norm, distance(image, target.image, "l2"))
        for one, image, target in zip(ours, near, targets, strict=True)
        if one.broken and not is_right(detector, image, target.label)
    ]
    assert np.median([mine / his for mine, his in both]) <= 1


def test_square(detector, targets, art_classifier):
    targets, queries = targets[:16], 150
    theirs = art_attacks.SquareAttack(
        art_classifier, eps=8 / 255, max_iter=queries, nb_restarts=1, batch_size=64, verbose=False
    )
    np.random.seed(0)  # noqa: NPY002, ART draws from it
    art = broken_by_art(theirs, detector, targets)
    assert broken_by_us(Square(str(queries), epsilon="8/255"), detector, targets) >= art > 0


def test_hopskipjump(detector, targets, art_classifier, monkeypatch):
    """Ours is given no more queries per image than ART's took on average."""
    targets = targets[:6]
    asked = count_evaluations(art_classifier, monkeypatch)
    theirs = art_attacks.HopSkipJump(
        art_classifier, norm=np.inf, max_iter=3, max_eval=300, init_eval=30, verbose=False
    )
    np.random.seed(0)  # noqa: NPY002, ART draws from it
    made = theirs.generate(pixels_of(targets), np.array([int(t.label) for t in targets]))
    budget = sum(asked) // len(targets)
    for levels in (8, 16, 48):
        near = rounded_within(made, targets, levels / 255, "linf")
        ours = HopSkipJump(str(budget), epsilon=f"{levels}/255", probes=30)
        assert broken_by_us(ours, detector, targets) >= count_broken(detector, near, targets)


def test_ensemble_is_the_worst_case_of_its_parts(detector, targets):
    targets, level = targets[:16], "2/255"
    whole = Ensemble(level, steps=10, queries=60).craft(detector, targets)
    fallen = {t.sample_id for t, one in zip(targets, whole, strict=True) if one.broken}
    assert 0 < count_broken(detector, [one.image for one in whole], targets) == len(fallen)
    for loss in ("ce", "margin"):
        part = APGD(level, loss=loss, steps=10).craft(detector, targets)
        assert sum(one.broken for one in part) <= len(fallen)
