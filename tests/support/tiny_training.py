"""A training of FakeVLM-Mini that takes seconds: four crops of coarse squares with noise."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import numpy as np

from fakevlm_bench.detectors.fakevlm import SIDE
from fakevlm_bench.making.fakevlm_mini.crop_pool import LAYERS


def squares(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 215, (8, 8, 3)).astype(np.uint8).repeat(32, 0).repeat(32, 1)
    return np.clip(coarse + rng.normal(0, 6, coarse.shape), 0, 255).astype(np.uint8)


def write_pool(folder: Path) -> None:
    """Write four crops, as the builder's environment would leave them."""
    region = np.zeros((SIDE, SIDE), bool)
    region[64:160, 96:200] = True
    for number in range(4):
        real = squares(number)
        smooth = (real // 16) * 16
        edit = np.where(region[..., None], smooth, real).astype(np.uint8)
        about = {
            "photograph": f"scene-{number}",
            "subject": "wall",
            "edits": [{"family": "splice", "item": "apple"}],
        }
        np.savez(
            folder / f"scene-{number}-00.npz",
            real=real, layers=np.stack([smooth] * len(LAYERS)), blobs=region[None],
            edits=edit[None], edit_masks=region[None], faces=np.empty((0, SIDE, SIDE, 3), np.uint8),
            about=np.array(json.dumps(about)),
        )  # fmt: skip


def settings(pool: Path, out: Path, **changes: object) -> Namespace:
    few = {
        "pool": pool, "out": out, "seed": 0, "workers": 0, "vision_steps": 6, "vision_rate": 2e-3,
        "pixels": 2, "text_steps": 4, "text_rate": 2e-3, "pairs": 2, "stop_after": None,
        "whole_steps": 3, "whole_rate": 1e-3, "continue_from": None,
    }  # fmt: skip
    return Namespace(**few | changes)
