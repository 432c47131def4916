import cv2
import numpy as np
import pytest

from fakevlm_bench.types import Image


def picture(height: int, width: int, seed: int = 0) -> Image:
    """A colour image with smooth parts, edges, texture, grey and black."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (7, 7, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(float)
    smooth += rng.normal(0, 10, smooth.shape)
    smooth[height // 4 : height // 2, width // 4 : width // 2] /= 3
    smooth[: height // 8] = smooth[: height // 8].mean(axis=2, keepdims=True)
    smooth[-height // 8 :, -width // 8 :] = 0
    return np.clip(smooth, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def image() -> Image:
    return picture(180, 231)
