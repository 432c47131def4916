import numpy as np
import pytest

from fakevlm_bench import rle
from fakevlm_bench.metrics.grounding import agreement, named_boxes, stance
from fakevlm_bench.metrics.regions import parse
from fakevlm_bench.types import Label

NAMED = {
    "The upper left shows blur": (0, 0, 0.5, 0.5),
    "artifacts in the top-right corner": (2 / 3, 0, 1, 1 / 3),
    "Seams along the left edge.": (0, 0, 1 / 6, 1),
    "The bottom half is smooth": (0, 0.5, 1, 1),
    "noise on the right.": (0.5, 0, 1, 1),
    "There is a smudge in the centre of the image": (0.25, 0.25, 0.75, 0.75),
    "the top center looks odd": (0.25, 0, 0.75, 0.5),
    "lower right-hand corner": (2 / 3, 2 / 3, 1, 1),
    "At the bottom, letters melt": (0, 0.5, 1, 1),
}


@pytest.mark.parametrize(("text", "box"), NAMED.items())
def test_words_name_regions(text, box):
    assert named_boxes(text) == [pytest.approx(box)]


@pytest.mark.parametrize(
    "text",
    ["her left hand has six fingers", "the top of the roof is bent", "that is right", "he left",
     "a top quality photo", "in the middle of a street", "", "上方"],
)  # fmt: skip
def test_words_for_things_name_no_region(text):
    assert named_boxes(text) == []


def test_agreement_rewards_the_right_place_and_not_naming_everything():
    mask = np.zeros((40, 40), dtype=bool)
    mask[2:10, 2:10] = True
    truth = parse(rle.encode(mask))
    assert agreement("blur in the upper left corner", truth) == pytest.approx(
        (8 * 8) / 64 - (13 * 13) / 1600
    )
    assert agreement("blur in the lower right corner", truth) < 0
    assert agreement("left half and right half", truth) == pytest.approx(0)
    assert agreement("it is blurred", truth) is None


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Unnatural skin and distorted fingers.", Label.FAKE),
        ("Natural light, consistent shadows.", Label.REAL),
        ("There are no artifacts or distortions; the texture is natural.", Label.REAL),
        ("The shadows are not consistent.", Label.FAKE),
        ("A dog on a lawn.", None),
        ("Natural light but warped hands.", None),
    ],
)
def test_an_explanation_takes_the_side_its_words_take(text, side):
    assert stance(text) == side
