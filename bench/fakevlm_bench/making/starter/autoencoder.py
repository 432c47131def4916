"""The set's own generator: a small autoencoder with a quantised latent.

What its decoder leaves behind is what the decoders of latent generators leave: a fine
grid of the transposed convolutions, smoothed texture, colours that run. It was
trained on the training photographs alone (`train_autoencoder`).

Quantisation after Mentzer, Minnen, Agustsson and Tschannen, "Finite Scalar
Quantization: VQ-VAE Made Simple", 2023: each latent channel is bounded and rounded.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_model
from torch import Tensor, nn

from fakevlm_bench.types import Image

WEIGHTS = Path(__file__).parent / "autoencoder.safetensors"
FACTOR = 4
"""Input pixels per latent position, along each axis."""
LEVELS = 7
"""Values that a latent channel can take."""


class _Residual(nn.Module):
    """Two 3×3 convolutions with a skip connection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Map (B, C, h, w) to the same shape."""
        mapped: Tensor = features + self.body(features)
        return mapped


class Autoencoder(nn.Module):
    """Encoder, rounding and decoder; images in [-1, 1], sides divisible by `FACTOR`.

    Args:
        width: Channels at the latent's resolution; half as many at twice the resolution.
        depth: Channels of the latent.
    """

    def __init__(self, width: int = 64, depth: int = 8) -> None:
        """Build the layers, with random weights."""
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, width // 2, 4, 2, 1),
            nn.SiLU(),
            nn.Conv2d(width // 2, width, 4, 2, 1),
            _Residual(width),
            nn.Conv2d(width, depth, 1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(depth, width, 3, padding=1),
            _Residual(width),
            _Residual(width),
            nn.ConvTranspose2d(width, width // 2, 4, 2, 1),
            nn.SiLU(),
            nn.ConvTranspose2d(width // 2, width // 4, 4, 2, 1),
            nn.SiLU(),
            nn.Conv2d(width // 4, 3, 3, padding=1),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Reconstruct (B, 3, H, W) images."""
        bounded = torch.tanh(self.encoder(images)) * (LEVELS // 2)
        # Rounding has no gradient; the bounded latent's is used instead.
        quantised = bounded + (bounded.round() - bounded).detach()
        output: Tensor = self.decoder(quantised)
        return output


def to_tensor(image: Image) -> Tensor:
    """Map ``uint8`` (H, W, 3) to (3, H, W) in [-1, 1]."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 127.5 - 1


class Reconstructor:
    """The trained autoencoder as a function of images."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        """Load the weights."""
        self._model = Autoencoder().eval()
        load_model(self._model, str(weights))

    @torch.inference_mode()
    def __call__(self, image: Image) -> Image:
        """Encode and decode one image of any size, ``uint8`` (H, W, 3)."""
        height, width = image.shape[:2]
        pad = ((0, -height % FACTOR), (0, -width % FACTOR), (0, 0))
        padded = np.pad(image, pad, mode="edge")
        output = self._model(to_tensor(padded)[None])
        pixels = ((output[0] + 1) * 127.5).round().clamp(0, 255)
        return np.asarray(pixels.byte().permute(1, 2, 0))[:height, :width]
