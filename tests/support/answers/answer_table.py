"""The table of answers with their right readings: made by generators, and written by hand."""

from itertools import chain

from support.answers.caveat_forms import caveat_forms
from support.answers.further_languages import further_languages
from support.answers.further_layouts import further_layouts
from support.answers.further_sentences import further_sentences
from support.answers.inserted_forms import inserted
from support.answers.language_forms import languages
from support.answers.sentence_forms import Case, sentences
from support.answers.structured_forms import structures
from support.answers.written_answers import written
from support.answers.written_further import further_written


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
        caveat_forms(),
    )
)
