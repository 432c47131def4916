"""Reads FakeVLM-Mini's checkpoint, which `fakevlm_bench.making.fakevlm_mini.export` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForImageTextToText, PreTrainedTokenizerFast

from fakevlm_bench.detectors.fakevlm.model import ArtifactHead

WEIGHTS_FILE, HEAD_FILE = "model.safetensors", "artifact_head.safetensors"
OUTPUT_KEY = "language_model.lm_head.weight"


def load(folder: Path) -> tuple[Any, ArtifactHead, Any]:
    """Load model, artifact head and tokenizer of an exported folder, in single precision."""
    from safetensors.torch import load_file
    from transformers.utils import logging

    shows = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
    if shows:
        logging.enable_progress_bar()
    weights = {key: value.float() for key, value in load_file(folder / HEAD_FILE).items()}
    hidden, width = weights["hidden.weight"].shape
    head = ArtifactHead(width, hidden)
    head.load_state_dict(weights)
    return model, head.eval(), PreTrainedTokenizerFast.from_pretrained(folder)
