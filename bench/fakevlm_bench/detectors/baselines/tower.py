"""The network of encoder detectors: a transformers vision model and a linear layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from fakevlm_bench.errors import WeightsError

_TOWERS = ("vision_tower", "vision_model", "visual")
"""Where models of vision and language keep their vision part."""


class Tower(nn.Module):
    """An encoder's feature vector and one linear output."""

    def __init__(self, encoder: nn.Module, width: int) -> None:
        """Join an encoder with `width` features to an untrained linear layer."""
        super().__init__()
        self.encoder = encoder
        self.linear = nn.Linear(width, 1)

    def features(self, x: Tensor) -> Tensor:
        """Map standardised images (N, 3, H, W) to features (N, width)."""
        return read_features(self.encoder(pixel_values=x))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, H, W) to logits (N,), and the same as a map of one position (N, 1, 1)."""
        logits = self.linear(self.features(x))[:, 0]
        return logits, logits[:, None, None]


def read_features(output: Any) -> Tensor:
    """Take the projected embedding, else the pooled one, else the mean of the tokens."""
    for name in ("image_embeds", "pooler_output"):
        embedding = getattr(output, name, None)
        if embedding is not None:
            return cast("Tensor", embedding.flatten(1))
    return cast("Tensor", output.last_hidden_state.mean(dim=1))


def load_encoder(folder: Path) -> tuple[nn.Module, int]:
    """Load the vision part of a transformers model, in float32.

    Returns:
        The encoder, and the number of its features.

    Raises:
        WeightsError: The folder holds no model with a vision part.
    """
    from transformers import AutoConfig, AutoModel, CLIPVisionModelWithProjection

    try:
        config = AutoConfig.from_pretrained(folder)
        named = config.architectures or []
        projects = config.model_type == "clip" or "CLIPVisionModelWithProjection" in named
        loader = CLIPVisionModelWithProjection if projects else AutoModel
        model: Any = loader.from_pretrained(folder, dtype=torch.float32)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0]
        raise WeightsError(f"{folder} holds no encoder that can be loaded: {reason}") from error
    if projects:
        return model, int(model.config.projection_dim)
    model = next((getattr(model, name) for name in _TOWERS if hasattr(model, name)), model)
    settings = model.config
    size = getattr(settings, "image_size", 224)
    size = size if isinstance(size, int) else size[0]
    with torch.inference_mode():
        probe = torch.zeros(1, 3, size, size)
        return model, int(read_features(model.eval()(pixel_values=probe)).shape[1])
