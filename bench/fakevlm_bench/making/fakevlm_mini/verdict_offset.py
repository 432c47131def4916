"""Last step of the training: the verdict's log-odds are centred on photographs never trained on.

They look more fake than those that were trained on, so that the likelier word leans to
fake. A constant moves the verdict's log-odds to where the validation split is parted best.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from fakevlm_bench.detectors.fakevlm.checkpoint import OUTPUT_KEY, WEIGHTS_FILE
from fakevlm_bench.detectors.fakevlm.inference import Mini
from fakevlm_bench.metrics.calibration import fit_threshold
from fakevlm_bench.types import Image

ROWS = 16
RIDGE = 1e-3
"""Of the mean square of a state's components."""


def centre_verdict(folder: Path, images: list[Image], fake: NDArray[np.bool_]) -> float:
    """Let 0 be the log-odds that had the best balanced accuracy, in a folder's weights.

    All states before the verdict have a direction in common; taking it from the output
    layer's row of the word fake moves the odds of every image by the same constant.

    Args:
        folder: That `fakevlm_bench.making.fakevlm_mini.export.export` wrote.
        images: Not trained on.
        fake: (N,), their labels.

    Returns:
        The log-odds that count as 0 from now on.
    """
    mini = Mini(folder, "cpu")
    with torch.inference_mode():
        parts = [
            mini.verdict_states(mini.prepare(images[i : i + ROWS]))
            for i in range(0, len(images), ROWS)
        ]
        states = torch.cat(parts)
        odds = fit_threshold(mini.verdict_odds(states).double().numpy(), fake)
    weights = load_file(folder / WEIGHTS_FILE)
    output = weights[OUTPUT_KEY].float()
    output[mini.fake] -= odds * _common(states)
    weights[OUTPUT_KEY] = output.half()
    save_file(weights, folder / WEIGHTS_FILE, metadata={"format": "pt"})
    (folder / WEIGHTS_FILE).chmod(0o644)
    return odds


def _common(states: Tensor) -> Tensor:
    """Compute the direction (width,) whose product with every state (N, width) is nearest to 1."""
    square = states.T @ states
    ridge = RIDGE * square.diagonal().mean() * torch.eye(len(square))
    direction: Tensor = torch.linalg.solve(square + ridge, states.sum(0))
    return direction
