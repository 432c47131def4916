"""The door, the forms, the evidence and the explanation of answers."""

import dataclasses
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakevlm_bench.answers.evidence import Force, Subject
from fakevlm_bench.answers.interpret import ParseSettings, interpret, yes_of
from fakevlm_bench.answers.json_answers import find_values
from fakevlm_bench.answers.plain_text import MAX_TEXT, cut
from fakevlm_bench.answers.read import read_answer, without_cache
from fakevlm_bench.errors import ConfigError
from fakevlm_bench.types import Label, Response, Status


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("<think>It is real.</think>Fake", "Fake"),
        ("It is real.</think>Fake", "Fake"),
        ("◁think▷real◁/think▷Fake", "Fake"),
        (
            "<|channel|>analysis<|message|>real<|end|><|channel|>final<|message|>Fake<|return|>",
            "Fake",
        ),
        ("Fake</s>", "Fake"),
        ("**Fake**", "Fake"),
        ("~~Real~~ Fake", "Fake"),
        ("Fake<|im_end|>", "Fake"),
        ("```json\n{}\n```", "{}"),
        ("The <b>AI</b>-generated one", "The AI-generated one"),
        ('{"bbox_2d": [1, 2, 3, 4]}', '{"bbox_2d": [1, 2, 3, 4]}'),
        ("<box>1 2 3 4</box>", "<box>1 2 3 4</box>"),
        ("<|box_start|>(1,2),(3,4)<|box_end|>", "<|box_start|>(1,2),(3,4)<|box_end|>"),
    ],
)  # fmt: skip
def test_thoughts_tokens_and_markup_are_cut_and_regions_stay(text, body):
    assert cut(text).body.strip() == body


def test_a_thought_that_never_ends_leaves_nothing():
    for text in ("<think>It is fake", "◁think▷fake", "<|channel|>analysis<|message|>fake"):
        answer = read_answer(text)
        assert (answer.verdict, answer.rule) == (None, "the thought never ends")


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "**", "fake", " ", "</s>", "<b>", "\n", "`"]),
        max_size=20,
    ).map("".join)
)
def test_every_character_of_the_body_is_where_the_map_says(text):
    plain = cut(text)
    for position, character in enumerate(plain.body):
        if not character.isspace():
            assert text[plain.original(position)] == character


def test_mentions_point_into_the_original_text():
    text = "<think>real</think>This is a **fake** image. In a real photo, it would bend."
    first, second = read_answer(text).mentions
    assert text[first.start : first.end] == "fake"
    assert (first.subject, first.force, first.label) == (Subject.IMAGE, Force.STATED, Label.FAKE)
    assert text[second.start : second.end] == "real"
    assert second.subject is Subject.GENERAL


@pytest.mark.parametrize(
    ("text", "subject", "polarity", "force"),
    [
        ("The image is fake.", Subject.IMAGE, True, Force.STATED),
        ("The image is not real.", Subject.IMAGE, False, Force.STATED),
        ("The image looks fake.", Subject.IMAGE, True, Force.HEDGED),
        ("If it were fake, the hand would differ.", Subject.IMAGE, True, Force.HYPOTHETICAL),
        ("The hand is fake.", Subject.REGION, True, Force.HEDGED),
        ("Real photos have noise.", Subject.GENERAL, True, Force.STATED),
        ("Is it fake?", Subject.QUESTION, True, Force.HYPOTHETICAL),
        ('The sign reads "fake".', Subject.QUESTION, True, Force.QUOTED),
    ],
)
def test_a_mention_has_a_subject_a_polarity_and_a_force(text, subject, polarity, force):
    (mention,) = read_answer(text).mentions
    assert (mention.subject, mention.polarity, mention.force) == (subject, polarity, force)


@pytest.mark.parametrize(
    ("form", "text", "used", "verdict"),
    [
        (
            "fakevlm",
            "This is a fake image. On reflection, the image is real.",
            "fakevlm",
            Label.FAKE,
        ),
        ("fakevlm", "The image is real.", "free", Label.REAL),
        ("json", '{"verdict": "fake"}', "json", Label.FAKE),
        ("json", 'Fine: {"verdict": "fake"}', "free", Label.FAKE),
        ("yes_no", "Yes.", "yes_no", Label.FAKE),
        ("yes_no", "Yes, it is.", "free", Label.FAKE),
        ("yes_no", "No, the image is real.", "free", Label.REAL),
        ("tags", "<answer>real</answer>", "tags", Label.REAL),
        ("tags", "real", "free", Label.REAL),
        ("free", "This is a fake image.", "free", Label.FAKE),
    ],
)
def test_the_form_comes_first_and_what_does_not_fit_is_read_freely(form, text, used, verdict):
    answer = read_answer(text, form, yes=Label.FAKE)
    assert (answer.form, answer.verdict) == (used, verdict)


