"""At an equal budget, each attack breaks at least as many images as ART's does.

ART's images are rounded to 8 bits within the allowed distance before they are counted,
as ours are.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_network import SIZE, count_broken
from torch import nn

from bench.attacks.apgd import APGD
from bench.attacks.budget import read_epsilon, to_levels
from bench.attacks.geometry import Ball, stack, unstack
from bench.attacks.pgd import PGD

art_attacks = pytest.importorskip("art.attacks.evasion")


class TwoLogits(nn.Module):
    """The same network in the shape ART asks for: column 1 is FAKE."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pixels):
        logit = self.network(pixels)
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


def broken_by_art(attack, detector, targets, norm="linf"):
    pixels = np.stack([t.image for t in targets]).transpose(0, 3, 1, 2).astype(np.float32) / 255
    labels = np.array([int(t.label) for t in targets])
    made = attack.generate(pixels, labels)
    origin = stack([t.image for t in targets])
    ball = Ball(origin, to_levels(attack.eps, norm), norm)
    images = unstack(ball.quantise(torch.from_numpy(made) * 255 - origin))
    return count_broken(detector, images, targets)


def broken_by_us(attack, detector, targets):
    return count_broken(detector, [a.image for a in attack.craft(detector, targets)], targets)


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_fgsm(detector, targets, art_classifier, levels):
    theirs = art_attacks.FastGradientMethod(art_classifier, eps=levels / 255, batch_size=64)
    ours = PGD(f"{levels}/255", steps=1, step=1.0, random_start=False)
    assert broken_by_us(ours, detector, targets) >= broken_by_art(theirs, detector, targets)


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
