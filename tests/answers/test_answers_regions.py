"""Regions in every form that models write them."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.answers.regions import (
    Coordinates,
    boxes_to_mask,
    parse_regions,
    qwen_resized,
    strip_regions,
)
from fakevlm_bench.types import Response

SIZE = (640, 480)


def boxes(text, size=SIZE, coordinates="auto"):
    return [tuple(round(v, 2) for v in box) for box in parse_regions(text, size, coordinates).boxes]


@pytest.mark.parametrize(
    ("text", "coordinates", "expected"),
    [
        # FakeVLM-Mini
        ("This is a fake image. <box>250 500 500 1000</box> blurred", "auto",
         [(160, 240, 320, 480)]),
        ("<box>0 0 500 500</box> and <box>500 500 1000 1000</box>", "auto",
         [(0, 0, 320, 240), (320, 240, 640, 480)]),
        # InternVL
        ("<ref>hand</ref><box>[[250, 500, 500, 1000]]</box>", "auto", [(160, 240, 320, 480)]),
        ("<box>[[0, 0, 100, 100], [250, 500, 500, 1000]]</box>", "auto",
         [(0, 0, 64, 48), (160, 240, 320, 480)]),
        # Qwen-VL, Qwen2-VL
        ("<|object_ref_start|>hand<|object_ref_end|><|box_start|>(250,500),(500,1000)<|box_end|>",
         "auto", [(160, 240, 320, 480)]),
        # Qwen2.5-VL: pixels of the resized image
        ('```json\n[{"bbox_2d": [56, 84, 112, 168], "label": "hand"}]\n```', "pixels",
         [(56, 84, 112, 168)]),
        ('[{"bbox_2d": [322, 238, 644, 476], "label": "hand"}]', "qwen2_5",
         [(320, 240, 640, 480)]),
        # Qwen3-VL: thousandths
        ('[{"bbox_2d": [250, 500, 500, 1000], "label": "hand"}]', "thousand",
         [(160, 240, 320, 480)]),
        ('{"verdict": "fake", "regions": [{"bbox_2d": [250, 500, 500, 1000], "label": "a"}]}',
         "thousand", [(160, 240, 320, 480)]),
        # Gemini: y first, thousandths
        ('[{"box_2d": [500, 250, 1000, 500], "label": "hand"}]', "auto", [(160, 240, 320, 480)]),
        # plain JSON
        ('{"verdict": "fake", "boxes": [[160, 240, 320, 480]]}', "pixels", [(160, 240, 320, 480)]),
        ('{"verdict": "fake", "boxes": [[0.25, 0.5, 0.5, 1.0]]}', "auto", [(160, 240, 320, 480)]),
        ('{"boxes": [[0.25, 0.5, 0.5, 1.0], [0, 0, 0.1, 0.1]]}', "unit",
         [(160, 240, 320, 480), (0, 0, 64, 48)]),
        ('{"boxes": [[160, 240, 320, 470]]}', "auto", [(160, 240, 320, 470)]),
        ('{"boxes": [[250, 500, 500, 1000]]}', "auto", [(160, 240, 320, 480)]),
        ('{"bbox": [10, 20, 30, 40]}', "pixels", [(10, 20, 30, 40)]),
        ('{"x0": 10, "y0": 20, "x1": 30, "y1": 40}', "pixels", [(10, 20, 30, 40)]),
        ('[{"x": 10, "y": 20, "width": 30, "height": 40}]', "pixels", [(10, 20, 40, 60)]),
        ('{"left": 10, "top": 20, "right": 30, "bottom": 40}', "pixels", [(10, 20, 30, 40)]),
        ("{'boxes': [[10, 20, 30, 40],]}", "pixels", [(10, 20, 30, 40)]),
        ('{"boxes": [[["10", "20"], ["30", "40"]]]}', "pixels", [(10, 20, 30, 40)]),
        ('{"artifacts": [{"location": [10, 20, 30, 40], "text": "blurred"}]}', "pixels",
         [(10, 20, 30, 40)]),
        ('{"regions": [{"coordinates": [[10, 20], [30, 40]], "area": "left"}]}', "pixels",
         [(10, 20, 30, 40)]),
        ('{"bbox": "10, 20, 30, 40"}', "pixels", [(10, 20, 30, 40)]),
        ('{"bbox": {"x1": 10, "y1": 20, "x2": 30, "y2": 40}}', "pixels", [(10, 20, 30, 40)]),
        ("[{'bbox_2d': (10, 20, 30, 40)}]", "pixels", [(10, 20, 30, 40)]),
        # PaliGemma: y first, 1024 bins
        ("<loc0512><loc0256><loc1023><loc0512> hand", "auto", [(160, 240, 320, 479.53)]),
        # none
        ('{"verdict": "real", "boxes": []}', "auto", []),
        ("This is a real image.", "auto", []),
    ],
)  # fmt: skip
def test_a_form_is_read(text, coordinates, expected):
    found = parse_regions(text, SIZE, coordinates)
    assert boxes(text, SIZE, coordinates) == [tuple(map(float, box)) for box in expected]
    assert found.dropped == 0


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("<box>1 2 3</box>", 1),
        ("<box>100 200 100 400</box>", 1),  # no area
        ("<box>500 500 100 100</box>", 1),  # corners the wrong way round
        ("<box>1100 100 1200 400</box>", 1),  # wholly outside
        ("<box>-50 100 0 400</box>", 1),
        ("<box>1 2 3 4 5 6 7 8</box>", 1),  # two boxes, or none
        ("<box>(1,2),(3,4),(5,6)</box>", 1),
        ("<box>10-20 30 40</box>", 1),
        ("<box>0.1 0.2 0.3 0.4</box>", 1),  # fractions, where the tag's unit is the thousandth
        ("<box>[[1, 2, 3, 4]</box>", 1),
        ("<box>[1, 2, 3, 4)</box>", 1),
        ("<|det|>[[1, 2, 3]]<|/det|>", 1),
        ("<box>100 100 300 400", 1),  # not closed
        ("<box>left side</box>", 1),
        ("<box></box>", 1),
        ('{"bbox_2d": [1, 2, 3]}', 1),
        ('{"bbox_2d": ["a", "b", "c", "d"]}', 1),
        ('{"bbox_2d": "everywhere"}', 1),
        ('{"boxes": [[1, 2, 3, 4], [9, 9, 9, 9]]}', 1),
        ('{"boxes": [[1, 2, NaN, 4]]}', 1),
        ("<patch_index_0044>", 1),
        ("<patch_index_0044><patch_index_5000>", 1),
        ("<loc0100><loc0100><loc0200>", 1),
        ("<loc0100><loc0100><loc0200><loc2000>", 1),
        ("<|box_start|>(1,2),(3)<|box_end|>", 1),
        # brackets are never flattened into boxes
        ("<box>[[1, 2], [3, 4]]</box>", 2),
        ("<box>[[1, 2, 3], [4, 5, 6, 7, 8]]</box>", 2),
        ('{"boxes": [[1, 2], [3, 4]]}', 2),
        ('{"boxes": [[[1, 2, 3], [4]]]}', 2),
        ('{"bbox": [[1, 2, 3], [4]]}', 2),
        # numbers that are none
        ('{"bbox": [true, false, 30, 40]}', 1),
        ('{"bbox": [%s, 2, 3, 4]}' % ("9" * 400), 1),
        ('{"bbox": [0, 0, 1e300, 1e300]}', 1),
        ('{"bbox": [null, 2, 3, 4]}', 1),
        ('{"bbox": {"label": "hand"}}', 1),
        ('{"x": 1, "y": "left", "w": 3, "h": 4}', 1),
        # points are no regions
        ('<point x="10.5" y="20.5" alt="hand">hand</point>', 1),
        ('<points x1="10" y1="20" x2="30" y2="40" alt="eyes">eyes</points>', 2),
        ('<points coords="1 1 234 567 2 300 400">eyes</points>', 2),
        ('[{"point_2d": [10, 20], "label": "hand"}]', 1),
        ('{"points": [[10, 20], [30, 40]]}', 2),
        ("<box>(10,20)</box>", 1),
        ("<loc_100><loc_200>", 1),
        # Florence-2
        ("<loc_100><loc_100><loc_200>", 1),
        ("<loc_300><loc_300><loc_100><loc_100>", 1),
        ("<loc_100><loc_100><loc_200><loc_1000>", 1),
        ("<quad>(1,2),(3,4)</quad>", 1),
        ('{"segmentation": {"counts": "abc", "size": [4, 4]}}', 1),
        ("<loc100><loc100><loc200><loc200>", 1),  # PaliGemma's have four digits
    ],
)
def test_what_is_malformed_is_dropped_and_counted(text, dropped):
    found = parse_regions(text, SIZE, "pixels")
    assert found.dropped == dropped
    assert all(0 <= box[0] < box[2] <= 640 and 0 <= box[1] < box[3] <= 480 for box in found.boxes)
    prediction = interpret(
        "s", "clean", Response(text="Fake. " + text, size=SIZE), ParseSettings(coordinates="pixels")
    )
    assert prediction.dropped_boxes == dropped


def kosmos(first, last, size):
    """The patches' boxes as `transformers` decodes them, `Kosmos2Processor`, P = 32."""
    from transformers.models.kosmos2.processing_kosmos2 import patch_index_to_coordinate

    corners = patch_index_to_coordinate(first, last, 32)
    return tuple(v * side for v, side in zip(corners, (*size, *size), strict=True))


