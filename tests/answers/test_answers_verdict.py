"""Verdicts against a table of answers that a person has read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakevlm_bench.answers.interpret import ParseSettings, interpret
from fakevlm_bench.answers.read import explain, read_answer
from fakevlm_bench.types import Label, Response, Status
from support.answers.verdict_table import FAKE, OPEN, REAL, TABLE


def parse_verdict(text):
    return read_answer(text).verdict


RIGHT = {"fake": Label.FAKE, "real": Label.REAL, "open": None}


def test_the_table_is_large_and_has_no_answer_twice():
    assert len(TABLE) >= 150
    assert len({text for _, text in TABLE}) == len(TABLE)
    assert min(len(FAKE), len(REAL), len(OPEN)) >= 40


@pytest.mark.parametrize(("reading", "text"), TABLE, ids=[text[:40] for _, text in TABLE])
def test_an_answer_is_read_as_a_person_reads_it(reading, text):
    assert parse_verdict(text) is RIGHT[reading]


@pytest.mark.parametrize(
    "wrap",
    [str.upper, str.title, lambda t: f"  {t}\n", lambda t: f"**{t}**",
     lambda t: t.replace("'", "’"), lambda t: t.replace(".", "。").replace(",", "，"),
     lambda t: f"<think>Is it real or fake?</think>{t}"],
    ids=["upper", "title", "spaces", "bold", "quotes", "cjk", "thinking"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("reading", "text"),
    [("fake", "This is a fake image."), ("real", "This is a real image."),
     ("fake", "This isn't a real photo."), ("real", "The image is not AI-generated."),
     ("fake", "It looks real, but it is fake."), ("open", "I can't tell if it is real or fake.")],
)  # fmt: skip
def test_dress_changes_no_verdict(reading, text, wrap):
    assert parse_verdict(wrap(text)) is RIGHT[reading]


def test_the_last_of_several_verdicts_counts():
    assert parse_verdict("This is a real image. This is a fake image.") is Label.FAKE
    assert parse_verdict("The image is fake. On reflection, the image is real.") is Label.REAL


def test_what_is_not_understood_is_unparsed_and_never_guessed():
    for text in OPEN:
        prediction = interpret("s", "clean", Response(text=text, size=(9, 9)), ParseSettings())
        assert prediction.status is Status.UNPARSED
        assert prediction.verdict is None


WORDS = ("real", "fake", "not", "isn't", "a", "the", "image", "is", "looks", "but", "if", "or",
         "generated", "AI", ".", ",", "?", "\n", ":", "answer", "{", "}", '"', "verdict", "“", "。",
         "<box>", "</box>", "[", "]", "1", "0.5", "<think>", "</think>", "non-", "%")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
)
def test_nothing_that_a_model_writes_raises(text):
    response = Response(text=text, size=(640, 480))
    prediction = interpret("s", "clean", response, ParseSettings())
    assert (prediction.verdict is None) == (prediction.status is Status.UNPARSED)
    assert prediction.mask is None or prediction.mask.shape == (480, 640)
    assert isinstance(explain(text), str)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_a_verdict_does_not_depend_on_white_space_at_the_ends(text):
    assert parse_verdict(text) is parse_verdict(f"  {text}  ")


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("This is a fake image. The hands are wrong; the text is garbled.",
         "The hands are wrong; the text is garbled."),
        ("This is a fake image because the hands are wrong.", "the hands are wrong."),
        ("Fake", ""),
        ("The hands are wrong. Therefore, the image is fake.", "The hands are wrong."),
        ('{"verdict": "fake", "reasons": ["six fingers", "odd text"]}', "six fingers; odd text"),
    ],
)  # fmt: skip
def test_the_explanation_is_the_answer_without_its_verdict(text, explanation):
    assert explain(text) == explanation
