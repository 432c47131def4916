"""FakeVLM-Mini to be trained: its configuration, its attention, and what only training needs."""

from __future__ import annotations

import math
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
from fakevlm_bench.detectors.fakevlm.model import FEATURE_LAYERS, GRID, PATCH, WIDTH, ArtifactHead

DEPTH, HEADS = 5, 4
TEXT_WIDTH, TEXT_DEPTH, TEXT_HEADS = 192, 3, 3
RINGS = 12
"""Bands of a patch's DCT, by distance from frequency 0."""
ATTENTION = "half"
"""What the training attends with: `_attend`."""


def vision_config() -> CLIPVisionConfig:
    """Build the vision tower's configuration."""
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
    """Build the whole model's configuration for a tokenizer.

    Args:
        vocabulary: Number of tokens.
        image_token: Its id.
        end_token: Its id.
        pad_token: Its id.
    """
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
    """Compute the orthonormal type-II DCT matrix (size, size)."""
    k = torch.arange(size, dtype=torch.float32)
    matrix = torch.cos(math.pi / size * (k + 0.5)[None, :] * k[:, None]) * math.sqrt(2 / size)
    matrix[0] /= math.sqrt(2)
    return matrix


def _dct_kernels() -> Tensor:
    """Compute `WIDTH` kernels (WIDTH, 3, PATCH, PATCH): mostly luma, some of low colour."""
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


def build(config: LlavaConfig) -> Any:
    """Build the whole model with random weights, to be trained."""
    return LlavaForConditionalGeneration._from_config(config, attn_implementation=ATTENTION)
