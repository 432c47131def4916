"""Images per second of a baseline, decoding included, against a plain loop without decoding.

The plain loop runs the same network over tensors that were decoded and framed before,
one after the other, with torch's default threads. Both are measured in turns in one
run, and the median of the turns' ratios is printed: at least 0.8 is wanted.

    python benchmarks/baselines.py [--images 64] [--side 512] [--turns 5]

Random weights of the published shapes are used:
speed does not depend on them.
"""

from __future__ import annotations

import argparse
import importlib
import io
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as PillowImage

from fakevlm_bench import registry
from fakevlm_bench.detectors.baselines.frames import FRAMES, normalise
from fakevlm_bench.imaging import decode_image
from fakevlm_bench.types import Query

NAMES = ("tiny_ladeda", "ferretnet_s", "npr", "cnnspot")


def photographs(count: int, side: int) -> list[bytes]:
    """Make JPEG files (quality 90, 4:2:0) of smooth scenes with noise."""
    rng = np.random.default_rng(0)
    files = []
    for _ in range(count):
        small = PillowImage.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        smooth = np.asarray(small.resize((side, side), PillowImage.Resampling.BICUBIC), np.float32)
        picture = np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        PillowImage.fromarray(picture).save(buffer, format="JPEG", quality=90, subsampling=2)
        files.append(buffer.getvalue())
    return files


def detector(name: str, folder: Path) -> Any:
    """Make a detector with random weights, without its heat map."""
    config = registry.config("detector", name)
    module, _, kind = config["network"].rpartition(".")
    state = getattr(importlib.import_module(module), kind)().state_dict()
    key = config["checkpoint"].get("key")
    file = folder / f"{name}.pth"
    torch.save({key: state} if key else state, file)
    return registry.load_detector(name, weights=str(file), heat_map=False)


def turn(made: Any, config: dict[str, Any], files: list[bytes]) -> tuple[float, float]:
    """Give images per second of `predict`, and of the plain loop."""
    frame = FRAMES[config["frame"]]
    tensors = [
        normalise(
            frame(torch.from_numpy(decode_image(file).transpose(2, 0, 1).copy())[None], 256),
            made.mean,
            made.std,
        )
        for file in files
    ]
    start = time.perf_counter()
    with torch.inference_mode():
        for tensor in tensors:
            made.network(tensor)
    plain = len(files) / (time.perf_counter() - start)
    queries = [Query(str(k), "clean", file) for k, file in enumerate(files)]
    start = time.perf_counter()
    made.predict(queries)
    return len(files) / (time.perf_counter() - start), plain


def main() -> None:
    """Measure and print one line per detector."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    files = photographs(options.images, options.side)
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            made = detector(name, Path(folder))
            config = registry.config("detector", name)
            turn(made, config, files[:4])
            turns = [turn(made, config, files) for _ in range(options.turns)]
            ratio = statistics.median(own / plain for own, plain in turns)
            own, plain = (statistics.median(column) for column in zip(*turns, strict=True))
            print(f"{name:12} {own:7.1f} images/s, plain loop {plain:7.1f}, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