@pytest.mark.slow  # it imports transformers
@pytest.mark.parametrize(("first", "last"), [(44, 863), (0, 1023), (5, 5), (32, 63), (3, 963)])
def test_kosmos_patches_are_those_of_transformers(first, last):
    text = (
        f"<phrase>hand</phrase><object><patch_index_{first:04d}><patch_index_{last:04d}></object>"
    )
    (found,) = parse_regions(text, SIZE).boxes
    assert found == pytest.approx(kosmos(first, last, SIZE))


@pytest.mark.parametrize("size", [(640, 480), (1, 1), (5000, 3000), (20, 4000), (333, 777)])
def test_qwens_resized_frame_is_that_of_transformers(size):
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

    if max(size) / min(size) > 200:
        pytest.skip("transformers refuses this aspect ratio")
    high, wide = smart_resize(
        size[1], size[0], factor=28, min_pixels=4 * 28**2, max_pixels=16384 * 28**2
    )
    assert qwen_resized(size) == (wide, high)


def test_boxes_become_a_mask_in_the_frame_that_was_sent():
    text = "This is a fake image. <box>0 0 500 500</box>"
    mask = interpret("s", "clean", Response(text=text, size=(10, 8)), ParseSettings()).mask
    expected = np.zeros((8, 10), bool)
    expected[:4, :5] = True
    np.testing.assert_array_equal(mask, expected)
    assert (
        interpret("s", "clean", Response(text="Fake.", size=(10, 8)), ParseSettings()).mask is None
    )


