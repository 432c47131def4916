"""PGD-10 on ResNet-50 at 224 px: images per second against ART's, and overhead over bare passes.

Measured in turns in one process on the same images; medians of the turns' ratios are printed:

* ours: `attacks.pgd.PGD` with 10 steps from a random start, where no image breaks (the
  logit is shifted so that every verdict stands) and all steps are taken;
* breaking: the same where images may break, and leave as soon as they do;
* bare: as many forward and forward-and-backward passes of the network, on ready tensors in
  batches as ours, as our attack makes;
* ART: its `ProjectedGradientDescent` (PyTorch) with the same settings and batches on the
  network as torch makes it, and once more with its parameters frozen as ours are, which ART
  leaves to its user. ART takes all steps whether images break or not.

At least 1.2 times ART's images/s is wanted, and an overhead below 15 %.

    python benchmarks/attacks.py [--images 8] [--turns 3] [--cpu]

Random weights of the published shape are used: speed does not depend on them.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fakevlm_bench.attacks.batching import PIXELS_AT_ONCE
from fakevlm_bench.attacks.pgd import PGD
from fakevlm_bench.detectors.baselines.resnet import CNNSpot
from fakevlm_bench.types import Capabilities, Label, Query, Response, Target

SIDE, STEPS, EPSILON = 224, 10, 8 / 255
BATCH = max(1, PIXELS_AT_ONCE // SIDE**2)
SURE = 50.0
"""Added to a logit whose verdict is to stand, so that every image takes all steps."""


class ResNet:
    """The ResNet-50 baseline's network as a detector."""

    name = "resnet50"
    capabilities = Capabilities(score=True, gradients=True)
    batch_size = 64
    threshold = 0.5

    def __init__(self, *, sure: float = SURE, frozen: bool = True) -> None:
        """Draw random weights."""
        torch.manual_seed(0)
        self.network = CNNSpot().eval().requires_grad_(requires_grad=not frozen)
        self._sure = sure

    def fingerprint(self) -> Mapping[str, Any]:
        """Name the weights."""
        return {"name": self.name, "weights": "random, seed 0"}

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        """Answer nothing: attacks by gradient do not ask."""
        raise NotImplementedError

    def logits(self, pixels: Tensor) -> Tensor:
        """Standardise and look."""
        logits: Tensor = self.network((pixels - 0.45) / 0.225)[0]
        return logits + self._sure


class TwoLogits(nn.Module):
    """The same network in the shape that ART asks for: column 1 is FAKE."""

    def __init__(self, detector: ResNet) -> None:
        """Wrap a detector."""
        super().__init__()
        self.detector = detector

    def forward(self, pixels: Tensor) -> Tensor:
        """Give logits (N, 2)."""
        logit = self.detector.logits(pixels)
        return torch.stack([torch.zeros_like(logit), logit], dim=1)


def make_targets(count: int) -> list[Target]:
    """Draw random images, all of them FAKE and called so."""
    rng = np.random.default_rng(0)
    shape = (SIDE, SIDE, 3)
    return [
        Target(f"s{k}", rng.integers(0, 256, shape, dtype=np.uint8), Label.FAKE, seed=k)
        for k in range(count)
    ]


def art_attack(detector: ResNet, batch: int) -> Any:
    """Make ART's attack with the same settings."""
    from art.attacks.evasion import ProjectedGradientDescent
    from art.estimators.classification import PyTorchClassifier

    classifier = PyTorchClassifier(
        TwoLogits(detector),
        loss=nn.CrossEntropyLoss(),
        input_shape=(3, SIDE, SIDE),
        nb_classes=2,
        clip_values=(0, 1),
        device_type="cpu",
    )
    return ProjectedGradientDescent(
        classifier,
        eps=EPSILON,
        eps_step=EPSILON / 4,
        max_iter=STEPS,
        num_random_init=1,
        batch_size=batch,
        verbose=False,
    )


def bare(detector: ResNet, pixels: Tensor) -> None:
    """Make the passes of one attack: looks at the clean and the last image, and gradients."""
    for part in torch.chunk(pixels, -(-len(pixels) // BATCH)):
        for _ in range(STEPS):
            leaf = part.clone().requires_grad_()
            torch.autograd.grad(detector.logits(leaf).sum(), leaf)
        with torch.no_grad():
            for _ in range(3):
                detector.logits(part)


def timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Seconds that a call takes."""
    start = clock()
    work()
    return clock() - start


def main() -> None:
    """Measure, and print one line for each ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument(
        "--cpu", action="store_true", help="count seconds of CPU: on a machine that others share"
    )
    options = parser.parse_args()
    detector, targets = ResNet(), make_targets(options.images)
    stacked = np.stack([target.image for target in targets]).transpose(0, 3, 1, 2)
    pixels = stacked.astype(np.float32) / 255
    with torch.no_grad():  # barely right, as a verdict has to be that an attack is to turn
        lowest = float(detector.logits(torch.from_numpy(pixels)).min()) - SURE
    breakable = ResNet(sure=1e-3 - lowest)
    labels = np.ones(len(targets), dtype=np.int64)
    attack = PGD("8/255", steps=STEPS)
    loaded, frozen = art_attack(ResNet(frozen=False), BATCH), art_attack(detector, BATCH)
    passes = attack.craft(detector, targets[:1])[0].queries
    if passes != STEPS + 3:
        raise RuntimeError(f"the attack made {passes} passes, not {STEPS + 3}")
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: attack.craft(detector, targets),
        "breaking": lambda: attack.craft(breakable, targets),
        "bare": lambda: bare(detector, torch.from_numpy(pixels)),
        "ART": lambda: loaded.generate(pixels, labels),
        "ART frozen": lambda: frozen.generate(pixels, labels),
    }
    clock = time.process_time if options.cpu else time.perf_counter
    turns = [
        {name: timed(work, clock) for name, work in works.items()} for _ in range(options.turns)
    ]

    def ratio(slow: str, fast: str) -> float:
        return statistics.median(turn[slow] / turn[fast] for turn in turns)

    for name in works:
        rate = options.images / statistics.median(turn[name] for turn in turns)
        print(f"{name:10} {rate:6.2f} images/s")
    print(f"ours / ART {ratio('ART', 'ours'):.2f} (at least 1.2 is wanted)")
    print(f"ours / ART frozen {ratio('ART frozen', 'ours'):.2f}")
    print(f"breaking / ART frozen {ratio('ART frozen', 'breaking'):.2f}")
    print(f"overhead over bare {ratio('ours', 'bare') - 1:+.1%} (below 15 % is wanted)")


if __name__ == "__main__":
    main()
