"""A small network that learns to see a faint grid, and the images to attack it with."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Capabilities, Label, Query, Response, Target

SIZE = 32


def draw_image(rng, label, size=SIZE):
    """Smooth noise, with a faint grid of period four where it is FAKE."""
    coarse = rng.uniform(60, 200, (size // 8, size // 8, 3))
    image = coarse.repeat(8, 0).repeat(8, 1) + rng.normal(0, 8, (size, size, 3))
    if label is Label.FAKE:
        wave = np.cos(np.arange(size) * math.pi / 2)
        image += rng.uniform(4, 14) * np.outer(wave, wave)[..., None]
    return np.clip(image, 0, 255).astype(np.uint8)


def make_targets(count, seed=0, size=SIZE):
    rng = np.random.default_rng(seed)
    labels = [Label(index % 2) for index in range(count)]
    return [
        Target(f"s{index}", draw_image(rng, label, size), label, seed=1000 + index)
        for index, label in enumerate(labels)
    ]


class Network(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, 5, stride=2, padding=2),
            nn.LeakyReLU(0.1),
            nn.Conv2d(width, width, 3, padding=1),
            nn.LeakyReLU(0.1),
        )
        self.head = nn.Linear(width, 1)

    def forward(self, pixels):
        return self.head(self.body((pixels - 0.5) * 4).mean((2, 3)) * 4)[:, 0]


class NetworkDetector:
    """The network as a detector, through its gradient and through files."""

    name = "small"
    capabilities = Capabilities(score=True, gradients=True)
    batch_size = 16
    threshold = 0.5

    def __init__(self, network):
        self.network = network
        self.calls = 0

    def fingerprint(self):
        return {"name": self.name}

    def logits(self, pixels):
        return self.network(pixels)

    def predict(self, queries: Sequence[Query]) -> list[Response]:
        self.calls += len(queries)
        images = np.stack([decode_image(query.image) for query in queries])
        pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
        with torch.no_grad():
            return [Response(logit=float(value)) for value in self.logits(pixels)]


def train_network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = Network()
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
        targets = make_targets(256, seed=99)
        pixels = torch.stack(
            [torch.from_numpy(t.image).permute(2, 0, 1).float() / 255 for t in targets]
        )
        labels = torch.tensor([float(t.label) for t in targets])
        for _ in range(10):
            for rows in torch.randperm(len(targets)).split(32):
                loss = nn.functional.binary_cross_entropy_with_logits(
                    net(pixels[rows]), labels[rows]
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return net.eval().requires_grad_(False)


def logit_of(detector, image):
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        return float(detector.logits(pixels)[0])


def is_right(detector, image, label):
    return (logit_of(detector, image) > 0) == (label is Label.FAKE)


def count_broken(detector, images, targets):
    return sum(
        not is_right(detector, image, target.label)
        for image, target in zip(images, targets, strict=True)
    )