def test_regions_are_no_part_of_the_explanation():
    text = "This is a fake image. <box>1 2 30 40</box> The hand is blurred. <loc0001><loc0002>"
    assert strip_regions(text) == "This is a fake image. The hand is blurred."


fours = st.lists(st.integers(0, 1000), min_size=4, max_size=4).filter(
    lambda b: b[0] < b[2] and b[1] < b[3]
)


@settings(max_examples=100, deadline=None)
@given(fours)
def test_one_box_reads_the_same_in_every_form(box):
    x0, y0, x1, y1 = box
    (ours,) = parse_regions(f"<box>{x0} {y0} {x1} {y1}</box>", SIZE).boxes
    others = [
        (f"<box>[[{x0}, {y0}, {x1}, {y1}]]</box>", "auto"),
        (f"<|box_start|>({x0},{y0}),({x1},{y1})<|box_end|>", "auto"),
        (json.dumps([{"bbox_2d": box}]), "thousand"),
        (json.dumps({"verdict": "fake", "boxes": [box]}), "thousand"),
        (json.dumps({"boxes": [[v / 1000 for v in box]]}), "unit"),
        (json.dumps([{"box_2d": [y0, x0, y1, x1]}]), "auto"),
    ]
    for text, unit in others:
        (found,) = parse_regions(text, SIZE, unit).boxes
        assert found == pytest.approx(ours)


PIECES = ("<box>", "</box>", "[", "]", "{", "}", '"bbox_2d":', '"boxes":', "1", "20", "0.5", "-3",
          "1e400", "NaN", ",", " ", "<loc0001>", "<loc9999>", "<patch_index_0001>", "<|box_start|>",
          "<|box_end|>", "(", ")", "null", "'", "```json", "\n", '"x":', '"y":',
          '"width":', ":")  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.sampled_from(list(Coordinates)),
)
def test_nothing_raises_and_boxes_lie_within_the_image(text, size, unit):
    found = parse_regions(text, size, unit)
    for x0, y0, x1, y1 in found.boxes:
        assert all(map(math.isfinite, (x0, y0, x1, y1)))
        assert 0 <= x0 < x1 <= size[0]
        assert 0 <= y0 < y1 <= size[1]
    if size[0] * size[1] < 10**6:
        assert boxes_to_mask(found.boxes, size).shape == (size[1], size[0])
    assert isinstance(strip_regions(text), str)
