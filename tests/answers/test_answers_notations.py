"""Known boxes, written in each notation, read back; and what stands beside them."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.answers.regions import (
    MOST,
    Coordinates,
    boxes_to_mask,
    coordinates_named,
    parse_regions,
    strip_regions,
)
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.types import Response

WIDE, HIGH = SIZE = (640, 480)


def thousandths(box):
    x0, y0, x1, y1 = box
    return x0 * 0.64, y0 * 0.48, x1 * 0.64, y1 * 0.48


def per_999(box):
    return tuple(v * side / 999 for v, side in zip(box, (WIDE, HIGH) * 2, strict=True))


def bin_centres(box):
    return tuple((v + 0.5) * side / 1000 for v, side in zip(box, (WIDE, HIGH) * 2, strict=True))


def per_1024(box):
    return tuple(v * side / 1024 for v, side in zip(box, (WIDE, HIGH) * 2, strict=True))


def shown(box, form):
    x0, y0, x1, y1 = box
    return form.format(x0=x0, y0=y0, x1=x1, y1=y1)


# name: (how a box with thousandths 0 to 999 is written, its pixels, the unit, a broken neighbour)
NOTATIONS = {
    "FakeVLM-Mini": ("<box>{x0} {y0} {x1} {y1}</box>", thousandths, "auto", "<box>1 2 3</box>"),
    "Qwen-VL": ("<box>({x0},{y0}),({x1},{y1})</box>", thousandths, "auto", "<box>(1,2),(3</box>"),
    "InternVL": ("<ref>hand</ref><box>[[{x0}, {y0}, {x1}, {y1}]]</box>", thousandths, "auto",
                 "<box>[[5, 5, 5]]</box>"),
    "Qwen2-VL": ("<|box_start|>({x0},{y0}),({x1},{y1})<|box_end|>", thousandths, "auto",
                 "<|box_start|>(1,2)"),
    "DeepSeek-VL2": ("<|ref|>hand<|/ref|><|det|>[[{x0}, {y0}, {x1}, {y1}]]<|/det|>", per_999,
                     "auto", "<|det|>[[1, 2, 3]]<|/det|>"),
    "GLM": ("<|begin_of_box|>[[{x0},{y0},{x1},{y1}]]<|end_of_box|>", thousandths, "auto",
            "<|begin_of_box|>[[1,2,3]]<|end_of_box|>"),
    "CogVLM": ("[[{x0:03d},{y0:03d},{x1:03d},{y1:03d};]]".replace(";", ""), thousandths, "auto",
               "[[000,001,002;900,900,000,000]]"),
    "Florence-2": ("hand<loc_{x0}><loc_{y0}><loc_{x1}><loc_{y1}>", bin_centres, "auto",
                   "shadow<loc_1><loc_2><loc_3>"),
    "PaliGemma": ("<loc{y0:04d}><loc{x0:04d}><loc{y1:04d}><loc{x1:04d}> hand ;", per_1024, "auto",
                  "<loc0001><loc0002> foot"),
    "PaliGemma, outline": ("<loc{y0:04d}><loc{x0:04d}><loc{y1:04d}><loc{x1:04d}>"
                           + "<seg012>" * 16 + " hand ;", per_1024, "auto", "<loc0001> foot"),
    "Qwen quad": ("<|quad_start|>({x0},{y0}),({x1},{y0}),({x1},{y1}),({x0},{y1})<|quad_end|>",
                  thousandths, "auto", "<|quad_start|>(1,2)<|quad_end|>"),
    "Qwen3-VL": ('[{{"bbox_2d": [{x0}, {y0}, {x1}, {y1}], "label": "hand"}}]', thousandths,
                 "thousand", '{"bbox_2d": [1, 2, 3]}'),
    "Gemini": ('[{{"box_2d": [{y0}, {x0}, {y1}, {x1}], "label": "hand"}}]', thousandths, "auto",
               '{"box_2d": [1, 2]}'),
    "Ferret": ("hand [{x0}, {y0}, {x1}, {y1}]", thousandths, "thousand", '{"box": [9]}'),
    "polygon": ('{{"polygon": [[{x0}, {y0}], [{x1}, {y0}], [{x1}, {y1}]]}}', thousandths,
                "thousand", '{"polygon": [[1, 2], [3]]}'),
    "COCO": ('{{"segmentation": [[{x0}, {y0}, {x1}, {y0}, {x1}, {y1}]]}}', thousandths,
             "thousand", '{"segmentation": [[1, 2, 3]]}'),
    "named": ('{{"x_min": {x0}, "y_min": {y0}, "x_max": {x1}, "y_max": {y1}}}', thousandths,
              "thousand", '{"x_min": 1, "y_min": 2, "x_max": 3, "y_max": "far"}'),
}  # fmt: skip

grid_boxes = st.tuples(*[st.integers(0, 999)] * 4).filter(lambda b: b[0] < b[2] and b[1] < b[3])
units = st.sampled_from(sorted(NOTATIONS))


@settings(max_examples=300, deadline=None)
@given(units, grid_boxes)
def test_a_box_is_read_alike_in_every_notation(name, box):
    form, pixels, unit, _ = NOTATIONS[name]
    if name == "CogVLM" and min(box) >= 100:
        unit = "auto"  # without a leading zero it is JSON too, whose unit auto takes for CogVLM's
    read = parse_regions(f"This is a fake image. {shown(box, form)} The hand melts.", SIZE, unit)
    assert read.dropped == 0
    assert read.boxes == (pytest.approx(pixels(box)),)


@settings(max_examples=300, deadline=None)
@given(units, grid_boxes, st.booleans())
def test_a_malformed_neighbour_never_changes_a_good_box(name, box, is_first):
    form, _, unit, broken = NOTATIONS[name]
    good = shown(box, form)
    alone = parse_regions(good, SIZE, unit)
    both = f"{broken} and {good}" if is_first else f"{good} and {broken}"
    read = parse_regions(both, SIZE, unit)
    assert read.boxes == alone.boxes
    assert read.dropped >= 1


@pytest.mark.parametrize("name", sorted(NOTATIONS))
def test_notations_are_no_part_of_the_explanation(name):
    form, _, _, _ = NOTATIONS[name]
    left = strip_regions(f"Blurred edges. {shown((12, 34, 500, 600), form)} Odd light.")
    words = [word for word in left.split() if word not in ("hand", "hand;")]
    assert " ".join(words) == "Blurred edges. Odd light."


@pytest.mark.parametrize("name", sorted(NOTATIONS))
def test_a_notation_comes_through_the_whole_reading_of_an_answer(name):
    form, pixels, unit, _ = NOTATIONS[name]
    box = (12, 34, 500, 600)
    text = f"This is a fake image. {shown(box, form)} The light is odd."
    read = interpret("s", "clean", Response(text=text, size=SIZE), ParseSettings(coordinates=unit))
    assert read.dropped_boxes == 0
    np.testing.assert_array_equal(read.mask, boxes_to_mask([pixels(box)], SIZE))


def test_several_boxes_in_one_pair_of_tags_and_lists_in_lists():
    boxes = [(0, 0, 100, 100), (250, 500, 500, 999)]
    pixels = tuple(pytest.approx(thousandths(box)) for box in boxes)
    lists = [list(box) for box in boxes]
    for value in (lists, [[one] for one in lists], [lists], [[[one]] for one in lists]):
        assert parse_regions(json.dumps(value), SIZE, "thousand").boxes == pixels
        assert parse_regions(json.dumps({"boxes": value}), SIZE, "thousand").boxes == pixels
        assert parse_regions(f"<box>{json.dumps(value)}</box>", SIZE).boxes == pixels
    cog = "[[000,000,100,100;250,500,500,999]]"
    assert parse_regions(f"fake {cog}.", SIZE, "pixels").boxes == pixels
    shikra = "[0.000,0.000,0.100,0.100;0.250,0.500,0.500,0.999]"
    assert parse_regions(f"fake {shikra}.", SIZE, "pixels").boxes == pixels
    by_name = {"regions": {"hand": lists[0], "eye": {"bbox": lists[1]}}}
    assert sorted(parse_regions(json.dumps(by_name), SIZE, "thousand").boxes) == list(pixels)


@pytest.mark.parametrize(
    "text",
    [
        '{"boxes": [[160, 240, 320, 470], [1, 2, 3]]}',
        '{"boxes": [[1, 2, 3], [160, 240, 320, 470]]}',
        '{"boxes": [[160, 240, 320, 470], 7]}',
        '{"boxes": [[160, 240, 320, 470], "left"]}',
        '{"boxes": [[160, 240, 320, 470], [[[1, 2, 3]]]]}',
        '{"boxes": [[160, 240, 320, 470], [900, 900, 100, 100]]}',  # no evidence of thousandths
        '{"boxes": [[160, 240, 320, 470], [160, 240, 99999, 1]]}',
        '{"regions": [{"bbox": [160, 240, 320, 470]}, {"bbox": [1, 2]}]}',
        "[[160, 240, 320, 470], [1, 2, 3]]",
    ],
)
def test_one_bad_box_of_a_list_costs_no_other(text):
    read = parse_regions(text, SIZE, "auto")
    assert read.boxes == ((160.0, 240.0, 320.0, 470.0),)
    assert read.dropped == 1


@pytest.mark.parametrize(
    ("tokens", "box", "dropped"),
    [
        # an OCR quad: four corners
        ("word<loc_100><loc_200><loc_300><loc_210><loc_300><loc_260><loc_100><loc_250>",
         [(100, 200, 300, 260)], 0),
        # one phrase, two boxes
        ("hands<loc_100><loc_200><loc_300><loc_400><loc_500><loc_600><loc_700><loc_800>",
         [(100, 200, 300, 400), (500, 600, 700, 800)], 0),
        # three points are no boxes
        ("<loc_500><loc_100><loc_900><loc_800><loc_100><loc_800>", [(100, 100, 900, 800)], 0),
        ("<poly><loc_100><loc_200><loc_300><loc_200><loc_300><loc_400><loc_100><loc_400></poly>",
         [(100, 200, 300, 400)], 0),
        ("<loc_1><loc_2><loc_30><loc_2><loc_30><loc_40><sep><loc_5><loc_6><loc_7><loc_6><loc_7><loc_8>",
         [(1, 2, 30, 40), (5, 6, 7, 8)], 0),
        # of three boxes one without area
        ("a<loc_1><loc_2><loc_3><loc_4><loc_9><loc_9><loc_9><loc_9><loc_5><loc_6><loc_7><loc_8>",
         [(1, 2, 3, 4), (5, 6, 7, 8)], 1),
        ("a<loc_1><loc_2><loc_30><loc_40>b<loc_9><loc_9><loc_9>", [(1, 2, 30, 40)], 1),
    ],
)  # fmt: skip
def test_florences_boxes_quads_and_polygons(tokens, box, dropped):
    read = parse_regions(tokens, SIZE)
    assert list(read.boxes) == [pytest.approx(bin_centres(one)) for one in box]
    assert read.dropped == dropped


@pytest.mark.slow  # it imports transformers
def test_florences_bins_are_those_of_transformers():
    torch = pytest.importorskip("torch")
    processing = pytest.importorskip("transformers.models.florence2.processing_florence2")
    parser = processing.Florence2PostProcessor.__new__(processing.Florence2PostProcessor)
    parser.quantize_bins = (1000, 1000)
    bins = (120, 33, 500, 700)
    expected = parser.dequantize(torch.tensor([bins]), size=SIZE)[0].tolist()
    (read,) = parse_regions("hand<loc_120><loc_33><loc_500><loc_700>", SIZE).boxes
    assert read == pytest.approx(expected, abs=1)  # which cuts off what is behind the point


@pytest.mark.parametrize(
    ("text", "unit", "box"),
    [
        ("<box>-50 500 500 1200</box>", "auto", (0, 240, 320, 480)),
        ('{"box": [600, 400, 900, 700]}', "pixels", (600, 400, 640, 480)),
        ('{"box": [-20, -10, 30, 40]}', "pixels", (0, 0, 30, 40)),
        ('{"box": [0.5, 0.5, 1.02, 1.0]}', "auto", (320, 240, 640, 480)),
        ('{"box": [-0.01, 0.5, 0.5, 1.3]}', "auto", (0, 240, 320, 480)),
        ('{"box": [0.5, 0.5, 1.3, 1.2]}', "unit", (320, 240, 640, 480)),
        ('{"box": [0, 0, 1, 1]}', "auto", (0, 0, 640, 480)),
    ],
)
def test_what_lies_partly_outside_is_clipped(text, unit, box):
    read = parse_regions(text, SIZE, unit)
    assert read.boxes == (pytest.approx(box),)
    assert read.dropped == 0


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ('{"box": [700, 10, 800, 20]}', "pixels"),
        ('{"box": [1.1, 0.1, 1.2, 0.2]}', "unit"),
        ('{"box": [-0.5, 0.1, 0, 0.2]}', "unit"),
        ('{"box": [0, 0, 0, 0]}', "auto"),
    ],
)
def test_what_lies_wholly_outside_is_dropped(text, unit):
    read = parse_regions(text, SIZE, unit)
    assert read.boxes == ()
    assert read.dropped == 1


def test_points_are_counted_by_themselves():
    read = parse_regions('<point x="1" y="2">a</point> <box>1 2</box> <box>1 2 3</box>', SIZE)
    assert (read.dropped, read.points) == (3, 2)
    assert strip_regions('<point x="1" y="2" alt="hand">hand</point> melts') == "hand melts"


@pytest.mark.parametrize(
    "text",
    ["Clues [1, 2] and [3].", "See [1; 2; 3].", "fake <|begin_of_box|>real<|end_of_box|>",
     '{"regions": ["left hand", "shadow"]}', '{"boxes": null, "bbox": "none"}', '{"boxes": {}}',
     '{"left": "the hand", "top": "the sky", "right": "a car", "bottom": "sand"}',
     "<box>[]</box>"],
)  # fmt: skip
def test_what_is_no_region_is_not_counted(text):
    read = parse_regions(text, SIZE)
    assert (read.boxes, read.dropped) == ((), 0)


def test_a_mask_is_filled_where_boxes_and_image_meet():
    mask = boxes_to_mask([(-5, -5, 2, 3), (8, 6, 99, 99), (-9, 0, -2, 8), (20, 0, 30, 8)], (10, 8))
    expected = np.zeros((8, 10), bool)
    expected[:3, :2] = expected[6:, 8:] = True
    np.testing.assert_array_equal(mask, expected)


def test_of_very_many_boxes_the_rest_is_counted():
    read = parse_regions("<box>1 2 30 40</box>" * (MOST + 7), SIZE)
    assert (len(read.boxes), read.dropped) == (MOST, 7)


@pytest.mark.parametrize("text", ["[" * 2000, "{'bbox':" * 500, '{"a":' * 500,
                                  '{"bbox": ' + "[" * 900 + "]" * 900 + "}",
                                  "<box>" + "[" * 9000 + "]" * 9000 + "</box>"])  # fmt: skip
def test_deep_nesting_is_survived(text):
    assert parse_regions(text, SIZE).boxes == ()
    assert isinstance(strip_regions(text), str)


def test_an_unknown_unit_is_answered_with_the_nearest():
    assert coordinates_named("unit") is Coordinates.UNIT
    with pytest.raises(ConfigError, match="unknown unit of coordinates 'pixel': did you mean pix"):
        coordinates_named("pixel")
