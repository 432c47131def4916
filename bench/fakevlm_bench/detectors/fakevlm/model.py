"""FakeVLM-Mini: a LLaVA of three million parameters, and its artifact head.

The architecture is the published one's (Liu et al., "Improved Baselines with Visual
Instruction Tuning", 2024; Radford et al., 2021) at another size: a CLIP vision
transformer whose features are taken at several depths, a projector of two layers, and a
Llama decoder. The artifact head reads the same features, patch by patch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import CLIPVisionModel

from fakevlm_bench.detectors.fakevlm import SIDE

PATCH = 16
"""Pixels of a patch's side."""
GRID = SIDE // PATCH
WIDTH = 256
FEATURE_LAYERS = (2, 4, 5)
"""Depths that the features are taken at; 0 would be the embeddings."""
MEAN = STD = (0.5, 0.5, 0.5)
"""What pixels in [0, 1] are shifted and scaled by."""


class ArtifactHead(nn.Module):
    """Says for each patch how surely it is synthetic, from the features of all depths."""

    def __init__(self, width: int = WIDTH * len(FEATURE_LAYERS), hidden: int = 128) -> None:
        """Build the layers."""
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.hidden = nn.Linear(width, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Map (B, N, width) features to (B, N) log-odds."""
        hidden = nn.functional.gelu(self.hidden(self.norm(features)))
        logits: Tensor = self.output(hidden)[..., 0]
        return logits


def features(
    tower: CLIPVisionModel, pixels: Tensor, corner: tuple[int, int] = (0, 0)
) -> list[Tensor]:
    """Run the vision tower on windows of its own input.

    Args:
        tower: The vision transformer.
        pixels: (B, 3, s, s), normalised; s a multiple of `PATCH`, at most `SIDE`.
        corner: Row and column of the window in the grid of positions.

    Returns:
        The hidden states (B, 1 + N, `WIDTH`) from the embeddings to the last layer.
    """
    embeddings = tower.embeddings
    patches = embeddings.patch_embedding(pixels)
    rows, columns = patches.shape[-2:]
    table = embeddings.position_embedding.weight
    grid = table[1:].view(GRID, GRID, -1)
    window = grid[corner[0] : corner[0] + rows, corner[1] : corner[1] + columns]
    tokens = patches.flatten(2).transpose(1, 2) + window.reshape(1, rows * columns, -1)
    first = (embeddings.class_embedding + table[0]).expand(len(pixels), 1, -1)
    state = tower.pre_layrnorm(torch.cat([first, tokens], dim=1))
    states = [state]
    for layer in tower.encoder.layers:
        state = layer(state, None)
        states.append(state)
    return states


def join_layers(states: list[Tensor], layers: Sequence[int] = FEATURE_LAYERS) -> Tensor:
    """Join the hidden states of some depths.

    Args:
        states: From `features`, (B, 1 + N, `WIDTH`) each.
        layers: Depths; 0 is the embeddings.

    Returns:
        (B, 1 + N, `WIDTH` · number of layers).
    """
    return torch.cat([states[i] for i in layers], dim=-1)


def joined_features(model: Any, pixels: Tensor) -> Tensor:
    """Run a whole model's tower.

    Args:
        model: The LLaVA.
        pixels: (B, 3, s, s), normalised.

    Returns:
        The joined hidden states, (B, 1 + N, width).
    """
    states = features(model.model.vision_tower, pixels)
    return join_layers(states, model.config.vision_feature_layer)


def parameters(module: nn.Module) -> int:
    """Count the parameters."""
    return sum(parameter.numel() for parameter in module.parameters())
