"""Images and samples that the tests of detectors make for themselves."""

import numpy as np
import pytest

from fakevlm_bench.imaging import encode_png
from fakevlm_bench.types import Label, Query, Sample


def scene(seed, height=96, width=96):
    """A smooth random scene with sensor-like noise, uint8 (height, width, 3)."""
    import cv2

    rng = np.random.default_rng(seed)
    smooth = rng.uniform(40, 215, (6, 6, 3)).astype(np.float32)
    picture = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


def upsampled(image):
    """The image halved and brought back, as a generator's last layer would."""
    import cv2

    height, width = image.shape[:2]
    half = cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)


@pytest.fixture(scope="session")
def pairs():
    """Forty photographs and their upsampled twins; every second twin only in one quarter."""
    samples = []
    for seed in range(40):
        real = scene(seed)
        fake, mask = upsampled(real), None
        if seed % 2:
            region = np.zeros(real.shape[:2], dtype=np.bool_)
            region[:48, :48] = True
            fake, mask = np.where(region[..., None], fake, real), encode_png(region)
        group = f"photo{seed}"
        samples.append(Sample(f"r{seed}", encode_png(real), Label.REAL, group=group))
        samples.append(
            Sample(
                f"f{seed}", encode_png(fake), Label.FAKE, group=group, mask=mask, whole=mask is None
            )
        )
    return samples


@pytest.fixture
def as_query():
    return lambda image, name="x": Query(name, "clean", encode_png(image), "image/png")


@pytest.fixture(scope="session")
def pool(tmp_path_factory):
    """A folder of four crops to train FakeVLM-Mini on."""
    from support.tiny_training import write_pool

    folder = tmp_path_factory.mktemp("pool")
    write_pool(folder)
    return folder


@pytest.fixture(scope="session")
def checkpoint(pool, tmp_path_factory):
    """FakeVLM-Mini after all stages of a training of seconds, exported."""
    from fakevlm_bench.making.fakevlm_mini import train
    from support.tiny_training import settings

    options = settings(pool, tmp_path_factory.mktemp("trained"))
    train.train_whole(options, *train.train_text(options, train.train_vision(options)))
    return options.out / "model"
