"""ResNet-50 (He et al. 2016) and the three detectors that vary it: CNNSpot, DIMD, NPR.

Parameters carry the names that torchvision made customary, and with them the
published checkpoints.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from fakevlm_bench.detectors.baselines.residuals import neighbouring_pixels


class Bottleneck(nn.Module):
    """1×1, 3×3 (with the stride) and 1×1 to four times the width, plus the shortcut."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        """Build a block from `inputs` to 4 · `width` channels."""
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, outputs, ⌈H/stride⌉, ⌈W/stride⌉)."""
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)))
        return functional.relu(self.bn3(self.conv3(y)) + self.downsample(x))


def pool(features: Tensor, linear: nn.Module) -> tuple[Tensor, Tensor]:
    """Apply a linear layer of one output to the global average, and to every position.

    Args:
        features: (N, C, h, w).
        linear: From C to 1.

    Returns:
        Logits (N,), and logits per position (N, h, w) whose mean they are: the class activation
        map (Zhou et al. 2016).
    """
    positions = linear(features.permute(0, 2, 3, 1))[..., 0]
    return linear(features.mean(dim=(2, 3)))[:, 0], positions


def layer(inputs: int, width: int, blocks: int, stride: int) -> nn.Sequential:
    """Chain bottleneck blocks, the first with the stride.

    Args:
        inputs: Channels.
        width: A quarter of the channels that come out.
        blocks: Number.
        stride: Of the first block.
    """
    rest = [Bottleneck(4 * width, width, 1) for _ in range(blocks - 1)]
    return nn.Sequential(Bottleneck(inputs, width, stride), *rest)


class CNNSpot(nn.Module):
    """ResNet-50 with one logit (Wang et al. 2020)."""

    def __init__(self, stem_stride: int = 2) -> None:
        """Build it with random weights.

        Args:
            stem_stride: Of the first convolution and of the pooling after it.
        """
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stem_stride, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stem_stride, 1)
        self.layer1 = layer(64, 64, 3, 1)
        self.layer2 = layer(256, 128, 4, 2)
        self.layer3 = layer(512, 256, 6, 2)
        self.layer4 = layer(1024, 512, 3, 2)
        self.fc = nn.Linear(2048, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) to logits (N,) and logits per position (N, h, w)."""
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return pool(x, self.fc)


class DIMD(CNNSpot):
    """ResNet-50 whose stem does not downsample (Gragnaniello 2021, Corvi et al. 2023)."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__(stem_stride=1)


class NPR(nn.Module):
    """ResNet-50 cut after its second layer, on neighbouring-pixel residuals (Tan et al. 2024)."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = layer(64, 64, 3, 1)
        self.layer2 = layer(256, 128, 4, 2)
        self.fc1 = nn.Linear(512, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) to logits (N,) and logits per position (N, h, w)."""
        x = self.conv1(neighbouring_pixels(x) * (2 / 3))
        x = self.maxpool(functional.relu(self.bn1(x)))
        x = self.layer2(self.layer1(x))
        return pool(x, self.fc1)
