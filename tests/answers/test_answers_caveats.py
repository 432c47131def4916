"""Reasons that share a sentence with the verdict, further questions, and what is no region."""

import pytest

from fakevlm_bench.answers.read import read_answer, yes_meaning
from fakevlm_bench.answers.regions import parse_regions
from fakevlm_bench.types import Label


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("This is a fake image, the hand has six fingers.", "the hand has six fingers."),
        ("The hands are off, so the image is fake.", "The hands are off"),
        ("The shadows match, therefore the photo is real.", "The shadows match"),
        (
            "Because the hands have six fingers, this is a fake image.",
            "the hands have six fingers",
        ),
        ("Это фейк, у руки шесть пальцев.", "у руки шесть пальцев."),
        ("Dieses Bild ist gefälscht, die Hand hat sechs Finger.", "die Hand hat sechs Finger."),
        ("Cette image est fausse, la main a six doigts.", "la main a six doigts."),
        ("这是假图，手有六根手指。", "手有六根手指。"),
        ("This is a fake image.", ""),
    ],
)
def test_a_reason_in_the_sentence_of_the_verdict_is_kept(text, reason):
    assert read_answer(text).explanation == reason


@pytest.mark.parametrize(
    ("question", "yes"),
    [
        ("这张图片是AI生成的吗？", Label.FAKE),
        ("这张照片是真的吗？", Label.REAL),
        ("这张图片是真的还是假的？", None),
        ("图片里有什么？", None),
        ("Ist dieses Bild echt?", Label.REAL),
        ("Wurde dieses Foto manipuliert?", Label.FAKE),
        ("Ist das Foto echt oder gefälscht?", None),
        ("Ist das Bild nicht echt?", None),
        ("Is this image free of AI manipulation?", Label.REAL),
        ("Is this image not free of manipulation?", None),
    ],
)
def test_further_questions_say_what_yes_means(question, yes):
    assert yes_meaning(question) is yes


@pytest.mark.parametrize(
    ("text", "boxes", "dropped"),
    [
        ("As others wrote [1, 2, 3, 4], the hand is odd.", 0, 0),
        ("The hand [10, 20, 30, 40] is odd.", 1, 0),
        ("[[1,2,3,4]]", 1, 0),
        ('{"bbox": [1, 2, 3, 4]}', 1, 0),
        ('{"x0": 1, "y0": 2, "x1": 30}', 0, 1),
        ('{"label": "hand", "x": 1, "y": 2, "width": 4}', 0, 1),
        ('{"boxes": [{"label": "hand"}]}', 0, 1),
        ('{"bbox": [1, 2, 30, 40], "polygon": [[1, 2], [30, 2], [30, 40]]}', 1, 0),
    ],
)
def test_what_is_no_region_is_left_out_or_counted(text, boxes, dropped):
    regions = parse_regions(text, (100, 100))
    assert (len(regions.boxes), regions.dropped) == (boxes, dropped)
