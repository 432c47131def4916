"""Trains the starter set's autoencoder on the training photographs.

``python -m fakevlm_bench.making.starter.train_autoencoder --cache DIR --minutes 20``
writes the weights beside this module. Only photographs of the train split are
read. The weights depend on the time given and on the machine, which is why they
are shipped, and why the set is rebuilt with the shipped ones.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image as PillowImage
from safetensors.torch import save_model
from torch import Tensor
from torch.nn import functional

from fakevlm_bench.making.starter.autoencoder import WEIGHTS, Autoencoder, to_tensor
from fakevlm_bench.making.starter.sources import catalogue, load
from fakevlm_bench.types import Image

logger = logging.getLogger(__name__)

CROP, BATCH, LONG_SIDE = 96, 8, 1000


def main(argv: list[str] | None = None) -> int:
    """Train for a given time and save the weights."""
    parser = argparse.ArgumentParser(description="Train the starter set's autoencoder.")
    parser.add_argument("--cache", type=Path, required=True, help="folder that the build fills")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO)
    photographs = [_shrunk(load(p, options.cache)) for p in catalogue() if p.split == "train"]
    torch.manual_seed(options.seed)
    model = train(photographs, options.minutes * 60, np.random.default_rng(options.seed))
    save_model(model, str(options.out))
    return 0


def train(photographs: list[Image], seconds: float, rng: np.random.Generator) -> Autoencoder:
    """Train on random crops; the learning rate falls with the time that is used up.

    Args:
        photographs: ``uint8`` (H, W, 3).
        seconds: Of training.
        rng: Source of randomness.
    """
    model = Autoencoder()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-4)
    start, step = time.monotonic(), 0
    while (used := (time.monotonic() - start) / seconds) < 1:
        optimiser.param_groups[0]["lr"] = 2e-3 * max(0.02, 1 - used)
        batch = torch.stack([_crop(photographs, rng) for _ in range(BATCH)])
        output = model(batch)
        loss = _reconstruction_loss(output, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 100 == 0:
            mse = functional.mse_loss(output, batch).item()
            psnr = 10 * np.log10(4 / mse)
            logger.info("step %d, %.0f %%, loss %.4f, %.2f dB", step, 100 * used, loss.item(), psnr)
    return model


def _reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error of the pixels and of their differences along both axes."""
    loss = functional.l1_loss(output, target)
    for axis in (2, 3):
        loss = loss + functional.l1_loss(output.diff(dim=axis), target.diff(dim=axis))
    return loss


def _shrunk(image: Image) -> Image:
    """Reduce a photograph to a long side of `LONG_SIDE` pixels."""
    picture = PillowImage.fromarray(image)
    picture.thumbnail((LONG_SIDE, LONG_SIDE), PillowImage.Resampling.LANCZOS)
    return np.asarray(picture)


def _crop(photographs: list[Image], rng: np.random.Generator) -> Tensor:
    """Take a random crop of a random photograph, mirrored half of the time."""
    image = photographs[rng.integers(len(photographs))]
    row = int(rng.integers(image.shape[0] - CROP + 1))
    column = int(rng.integers(image.shape[1] - CROP + 1))
    crop = image[row : row + CROP, column : column + CROP]
    return to_tensor(crop[:, ::-1] if rng.random() < 0.5 else crop)


if __name__ == "__main__":
    raise SystemExit(main())
