"""Whole answers as models write them, read by a person."""

from collections.abc import Iterator

from support.answers.sentence_forms import Case
from support.answers.written_fake import FAKE
from support.answers.written_fake import WEAK as WEAKLY_FAKE
from support.answers.written_open import OPEN
from support.answers.written_real import REAL
from support.answers.written_real import WEAK as WEAKLY_REAL


def written() -> Iterator[Case]:
    """Yield the written answers; those of FakeVLM in its published form and in free reading."""
    for truth, kinds, plain in (
        ("fake", FAKE, True),
        ("real", REAL, True),
        ("open", OPEN, True),
        ("fake", WEAKLY_FAKE, False),
        ("real", WEAKLY_REAL, False),
    ):
        for kind, texts in kinds.items():
            for text in texts:
                yield Case(text, truth, f"written, {kind}", plain)
                if kind == "fakevlm":
                    yield Case(text, truth, "written, published form", form="fakevlm")
