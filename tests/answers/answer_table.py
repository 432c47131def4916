"""The table of answers with their right readings: made by generators, and written by hand."""

from itertools import chain

from further_languages import further_languages
from further_layouts import further_layouts
from further_sentences import further_sentences
from inserted_forms import inserted
from language_forms import languages
from sentence_forms import Case, sentences
from structured_forms import structures
from written_answers import written
from written_further import further_written


def _once(cases: chain[Case]) -> tuple[Case, ...]:
    """Keep the first of several answers that are the same."""
    return tuple({(case.text, case.form, case.yes): case for case in reversed([*cases])}.values())[
        ::-1
    ]


CASES = _once(
    chain(
        sentences(),
        structures(),
        languages(),
        written(),
        further_sentences(),
        further_layouts(),
        further_languages(),
        further_written(),
        inserted(),
    )
)
