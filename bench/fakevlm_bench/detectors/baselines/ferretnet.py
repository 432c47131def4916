"""FerretNet-S (Liang et al. 2025): local pixel dependencies and a network of 126,289 weights.

The names of its parameters are those of the published checkpoint.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from fakevlm_bench.detectors.baselines.residuals import median_dependency
from fakevlm_bench.detectors.baselines.resnet import pool


class _Dilated(nn.Module):
    """Two grouped 3×3 convolutions, dilation 1 and 2, added, then 1×1."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, groups=inputs, bias=False)
        self.conv2 = nn.Conv2d(inputs, outputs, 3, stride, 2, dilation=2, groups=inputs, bias=False)
        self.conv3 = nn.Conv2d(outputs, outputs, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", self.conv3(self.conv1(x) + self.conv2(x)))


class _Separable(nn.Module):
    """Depthwise 3×3, then 1×1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depth_wise = nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False)
        self.point_wise = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", self.point_wise(self.depth_wise(x)))


class _Block(nn.Module):
    """Residual block; the shortcut is a 1×1 convolution where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _Dilated(inputs, outputs, stride),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            _Separable(outputs),
            nn.BatchNorm2d(outputs),
        )
        changes = stride != 1 or inputs != outputs
        self.shortcut: nn.Module = (
            nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
            if changes
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.layers(x) + self.shortcut(x))


def _stage(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class FerretNetS(nn.Module):
    """The network; input standardised with CLIP's statistics."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        self.cbr1 = _stage(3, 16, 1)
        self.cbr2 = _stage(16, 32, 2)
        self.feature = nn.Sequential(
            nn.Sequential(_Block(32, 64, 2), _Block(64, 64, 1)),
            nn.Sequential(_Block(64, 128, 2), _Block(128, 128, 1)),
            nn.Conv2d(128, 128, 1, bias=False),
        )
        self.logit = nn.Sequential(nn.Flatten(), nn.Linear(128, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) to logits (N,) and logits per position (N, h, w), h = ⌈H/8⌉."""
        features = self.feature(self.cbr2(self.cbr1(median_dependency(x))))
        return pool(features, self.logit[1])
