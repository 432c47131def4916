"""FakeVLM-Mini: a LLaVA of three million parameters, and its artifact head.

The architecture is the published one's (Liu et al., "Improved Baselines with Visual
Instruction Tuning", 2024; Radford et al., 2021) at another size: a CLIP vision
transformer whose features are taken at several depths, a projector of two layers, and a
Llama decoder. The artifact head reads the same features, patch by patch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AttentionInterface,
    AttentionMaskInterface,
    CLIPVisionConfig,
    CLIPVisionModel,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
)
from transformers.masking_utils import eager_mask

from fakevlm_bench.detectors.fakevlm import SIDE

PATCH = 16
"""Pixels of a patch's side."""
GRID = SIDE // PATCH
WIDTH, DEPTH, HEADS = 256, 5, 4
FEATURE_LAYERS = (2, 4, 5)
"""Depths that the features are taken at; 0 would be the embeddings."""
TEXT_WIDTH, TEXT_DEPTH, TEXT_HEADS = 192, 3, 3
MEAN = STD = (0.5, 0.5, 0.5)
"""What pixels in [0, 1] are shifted and scaled by."""
RINGS = 12
ATTENTION = "half"
"""What the training attends with: `_attend`."""


def vision_config() -> CLIPVisionConfig:
    """Give the vision tower's configuration."""
    return CLIPVisionConfig(
        hidden_size=WIDTH,
        intermediate_size=3 * WIDTH,
        num_hidden_layers=DEPTH,
        num_attention_heads=HEADS,
        hidden_act="gelu",
        image_size=SIDE,
        patch_size=PATCH,
    )


def llava_config(vocabulary: int, image_token: int, end_token: int, pad_token: int) -> LlavaConfig:
    """Give the whole model's configuration for a tokenizer."""
    text = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=TEXT_WIDTH,
        intermediate_size=512,
        num_hidden_layers=TEXT_DEPTH,
        num_attention_heads=TEXT_HEADS,
        num_key_value_heads=TEXT_HEADS,
        max_position_embeddings=1024,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=end_token,
        pad_token_id=pad_token,
    )
    config = LlavaConfig(
        vision_config=vision_config(),
        text_config=text,
        image_token_index=image_token,
        vision_feature_layer=list(FEATURE_LAYERS),
        vision_feature_select_strategy="full",
        image_seq_length=GRID * GRID + 1,
        tie_word_embeddings=False,
    )
    config.eos_token_id, config.pad_token_id = end_token, pad_token
    return config


