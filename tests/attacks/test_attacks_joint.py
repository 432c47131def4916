"""Joint attacks: what falls is what was aimed at, and the rest stands."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from fakevlm_bench.attacks.compatibility import incompatibility
from fakevlm_bench.attacks.joint import Joint
from fakevlm_bench.protocols import ExplainingGradientDetector
from fakevlm_bench.types import Label
from support.small_explainer import WORDS, Explainer, regional_targets, train_explainer
from support.small_network import NetworkDetector, logit_of

REAL, FAKE = WORDS[Label.REAL], WORDS[Label.FAKE]


@pytest.fixture(scope="module")
def explainer():
    return Explainer(train_explainer(np.random.default_rng(5)))


@pytest.fixture(scope="module")
def cases(explainer):
    made = regional_targets(np.random.default_rng(6), 24)
    return [t for t in made if (logit_of(explainer, t.image) > 0) == bool(t.label)]


def pixels_of(image):
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float() / 255


def words_loss(explainer, image, text):
    return float(explainer.explanation_loss(pixels_of(image), [text]))


def heat_iou(explainer, image, mask):
    hot = explainer.patch_logits(pixels_of(image))[0].numpy() > 0
    truth = mask[2::4, 2::4]
    return (hot & truth).sum() / max(1, (hot | truth).sum())


def test_the_test_detector_is_what_the_attack_asks_for(explainer):
    assert isinstance(explainer, ExplainingGradientDetector)


def test_verdict_falls_with_plausible_words(explainer, cases):
    attack = Joint("12/255", aim="explanation", real=REAL, fake=FAKE, steps=40)
    done = attack.craft(explainer, cases)
    assert sum(one.broken for one in done) >= 0.8 * len(cases)
    assert {t.label for t, one in zip(cases, done, strict=True) if one.broken} == set(Label)
    for target, one in zip(cases, done, strict=True):
        assert one.norm <= 12 / 255 + 1e-9
        if one.broken:
            false, true = (REAL, FAKE) if target.label is Label.FAKE else (FAKE, REAL)
            assert (logit_of(explainer, one.image) > 0) != bool(target.label)
            honest = words_loss(explainer, target.image, true)
            assert words_loss(explainer, one.image, false) <= honest + 1e-5


def test_a_plain_attack_leaves_words_that_contradict(explainer, cases):
    """What the joint attack adds: PGD on the verdict stops as soon as the verdict has fallen."""
    from fakevlm_bench.attacks.pgd import PGD

    def consistent(done):
        fallen = [(t, one) for t, one in zip(cases, done, strict=True) if one.broken]
        false = [REAL if t.label is Label.FAKE else FAKE for t, _ in fallen]
        true = [FAKE if t.label is Label.FAKE else REAL for t, _ in fallen]
        return np.mean(
            [
                words_loss(explainer, one.image, a) < words_loss(explainer, one.image, b)
                for (_, one), a, b in zip(fallen, false, true, strict=True)
            ]
        )

    joint = Joint("12/255", aim="explanation", real=REAL, fake=FAKE, steps=40)
    plain = PGD("12/255", steps=40, random_start=False)
    assert consistent(joint.craft(explainer, cases)) > consistent(plain.craft(explainer, cases))


def test_heat_map_falls_while_the_verdict_stays(explainer, cases):
    done = Joint("16/255", aim="heat_map", steps=60).craft(explainer, cases)
    fakes = [(t, one) for t, one in zip(cases, done, strict=True) if t.label is Label.FAKE]
    before = np.mean([heat_iou(explainer, t.image, t.mask) for t, _ in fakes])
    after = np.mean([heat_iou(explainer, one.image, t.mask) for t, one in fakes])
    assert before > 0.6
    assert after < before / 2
    for target, one in zip(cases, done, strict=True):
        assert (logit_of(explainer, one.image) > 0) == bool(target.label)
        assert one.norm <= 16 / 255 + 1e-9


def test_a_fake_without_its_region_fails_alone(explainer, cases):
    bare = [dataclasses.replace(t, mask=None) if i == 1 else t for i, t in enumerate(cases[:4])]
    assert bare[1].label is Label.FAKE
    done = Joint("4/255", aim="heat_map", steps=2).craft(explainer, bare)
    assert [one.error is None for one in done] == [True, False, True, True]
    assert bare[1].sample_id in done[1].error
    assert "true region" in done[1].error


def test_order_and_batches_do_not_matter(explainer, cases):
    attack = Joint("8/255", aim="explanation", real=REAL, fake=FAKE, steps=6)
    whole = attack.craft(explainer, cases[:6])
    alone = [attack.craft(explainer, [one])[0] for one in reversed(cases[:6])][::-1]
    for a, b in zip(whole, alone, strict=True):
        np.testing.assert_array_equal(a.image, b.image)


@pytest.mark.parametrize("aim", ["explanation", "heat_map"])
def test_a_detector_that_does_not_explain_is_refused(network, aim):
    reason = incompatibility(Joint("8/255", aim=aim), NetworkDetector(network))
    assert reason is not None
    assert "pgd_linf" in reason


def test_a_broken_gradient_fails_its_image_only(explainer, cases):
    class Poisoned(Explainer):
        def patch_logits(self, pixels):
            bad = (pixels - pixels_of(cases[0].image)).abs().amax((1, 2, 3)) < 20 / 255
            return super().patch_logits(pixels) / (~bad).float()[:, None, None]

    done = Joint("4/255", aim="heat_map", steps=2).craft(Poisoned(explainer.network), cases[:3])
    assert "finite" in done[0].error
    assert (done[0].image == cases[0].image).all()
    assert [one.error for one in done[1:]] == [None, None]
