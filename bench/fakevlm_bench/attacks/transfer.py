"""Transfer: images made with surrogates, for a detector that is never asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fakevlm_bench.attack_flags import VICTIM_KNOWN, ZERO_GRADIENT
from fakevlm_bench.attacks.batching import craft_in_batches
from fakevlm_bench.attacks.card import card
from fakevlm_bench.attacks.geometry import Ball, distance, per_image, stack, unstack
from fakevlm_bench.attacks.levels import read_epsilon, to_levels
from fakevlm_bench.attacks.storage import AdversarialSet, Crafted
from fakevlm_bench.attacks.surrogates import is_among, load_surrogates
from fakevlm_bench.files import cache_folder
from fakevlm_bench.protocols import Detector, GradientDetector
from fakevlm_bench.types import Attacked, Capabilities, Fingerprint, Label, Target


class Transfer:
    """MI-FGSM with input diversity on several surrogates, in L∞.

    Momentum after Dong et al. (CVPR 2018, arXiv 1710.06081, algorithm 1), diversity after
    Xie et al. (CVPR 2019, arXiv 1803.06978, section 3.3). Each surrogate's gradient is
    scaled to mean magnitude 1 before they are added, so that none dominates the others. Images
    are crafted once and stored as a data set.
    """

    kind = "transfer"
    norm = "linf"
    requires = Capabilities()

    def __init__(
        self,
        level: str,
        *,
        surrogates: Sequence[str | GradientDetector] | None = None,
        steps: int = 10,
        momentum: float = 1.0,
        diversity: float = 0.5,
        smallest: float = 0.9,
        store: str | None = "auto",
        name: str = "transfer_linf",
    ) -> None:
        """Set up the attack.

        Args:
            level: Largest L∞ distance, such as ``32/255``.
            surrogates: Names of detectors that give gradients; null takes every one whose
                weights are on this machine.
            steps: Of `level` / steps each.
            momentum: Weight of the previous direction, >= 0.
            diversity: Probability with which an image is shrunk and padded in a step.
            smallest: Least size it is shrunk to, as a share of its own.
            store: Folder that images are stored in and read from; ``auto`` is one per
                setting in the user's cache, null keeps none.
            name: As in ``conf/condition/<name>.yaml``.

        Raises:
            ConfigError: The level is no distance that 8-bit images can carry.
        """
        self.name, self.epsilon = name, read_epsilon(level, "linf", name)
        self.steps, self.momentum = steps, momentum
        self.diversity, self.smallest = diversity, smallest
        self._selection, self._folder = surrogates, store

    @cached_property
    def surrogates(self) -> list[GradientDetector]:
        """The surrogates, instantiated when they are first needed.

        Raises:
            ConfigError: There is none, or one gives no gradients.
            WeightsError: The weights of one are not here.
        """
        return load_surrogates(self._selection, self.name)

    def fingerprint(self) -> Fingerprint:
        """Everything that can change the images, the surrogates' fingerprints included."""
        return {
            "kind": self.kind,
            "norm": self.norm,
            "name": self.name,
            "epsilon": self.epsilon,
            "steps": self.steps,
            "momentum": self.momentum,
            "diversity": self.diversity,
            "smallest": self.smallest,
            "version": 1,
            "surrogates": [dict(one.fingerprint()) for one in self.surrogates],
        }

    @cached_property
    def store(self) -> AdversarialSet | None:
        """Where images are stored; None where they are not."""
        if self._folder is None:
            return None
        if self._folder != "auto":
            return AdversarialSet(self._folder)
        text = json.dumps(self.fingerprint(), sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return AdversarialSet(cache_folder() / "adversarial" / f"{self.name}-{digest}")

    def craft(self, detector: Detector, targets: Sequence[Target]) -> list[Attacked]:
        """Return each target's image, crafting those that are not in the store.

        Args:
            detector: Never queried; where it is one of the surrogates, images are flagged.
            targets: Any number, of any sizes.

        Returns:
            One per target, in order.
        """
        results = {index: self._stored(target) for index, target in enumerate(targets)}
        missing = [index for index, attacked in results.items() if attacked is None]
        size = min(one.batch_size for one in self.surrogates)
        fresh = craft_in_batches([targets[index] for index in missing], size, self._run)
        results.update(zip(missing, fresh, strict=True))
        self._store([Crafted(targets[i], a) for i, a in zip(missing, fresh, strict=True)])
        flags = (VICTIM_KNOWN,) if is_among(detector, self.surrogates) else ()
        crafted = [attacked for attacked in results.values() if attacked is not None]
        return [replace(one, flags=(*one.flags, *flags)) for one in crafted]

    def _stored(self, target: Target) -> Attacked | None:
        return None if self.store is None else self.store.find(target, target.seed)

    def _store(self, crafted: Sequence[Crafted]) -> None:
        sound = [one for one in crafted if one.attacked.error is None]
        if self.store is not None and sound:
            self.store.add(sound, self.fingerprint(), card(self.fingerprint()))

    def _run(self, targets: Sequence[Target]) -> list[Attacked]:
        origin = stack([target.image for target in targets])
        levels = to_levels(self.epsilon, "linf")
        ball = Ball(origin, levels, "linf")
        rngs = [np.random.default_rng(target.seed) for target in targets]
        side = torch.tensor([1.0 if target.label is Label.FAKE else -1.0 for target in targets])
        change, direction = torch.zeros_like(origin), torch.zeros_like(origin)
        flat = torch.ones(len(targets), dtype=torch.bool)
        for _ in range(self.steps):
            slope = torch.zeros_like(origin)
            for surrogate in self.surrogates:
                slope += self._slope(surrogate, ball, change, side, rngs)
            flat &= (slope == 0).flatten(1).all(1)
            direction = self.momentum * direction + _scaled(slope)
            change = ball.project(change + levels / self.steps * direction.sign())
        images = unstack(ball.quantise(change))
        return [
            Attacked(
                image=image,
                norm=distance(image, target.image, "linf"),
                queries=0,
                flags=(ZERO_GRADIENT,) if lost else (),
            )
            for image, target, lost in zip(images, targets, flat.tolist(), strict=True)
        ]

    def _slope(
        self,
        surrogate: GradientDetector,
        ball: Ball,
        change: Tensor,
        side: Tensor,
        rngs: list[np.random.Generator],
    ) -> Tensor:
        """Compute one surrogate's scaled gradient towards the wrong verdict.

        Raises:
            ValueError: The surrogate cannot answer, or its gradient is not finite.
        """
        pixels = (ball.quantise(change) / 255).requires_grad_()
        varied = [self._vary(one[None], rng) for one, rng in zip(pixels, rngs, strict=True)]
        try:
            logits = surrogate.logits(torch.cat(varied))
            loss = -(side.to(logits.device) * logits).sum()
            (gradient,) = torch.autograd.grad(loss, pixels)
        except Exception as error:  # anybody's code
            raise ValueError(f"surrogate '{surrogate.name}': {error}") from error
        if not bool(gradient.isfinite().all()):
            raise ValueError(f"surrogate '{surrogate.name}': the gradient is not a finite number")
        return _scaled(gradient)

    def _vary(self, pixels: Tensor, rng: np.random.Generator) -> Tensor:
        """Shrink an image (1, 3, H, W) at random and pad it back with black, or leave it."""
        draw, share, down, right = rng.uniform(size=4)
        if draw >= self.diversity:
            return pixels
        height, width = pixels.shape[-2:]
        share = self.smallest + (1 - self.smallest) * share
        h, w = max(1, round(share * height)), max(1, round(share * width))
        top, left = int(down * (height - h + 1)), int(right * (width - w + 1))
        small = functional.interpolate(pixels, size=(h, w), mode="nearest")
        return functional.pad(small, (left, width - w - left, top, height - h - top))


def _scaled(gradient: Tensor) -> Tensor:
    """Scale each image's gradient to mean magnitude 1; a gradient of zeros stays."""
    size = gradient.flatten(1).abs().mean(1).clamp(min=1e-30)
    return gradient / per_image(size)
