"""Time ImageNet-C's corruptions against ``imagecorruptions-imaug`` on the same images, in one run.

Prints milliseconds per 512×512 image at severity 3 and their ratio; the fifteen of
ImageNet-C are summed. Calls of the two take turns, and the median of the rounds counts. OpenCV
has one thread, as much as a worker process can count on.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import imagecorruptions
import numpy as np

from fakevlm_bench.protocols import Perturbation
from fakevlm_bench.registry import load_condition
from fakevlm_bench.types import Image

ROUNDS = 11
SIDE = 512


def picture(seed: int) -> Image:
    """Give a smooth colour image with edges and texture."""
    import cv2

    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    noisy = smooth + rng.normal(0, 12, smooth.shape)
    noisy[SIDE // 4 : SIDE // 2, SIDE // 4 : SIDE // 2] /= 3
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _clock(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def compare(name: str, images: list[Image]) -> tuple[float, float]:
    """Give the median milliseconds per image of this project and of the other package."""
    operation = load_condition(f"{name}:3").operation
    if not isinstance(operation, Perturbation):
        raise TypeError(f"{name} does not perturb images")
    rng = np.random.default_rng(0)
    ours, theirs = [], []
    for turn in range(ROUNDS + 1):
        image = images[turn % len(images)]
        ours.append(_clock(lambda i=image: operation(i, None, rng)))  # type: ignore[misc]
        theirs.append(
            _clock(lambda i=image: imagecorruptions.corrupt(i, 3, corruption_name=name))  # type: ignore[misc]
        )
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def main() -> None:
    """Time each corruption and print a table."""
    import cv2

    cv2.setNumThreads(1)
    images = [picture(seed) for seed in range(4)]
    fifteen = imagecorruptions.get_corruption_names("common")
    totals, slower = [0.0, 0.0], []
    print(f"{'corruption, severity 3':24}{'ms':>8}{'imaug ms':>10}{'ratio':>8}")
    for name in (*fifteen, *imagecorruptions.get_corruption_names("validation")):
        mine, other = compare(name, images)
        if name in fifteen:
            totals[0] += mine
            totals[1] += other
            slower += [name] if mine > other else []
        print(f"{name:24}{mine:8.2f}{other:10.2f}{other / mine:8.2f}")
    ratio = totals[1] / totals[0]
    print(f"{'fifteen of ImageNet-C':24}{totals[0]:8.2f}{totals[1]:10.2f}{ratio:8.2f}")
    met = ratio >= 4 and not slower
    print(f"at least 4 times as fast in total, none slower: {'yes' if met else 'NO'}", *slower)


if __name__ == "__main__":
    main()
