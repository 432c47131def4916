"""Writes FakeVLM-Mini as a checkpoint that transformers, vLLM and this project load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.detectors.fakevlm.checkpoint import HEAD_FILE, OUTPUT_KEY, WEIGHTS_FILE
from fakevlm_bench.detectors.fakevlm.dialogue import CHAT_TEMPLATE, IMAGE
from fakevlm_bench.detectors.fakevlm.model import MEAN, PATCH, STD, ArtifactHead


def export(model: Any, head: ArtifactHead, tokenizer: Any, folder: Path) -> None:
    """Write config, weights (half precision), tokenizer, processor and artifact head.

    Keys are named as the published checkpoints' are, ``vision_tower.vision_model.…``,
    whatever the installed transformers calls them.

    Args:
        model: The LLaVA.
        head: Of the same features.
        tokenizer: As `train_tokenizer` makes it.
        folder: Made where it is missing.
    """
    from transformers import CLIPImageProcessor, LlavaProcessor

    folder.mkdir(parents=True, exist_ok=True)
    model.config.dtype = torch.float32
    model.config.architectures = ["LlavaForConditionalGeneration"]
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    weights = _renamed(model.state_dict())
    save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    save_file({k: v.half().contiguous() for k, v in head.state_dict().items()}, folder / HEAD_FILE)
    # Without an index vLLM loads every file of weights that it finds, the head's too.
    index = {"metadata": {}, "weight_map": dict.fromkeys(weights, WEIGHTS_FILE)}
    (folder / f"{WEIGHTS_FILE}.index.json").write_text(json.dumps(index, indent=1) + "\n")
    side = {"height": SIDE, "width": SIDE}
    LlavaProcessor(
        image_processor=CLIPImageProcessor(
            size=side,
            crop_size=side,
            do_resize=False,
            do_center_crop=True,
            image_mean=list(MEAN),
            image_std=list(STD),
        ),
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="full",
        num_additional_image_tokens=1,
        image_token=IMAGE,
        chat_template=CHAT_TEMPLATE,
    ).save_pretrained(folder)
    for path in folder.iterdir():
        path.chmod(0o644)


def _renamed(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the weights in half precision under the published checkpoints' names."""
    named = {}
    for key, value in state.items():
        name = key.removeprefix("model.")
        name = name.replace("vision_tower.", "vision_tower.vision_model.", 1)
        name = name.replace("language_model.", "language_model.model.", 1)
        name = name.replace("lm_head.weight", OUTPUT_KEY, 1)
        named[name] = value.half().contiguous()
    return named
