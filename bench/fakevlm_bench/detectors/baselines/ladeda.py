"""Tiny-LaDeDa (Cavia et al. 2024): four convolutions on NPR residuals, 1,297 weights.

The names of its parameters are those of the published checkpoint.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from fakevlm_bench.detectors.baselines.residuals import neighbouring_pixels


class _Block(nn.Module):
    """1×1, BN, ReLU, 3×3 of stride 2 without padding, BN, ReLU; no shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(8, 8, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, 2, bias=False)
        self.bn2 = nn.BatchNorm2d(8)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(x)))


class TinyLaDeDa(nn.Module):
    """The network; input standardised with ImageNet's statistics."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 1, bias=False)
        self.conv2 = nn.Conv2d(8, 8, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(_Block())
        self.fc = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) to logits (N,) and logits per patch (N, h, w), h ≈ H/2.

        Patch logits run to hundreds and cancel in the mean, so single precision loses digits in
        it. The published code adds them up in `avg_pool2d`, one after the other, and loses 0.003
        in the logit; to reproduce its figures, so does this.
        """
        x = self.conv2(self.conv1(neighbouring_pixels(x)))
        x = self.layer1(functional.relu(self.bn1(x)))
        pooled = functional.avg_pool2d(x, x.shape[-2:])
        return self.fc(pooled.flatten(1))[:, 0], self.fc(x.permute(0, 2, 3, 1))[..., 0]
