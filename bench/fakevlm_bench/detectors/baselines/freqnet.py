"""FreqNet (Tan et al. 2024, AAAI): convolutions on spectra, after high-pass filters.

Three modules of the paper: the high-frequency representation of image and features (HFRI,
HFRF, over space and over channels), and the frequency convolutional layer (FCL), which
convolves real and imaginary part of a spectrum. Parameters carry the
names of the published checkpoint.
"""

from __future__ import annotations

import torch
from torch import Tensor, fft, nn
from torch.nn import functional

from fakevlm_bench.detectors.baselines.resnet import layer, pool

SPACE = (-2, -1)


def _pass_high(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """Remove the middle half of the centred spectrum along `dims`, and rectify."""
    spectrum = fft.fftshift(fft.fftn(x, dim=dims, norm="ortho"), dim=dims)
    low = torch.ones((), dtype=x.dtype, device=x.device)
    for dim in dims:
        size = x.shape[dim]
        inside = torch.zeros(size, dtype=x.dtype, device=x.device)
        inside[size // 2 - size // 4 : size // 2 + size // 4] = 1
        shape = [1] * x.ndim
        shape[dim] = size
        low = low * inside.view(shape)
    high = fft.ifftshift(spectrum * (1 - low), dim=dims)
    return functional.relu(fft.ifftn(high, dim=dims, norm="ortho").real)


class FreqNet(nn.Module):
    """The network; input standardised with ImageNet's statistics."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        for number, (inputs, outputs) in enumerate([(3, 64), (64, 64), (256, 256), (256, 256)], 1):
            scale = (2 / outputs) ** 0.5
            weight = torch.randn(outputs, inputs, 1, 1) * scale
            self.register_parameter(f"weight{number}", nn.Parameter(weight))
            self.register_parameter(f"bias{number}", nn.Parameter(torch.zeros(outputs)))
            setattr(self, f"realconv{number}", nn.Conv2d(outputs, outputs, 1, bias=False))
            setattr(self, f"imagconv{number}", nn.Conv2d(outputs, outputs, 1, bias=False))
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = layer(64, 64, 3, 1)
        self.layer2 = layer(256, 128, 4, 2)
        self.fc1 = nn.Linear(512, 1)

    def _mix(self, x: Tensor, number: int, stride: int = 1) -> Tensor:
        """Apply the 1×1 convolution `number` and rectify."""
        weight, bias = getattr(self, f"weight{number}"), getattr(self, f"bias{number}")
        return functional.relu(functional.conv2d(x, weight, bias, stride))

    def _convolve_spectrum(self, x: Tensor, number: int) -> Tensor:
        """Convolve real and imaginary part of the spectrum (FCL), go back, and rectify.

        A 1×1 convolution acts on each frequency alone, so the spectrum needs no centring.
        """
        spectrum = fft.fft2(x, norm="ortho")
        real = getattr(self, f"realconv{number}")(spectrum.real)
        imaginary = getattr(self, f"imagconv{number}")(spectrum.imag)
        return functional.relu(fft.ifft2(torch.complex(real, imaginary), norm="ortho").real)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) to logits (N,) and logits per position (N, h, w)."""
        x = self._mix(_pass_high(x, SPACE), 1)
        x = self._convolve_spectrum(_pass_high(x, (1,)), 1)
        x = self._mix(_pass_high(x, SPACE), 2, stride=2)
        x = self._convolve_spectrum(_pass_high(x, (1,)), 2)
        x = self.layer1(self.maxpool(x))
        x = self._convolve_spectrum(self._mix(_pass_high(x, SPACE), 3), 3)
        x = self._convolve_spectrum(self._mix(_pass_high(x, SPACE), 4, stride=2), 4)
        x = self.layer2(x)
        return pool(x, self.fc1)
