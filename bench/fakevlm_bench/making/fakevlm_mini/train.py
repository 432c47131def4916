"""Trains FakeVLM-Mini: ``fakevlm-bench train fakevlm_mini``.

Three stages (`vision.py`, `text.py`), each of which
continues where it was stopped; then the export, and its verdict centred
(`verdict_offset.py`). ``torchrun --nproc-per-node 2 --no-python`` before the
command shares the work between two processes.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fakevlm_bench.datasets.starter import DATA
from fakevlm_bench.datasets.table import TableDataset
from fakevlm_bench.detectors.fakevlm.checkpoint import load
from fakevlm_bench.detectors.fakevlm.dialogue import END, IMAGE, PAD, verdict_tokens
from fakevlm_bench.detectors.fakevlm.model import ArtifactHead
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.making.fakevlm_mini import text, vision
from fakevlm_bench.making.fakevlm_mini.answer_texts import corpus, train_tokenizer
from fakevlm_bench.making.fakevlm_mini.export import export
from fakevlm_bench.making.fakevlm_mini.synthesis import Pool
from fakevlm_bench.making.fakevlm_mini.trainee import VisionTrainee, build, llava_config
from fakevlm_bench.making.fakevlm_mini.training_loop import processes, train_steps
from fakevlm_bench.making.fakevlm_mini.verdict_offset import centre_verdict
from fakevlm_bench.types import Image, Label

logger = logging.getLogger(__name__)

BANDS = 0.5
"""Weight of the spectral loss at the start; it falls to a tenth within the first 40 %."""


def main(argv: list[str]) -> int:
    """Train, from the last saved state where there is one, and export."""
    options = _parser().parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    several = "WORLD_SIZE" in os.environ
    if several:
        torch.distributed.init_process_group("gloo")
    if processes()[0] == 0:
        settings = {key: str(value) for key, value in vars(options).items()}
        (options.out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    if options.continue_from is not None:
        train_whole(options, *load(options.continue_from))
    else:
        trainee = train_vision(options)
        if options.stop_after is None:
            train_whole(options, *train_text(options, trainee))
    if several:
        torch.distributed.destroy_process_group()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fakevlm-bench train fakevlm_mini", description=__doc__)
    pool = "training crops, made by python -m fakevlm_bench.making.fakevlm_mini.crop_pool"
    parser.add_argument("--pool", type=Path, required=True, help=pool)
    parser.add_argument("--out", type=Path, required=True, help="states, logs, and the model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes that make batches")
    parser.add_argument("--vision-steps", type=int, default=2600)
    parser.add_argument("--vision-rate", type=float, default=2e-3)
    parser.add_argument("--pixels", type=int, default=24, help="256-pixel images in a batch")
    parser.add_argument("--text-steps", type=int, default=500)
    parser.add_argument("--text-rate", type=float, default=2e-3)
    parser.add_argument("--whole-steps", type=int, default=2900)
    parser.add_argument("--whole-rate", type=float, default=1e-3)
    start = "exported model to go on from with the last stage alone"
    parser.add_argument("--continue-from", type=Path, metavar="MODEL", help=start)
    parser.add_argument("--pairs", type=int, default=8, help="twins in a batch of answers")
    parser.add_argument("--stop-after", type=int, help="vision step to stop after, state saved")
    return parser


def train_vision(options: argparse.Namespace) -> VisionTrainee:
    """Train the tower and the artifact head; a third of the late batches are whole pictures."""
    steps = options.vision_steps
    _, ranks = processes()
    large_from = round(0.6 * ranks * steps)
    data = vision.Twins(options.pool, options.seed, options.pixels, large_from)
    torch.manual_seed(options.seed)
    trainee = vision.trainee()
    trainee.initialise(vision.normalise(data[0].pixels))

    def losses(batch: vision.Batch, step: int) -> dict[str, torch.Tensor]:
        return vision.losses(trainee, batch, BANDS * max(0.1, 1 - step / (0.4 * steps)))

    train_steps(
        trainee, data, losses, steps=steps, rate=options.vision_rate,
        out=options.out / "vision", workers=options.workers, stop_after=options.stop_after,
    )  # fmt: skip
    return trainee.eval()


def train_text(
    options: argparse.Namespace, trainee: VisionTrainee
) -> tuple[Any, ArtifactHead, Any]:
    """Train projector and decoder on the tower's features.

    Args:
        options: Of the command line.
        trainee: The first stage's result.

    Returns:
        The whole model, its artifact head, and the tokenizer.
    """
    tokenizer = train_tokenizer(corpus(Pool(options.pool).subjects(), options.seed))
    ids: dict[str, Any] = {
        name: tokenizer.convert_tokens_to_ids(name) for name in (IMAGE, END, PAD)
    }
    torch.manual_seed(options.seed + 1)
    model = build(llava_config(len(tokenizer), ids[IMAGE], ids[END], ids[PAD]))
    model.model.vision_tower.load_state_dict(trainee.tower.state_dict())
    text.freeze(model)
    data = text.Answers(options.pool, tokenizer, options.seed, options.pairs)
    text.start_projector(model, trainee.artifact, data[0].pixels)
    verdicts = verdict_tokens(tokenizer)

    def losses(batch: text.Answered, _: int) -> dict[str, torch.Tensor]:
        return text.answer_losses(model, text.tower_features(model, batch), batch, verdicts)

    train_steps(
        model, data, losses, steps=options.text_steps, rate=options.text_rate,
        out=options.out / "text", workers=options.workers,
    )  # fmt: skip
    return model, trainee.artifact, tokenizer


def train_whole(
    options: argparse.Namespace, model: Any, head: ArtifactHead, tokenizer: Any
) -> None:
    """Train everything together, export it, and centre its verdict.

    Args:
        options: Of the command line.
        model: The whole model.
        head: Its artifact head.
        tokenizer: Of its answers.
    """
    data = text.Answers(options.pool, tokenizer, options.seed + 1, options.pairs)
    verdicts = verdict_tokens(tokenizer)
    whole = text.Whole(model, head)

    def losses(batch: text.Answered, _: int) -> dict[str, torch.Tensor]:
        return text.losses(whole, batch, verdicts)

    train_steps(
        whole, data, losses, steps=options.whole_steps, rate=options.whole_rate,
        out=options.out / "whole", workers=options.workers,
    )  # fmt: skip
    if processes()[0] > 0:
        return
    export(model.eval(), head.eval(), tokenizer, options.out / "model")
    images, fake = _validation()
    odds = centre_verdict(options.out / "model", images, fake)
    logger.info("wrote %s; log-odds of %.2f count as 0 now", options.out / "model", odds)


def _validation() -> tuple[list[Image], NDArray[np.bool_]]:
    """Read the paired images of the starter set's validation split, and their labels."""
    samples = [sample for sample in TableDataset(DATA, split="validation") if sample.paired]
    fake = np.array([sample.label is Label.FAKE for sample in samples])
    return [decode_image(sample.image) for sample in samples], fake
