import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakevlm_bench.registry import load_condition

MOVES = ["crop", "pad", "screenshot", "elastic_transform", "resize_scale", "resize_short"]
MOVES += ["resize", "resize_nearest", "social_a", "social_b:4", "social_c:2"]


@pytest.mark.parametrize("name", MOVES)
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    top=st.integers(20, 60),
    left=st.integers(20, 80),
    size=st.integers(90, 140),
)
def test_the_mask_goes_where_its_region_goes(name, seed, top, left, size):
    """An image that shows its own mask, light on mid-grey, still shows it afterwards."""
    mask = np.zeros((240, 300), bool)
    mask[top : top + size, left : left + size] = True
    image = np.repeat(np.where(mask, 255, 100).astype(np.uint8)[..., None], 3, axis=2)
    image = cv2.GaussianBlur(image, (0, 0), 0.6)
    done = load_condition(name).operation(image, mask, np.random.default_rng(seed))
    shown = done.image.mean(axis=2) > 178
    if name == "pad":  # its frame may be white
        shown &= cv2.erode(shown.astype(np.uint8), np.ones((60, 60))).any() | done.mask
    disputed = shown != done.mask
    ring = cv2.dilate(done.mask.astype(np.uint8), np.ones((7, 7)))
    ring -= cv2.erode(done.mask.astype(np.uint8), np.ones((7, 7)))
    frame = np.ones_like(disputed)
    if name == "pad":
        frame = cv2.dilate(done.mask.astype(np.uint8), np.ones((21, 21))) > 0
    assert not (disputed & frame & (ring == 0)).any()
    assert disputed[frame].mean() < 0.03


@pytest.mark.parametrize("name", ["crop:3", "pad:4", "social_c:1", "social_c:2", "screenshot:2"])
@pytest.mark.parametrize("seed", range(4))
def test_the_window_says_what_the_frame_shows(name, seed):
    """Two discs, found again where the window says that they are."""
    image = np.full((240, 320, 3), 90, np.uint8)
    discs = [(150, 110, (255, 0, 0)), (175, 130, (0, 0, 255))]
    for x, y, colour in discs:
        cv2.circle(image, (x, y), 9, colour, -1)
    done = load_condition(name).operation(image, None, np.random.default_rng(seed))
    height, width = done.image.shape[:2]
    x0, y0, x1, y1 = done.window or (0, 0, 320, 240)
    for x, y, colour in discs:
        near = np.abs(done.image.astype(int) - colour).sum(axis=2) < 150
        rows, columns = np.nonzero(near)
        place = (x + 0.5 - x0) / (x1 - x0) * width, (y + 0.5 - y0) / (y1 - y0) * height
        seen = columns.mean() + 0.5, rows.mean() + 0.5
        np.testing.assert_allclose(seen, place, atol=1.5)


@pytest.mark.parametrize(("severity", "keep"), [(1, 0.95), (3, 0.8), (5, 0.5)])
def test_a_crop_keeps_its_share(image, severity, keep):
    done = load_condition(f"crop:{severity}").operation(image, None, np.random.default_rng(0))
    assert done.image.shape[:2] == (round(180 * keep), round(231 * keep))
    assert cv2.matchTemplate(image, done.image, cv2.TM_SQDIFF_NORMED).min() < 1e-6


@pytest.mark.parametrize("severity", [1, 3, 5])
def test_padding_surrounds_the_whole_image(image, severity):
    done = load_condition(f"pad:{severity}").operation(image, None, np.random.default_rng(0))
    assert cv2.matchTemplate(done.image, image, cv2.TM_SQDIFF_NORMED).min() < 1e-6
    assert done.image.shape[0] > image.shape[0]


def test_low_resolution_shrinks_the_shorter_side_and_enlarges_nothing(image):
    small = load_condition("resize_short:64").operation(image, None, np.random.default_rng())
    assert small.image.shape == (64, 82, 3)
    large = load_condition("resize_short:1000").operation(image, None, np.random.default_rng())
    np.testing.assert_array_equal(large.image, image)


def test_four_filters_give_four_images(image):
    names = ("resize", "resize_nearest", "resize_bicubic", "resize_lanczos")
    images = [load_condition(n).operation(image, None, np.random.default_rng()) for n in names]
    assert len({one.image.tobytes() for one in images}) == 4
    assert all(one.image.shape == image.shape for one in images)


def test_noise_of_a_variance_has_that_variance():
    flat = np.full((300, 300, 3), 128, np.uint8)
    done = load_condition("noise_variance:19").operation(flat, None, np.random.default_rng(0))
    assert abs(done.image.astype(float).var() - 19 - 1 / 12) < 0.5
    assert abs(done.image.mean() - 128) < 0.05


@pytest.mark.parametrize("width", [9, 11, 23])
def test_a_blur_kernel_spreads_a_line_by_opencvs_sigma(width):
    line = np.zeros((61, 61, 3), np.uint8)
    line[:, 30] = 255
    done = load_condition(f"blur_kernel:{width}").operation(line, None, np.random.default_rng())
    sigma = 0.3 * ((width - 1) * 0.5 - 1) + 0.8
    expected = np.exp(-((np.arange(61) - 30) ** 2) / (2 * sigma**2))
    expected[np.abs(np.arange(61) - 30) > width // 2] = 0
    np.testing.assert_allclose(done.image[30, :, 0], 255 * expected / expected.sum(), atol=1.5)