def test_an_unknown_form_is_refused():
    with pytest.raises(ConfigError, match="yes_no"):
        read_answer("fake", "yesno")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('{"verdict": "fake", "verdict": "real"}', None),
        ('{"is_fake": true, "is_real": true}', None),
        ('{"real": 0.6, "fake": 0.7}', None),
        ('{"regions": [{"label": "real", "bbox": [1, 2, 3, 4]}], "verdict": "fake"}', Label.FAKE),
        ('{"deepfake": false, "edited": true}', Label.FAKE),
        ('{"confidence": 0.9}', None),
        ('{"verdict": {"label": "fake"}}', Label.FAKE),
    ],
)
def test_the_outermost_mapping_with_a_verdict_decides(text, verdict):
    assert read_answer(text).verdict is verdict


def test_reasons_of_json_are_read_whatever_they_are_in():
    text = (
        '{"verdict": "fake", "reasons": [{"region": "hand", "reason": "six fingers"}, "odd text"]}'
    )
    assert read_answer(text).explanation == "hand: six fingers; odd text"
    assert (
        read_answer('{"verdict": "fake", "reasons": {"a": "one", "b": "two"}}').explanation
        == "one; two"
    )


def test_what_is_longer_than_the_limit_is_not_read():
    assert read_answer("Fake. " + "x" * (MAX_TEXT - 6)).verdict is Label.FAKE
    answer = read_answer("Fake. " + "x" * MAX_TEXT)
    assert answer.verdict is None
    assert str(MAX_TEXT) in answer.rule


@pytest.mark.parametrize(
    "text", ["\x00", "fake\x00", "\ud800 fake", "\udc80", "{" * 50_000, "[" * 90_000, "<" * 90_000]
)
def test_no_odd_text_crashes(text):
    assert isinstance(read_answer(text).explanation, str)


def test_a_thought_reaches_neither_boxes_nor_explanation():
    text = "<think><box>0 0 500 500</box> Odd sky.</think>This is a fake image. The hand is odd."
    prediction = interpret("s", "clean", Response(text=text, size=(10, 10)), ParseSettings())
    assert prediction.mask is None
    assert prediction.explanation == "The hand is odd."


def test_readings_of_older_manifests_are_free():
    recorded = {"threshold": 0.5, "coordinates": "auto", "window": None}
    reading = ParseSettings(**recorded)
    assert (reading.answers, reading.yes) == ("free", None)
    assert ParseSettings(**dataclasses.asdict(reading)) == reading


def test_the_question_reaches_the_reading():
    assert yes_of("Is this image real?") == "real"
    assert yes_of("Real or fake?") is None
    assert yes_of("Real or fake?", own="Is it AI-generated?") == "fake"
    assert yes_of("Real or fake?", yes=Label.REAL) == "real"
    response = Response(text="Yes.")
    assert interpret("s", "clean", response, ParseSettings(yes="fake")).verdict is Label.FAKE
    assert interpret("s", "clean", response, ParseSettings()).status is Status.UNPARSED


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{'a': 1,}", [{"a": 1}]),
        ('{verdict: "fake"}', [{"verdict": "fake"}]),
        ('[[1, 2], [3, 4]] and {"a": [1]}', [[[1, 2], [3, 4]], {"a": [1]}]),
        ("{not json}", []),
    ],
)
def test_values_inside_text_are_found(text, values):
    assert [value for _, _, value in find_values(text)] == values


def calls_of(text):
    """Count the calls, of Python and of C, that reading a text takes."""
    calls = 0

    def count(frame, event, arg):
        nonlocal calls
        calls += event in ("call", "c_call")

    without_cache()
    sys.setprofile(count)
    try:
        read_answer(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("run", ["<think>", "</think>", "<answer>", "<b>", "[ ", "not ", "fake, "])
def test_twice_the_length_takes_at_most_twice_the_calls(run):
    short, long = (f"This is fake. {run * count} It is." for count in (1000, 2000))
    assert calls_of(long) <= 2.1 * calls_of(short) + 100


@pytest.mark.parametrize(
    "text", ["Fake: if it is real, I am the Pope.", "Deepfake: the claim that it is real is wrong."]
)
def test_a_frame_behind_a_field_does_not_crash(text):
    assert read_answer(text).verdict in (Label.FAKE, None)