def _attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    *,
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attend in the precision of the values; transformers' own change it twice on the way.

    On a CPU and at these lengths that is faster than those and than the fused kernels.
    """
    with torch.autocast("cpu", enabled=False):
        query, key = query.to(value.dtype), key.to(value.dtype)
        scores = (query * scaling) @ key.transpose(2, 3)
        if mask is not None:
            scores = scores + mask.to(value.dtype)
        attended = scores.softmax(-1) @ value
    return attended.transpose(1, 2).contiguous(), None


AttentionInterface.register(ATTENTION, _attend)
AttentionMaskInterface.register(ATTENTION, eager_mask)


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


def chosen(states: list[Tensor], layers: Sequence[int] = FEATURE_LAYERS) -> Tensor:
    """Join the hidden states of some depths: (B, 1 + N, width)."""
    return torch.cat([states[i] for i in layers], dim=-1)


def joined_features(model: Any, pixels: Tensor) -> Tensor:
    """Give what a whole model's tower sees in normalised pixels, (B, 1 + N, width)."""
    states = features(model.model.vision_tower, pixels)
    return chosen(states, model.config.vision_feature_layer)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the vision part says of a batch: (B,) image and (B, N) patch log-odds."""

    image: Tensor
    patches: Tensor


class VisionTrainee(nn.Module):
    """The vision tower with everything that only its training needs."""

    def __init__(self, phrases: int) -> None:
        """Build tower and heads.

        Args:
            phrases: Number of different words in the region phrases.
        """
        super().__init__()
        self.tower = CLIPVisionModel._from_config(vision_config(), attn_implementation=ATTENTION)
        self.artifact = ArtifactHead()
        self.image = nn.Linear(WIDTH * len(FEATURE_LAYERS), 1)
        self.pool = nn.Parameter(torch.tensor([0.5, 0.0]))
        self.bands = nn.Linear(WIDTH, RINGS + 2)
        self.words = nn.EmbeddingBag(phrases, 64, mode="mean")
        self.region = nn.Linear(WIDTH * len(FEATURE_LAYERS), 64)

    def evidence(self, joined: Tensor) -> Evidence:
        """Judge patches, and the image by its own token and its most suspicious patches."""
        patches = self.artifact(joined[:, 1:]).float()
        strongest = patches.topk(max(1, patches.shape[1] // 12), dim=1).values.mean(1)
        own = self.image(nn.functional.layer_norm(joined[:, 0], joined.shape[-1:]))[:, 0]
        return Evidence(own.float() + self.pool[0] * strongest + self.pool[1], patches)

    @torch.no_grad()
    def initialise(self, pixels: Tensor) -> None:
        """Let the patch embedding start as a whitened DCT: high frequencies count at once.

        Args:
            pixels: (B, 3, s, s), a normalised batch to whiten by.
        """
        kernels = _dct_kernels()
        responses = nn.functional.conv2d(pixels, kernels, stride=PATCH)
        spread = responses.std(dim=(0, 2, 3)).clamp_min(1e-3)
        self.tower.embeddings.patch_embedding.weight.copy_(kernels / spread[:, None, None, None])


def dct_matrix(size: int = PATCH) -> Tensor:
    """Give the orthonormal type-II DCT matrix (size, size)."""
    k = torch.arange(size, dtype=torch.float32)
    matrix = torch.cos(math.pi / size * (k + 0.5)[None, :] * k[:, None]) * math.sqrt(2 / size)
    matrix[0] /= math.sqrt(2)
    return matrix


def _dct_kernels() -> Tensor:
    """Give `WIDTH` kernels (WIDTH, 3, PATCH, PATCH): mostly luma, some of low colour."""
    matrix = dct_matrix()
    basis = torch.einsum("ui,vj->uvij", matrix, matrix).reshape(-1, PATCH, PATCH)
    u, v = torch.meshgrid(torch.arange(PATCH), torch.arange(PATCH), indexing="ij")
    order = (u + v).reshape(-1).argsort(stable=True)
    colours = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
    chroma = WIDTH // 11
    counts = (WIDTH - 2 * chroma, chroma, chroma)
    parts = [
        basis[order[:count], None] * colour[None, :, None, None]
        for count, colour in zip(counts, colours, strict=True)
    ]
    return torch.cat(parts)


def band_energies(pixels: Tensor) -> Tensor:
    """Measure each patch's log energies in its luma DCT's rings and in both colour differences.

    Args:
        pixels: (B, 3, s, s), normalised.

    Returns:
        (B, N, RINGS + 2), natural logarithms, roughly standardised.
    """
    matrix = dct_matrix()
    colours = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
    planes = torch.einsum("kc,bchw->bkhw", colours, pixels)
    blocks = planes.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH)
    power = torch.einsum("ui,bkrcij,vj->bkrcuv", matrix, blocks, matrix).square()
    u, v = torch.meshgrid(torch.arange(PATCH), torch.arange(PATCH), indexing="ij")
    ring = ((u + v).float() * RINGS / (2 * PATCH - 1)).long().reshape(-1)
    luma = power[:, 0].flatten(1, 2).flatten(2)
    members = nn.functional.one_hot(ring, RINGS).float()
    members[0] = 0.0
    colour = power[:, 1:].flatten(4)[..., 1:].mean(-1).flatten(2).transpose(1, 2)
    energy = torch.cat([luma @ (members / members.sum(0)), colour], dim=-1)
    return (energy + 1e-6).log().add(6.0).div(3.0)


def parameters(module: nn.Module) -> int:
    """Count the parameters."""
    return sum(parameter.numel() for parameter in module.parameters())


def build(config: LlavaConfig) -> Any:
    """Build the whole model with random weights, to be trained."""
    return LlavaForConditionalGeneration._from_config(config, attn_implementation=ATTENTION)
