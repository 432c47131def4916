"""The training loop that both stages share: resumable, seeded, logged."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.utils.data import DataLoader, Dataset, Subset

from fakevlm_bench.files import replacing

logger = logging.getLogger(__name__)

EMA = 0.997
"""Decay of the exponential moving average of the weights, after the first steps."""
SAVE_EVERY = 100
"""Steps between two saved states."""


def train_steps(
    model: nn.Module,
    data: Dataset[Any],
    losses: Callable[[Any, int], dict[str, Tensor]],
    *,
    steps: int,
    rate: float,
    out: Path,
    workers: int = 1,
    stop_after: int | None = None,
) -> nn.Module:
    """Train to the last step, from the last saved state where there is one.

    Matrices of the transformer layers are trained by Muon (Jordan et al., 2024), which
    needs fewer steps here, and the rest by AdamW. The rate rises over the first 4 % of
    the steps and falls along half a cosine. Under ``torchrun`` every process takes a batch of
    its own in each step, and the gradients are averaged.

    Args:
        model: What is trained; parameters that need no gradient stay as they are.
        data: Item i is a batch of step i // processes.
        losses: Of a batch at a step, by name; their sum is minimised.
        steps: In all.
        rate: Greatest learning rate of Muon; AdamW's is half of it.
        out: Folder of ``state.pt`` and ``losses.jsonl``.
        workers: Processes that make batches.
        stop_after: Step to stop after, as if killed, with the state saved.

    Returns:
        The exponential moving average of the model.
    """
    out.mkdir(parents=True, exist_ok=True)
    optimisers = _optimisers(model, rate)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    first = _resume(out / "state.pt", model, optimisers, average)
    last = min(steps, stop_after or steps)
    rank, ranks = processes()
    items = range(first * ranks + rank, last * ranks, ranks)
    loader = DataLoader(Subset(data, items), batch_size=None, num_workers=workers)
    with (out / "losses.jsonl").open("a", encoding="utf-8") as log:
        for step, batch in enumerate(loader, first):
            torch.manual_seed(step)
            parts = losses(batch, step)
            torch.autograd.backward(sum(parts.values(), torch.zeros(())))
            _average_gradients(model, ranks)
            _descend(model, optimisers, _schedule(step, steps))
            decay = min(EMA, (1 + step) / (10 + step))
            for name, value in model.state_dict().items():
                average[name].lerp_(value, 1 - decay)
            if rank > 0:
                continue
            values = {name: round(float(value.detach()), 5) for name, value in parts.items()}
            log.write(json.dumps({"step": step} | values) + "\n")
            if (step + 1) % SAVE_EVERY == 0 or step + 1 == last:
                log.flush()
                _save(out / "state.pt", step + 1, model, optimisers, average)
                logger.info("step %d of %d: %s", step + 1, steps, values)
    model.load_state_dict(average)
    return model


def processes() -> tuple[int, int]:
    """Return this process's number and how many there are, under ``torchrun`` or alone."""
    if not distributed.is_initialized():
        return 0, 1
    return distributed.get_rank(), distributed.get_world_size()


def _average_gradients(model: nn.Module, ranks: int) -> None:
    """Let all processes have the mean of their gradients."""
    if ranks == 1:
        return
    gradients = [value.grad for value in model.parameters() if value.grad is not None]
    joined = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(joined)
    parts = torch.split(joined / ranks, [gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))


def _descend(
    model: nn.Module, optimisers: list[tuple[torch.optim.Optimizer, float]], share: float
) -> None:
    """Take one step along clipped gradients, at a share of each optimiser's greatest rate."""
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimiser, peak in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = peak * share
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)


def _schedule(step: int, steps: int) -> float:
    """Compute the share of the greatest rate at a step."""
    rise = max(1, steps // 25)
    if step < rise:
        return (step + 1) / rise
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def _optimisers(model: nn.Module, rate: float) -> list[tuple[torch.optim.Optimizer, float]]:
    """Share the parameters out between Muon and AdamW."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (matrices if parameter.ndim == 2 and ".layers." in name else others).append(parameter)
    return [
        (
            torch.optim.Muon(matrices, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            rate,
        ),
        (torch.optim.AdamW(others, lr=rate / 2, betas=(0.9, 0.98), weight_decay=0.01), rate / 2),
    ]


def _save(
    path: Path,
    step: int,
    model: nn.Module,
    optimisers: list[tuple[torch.optim.Optimizer, float]],
    average: dict[str, Tensor],
) -> None:
    """Write the state, whole or not at all."""
    state = {
        "step": step,
        "model": model.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser, _ in optimisers],
        "average": average,
    }
    with replacing(path) as temporary:
        torch.save(state, temporary)


def _resume(
    path: Path,
    model: nn.Module,
    optimisers: list[tuple[torch.optim.Optimizer, float]],
    average: dict[str, Tensor],
) -> int:
    """Read the last state into everything, and return the step to go on with."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    for (optimiser, _), saved in zip(optimisers, state["optimisers"], strict=True):
        optimiser.load_state_dict(saved)
    average.update(state["average"])
    logger.info("continuing at step %d of %s", state["step"], path)
    return int(state["step"])
