"""The central window: what of a picture a detector of one input size sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.types import Response
from fakevlm_bench.window import ALIGNMENT, box_to_image, central_window, crop_window

SIDES = st.integers(1, 900)


@given(SIDES, SIDES)
def test_the_window_is_a_square_inside_on_the_grid_of_blocks(width, height):
    left, top, right, bottom = central_window((width, height), 256)
    assert right - left == bottom - top == min(256, width, height)
    assert left >= 0
    assert top >= 0
    assert right <= width
    assert bottom <= height
    off = abs((left + right) - width), abs((top + bottom) - height)
    assert max(off) <= 2 * ALIGNMENT
    if min(width, height) >= 256:
        assert left % ALIGNMENT == top % ALIGNMENT == 0


def picture(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_pixels_of_the_window_are_the_pictures_own():
    image = picture(320, 400)
    np.testing.assert_array_equal(crop_window(image, 256), image[64:320, 32:288])
    np.testing.assert_array_equal(crop_window(image[:256, :256], 256), image[:256, :256])


def test_a_smaller_picture_is_enlarged():
    image = picture(100, 64)
    seen = crop_window(image, 256)
    square = PillowImage.fromarray(image[:, 18:82]).resize((256, 256), 3)
    np.testing.assert_array_equal(seen, np.asarray(square))


@pytest.mark.parametrize(
    ("size", "whole"),
    [
        ((320, 320), (32, 32, 288, 288)),
        ((128, 128), (0, 0, 128, 128)),
        ((100, 64), (18, 0, 82, 64)),
    ],
)
def test_boxes_come_back_into_the_pictures_frame(size, whole):
    assert box_to_image((0, 0, 256, 256), size, 256) == whole


def test_regions_in_words_are_about_the_window():
    text = "This is a fake image. <box>0 0 500 1000</box> Waxy."
    said = Response(text=text, size=(320, 288))
    mask = interpret("s", "clean", said, ParseSettings(window=256)).mask
    expected = np.zeros((288, 320), bool)
    expected[16:272, 32:160] = True
    np.testing.assert_array_equal(mask, expected)
    assert interpret("s", "clean", said, ParseSettings()).mask.sum() == 160 * 288
