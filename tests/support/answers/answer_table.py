"""The table of answers with their right readings: made by generators, and written by hand."""

from itertools import chain

from support.answers.language_forms import languages
from support.answers.sentence_forms import sentences
from support.answers.structured_forms import structures
from support.answers.written_answers import written

CASES = tuple(chain(sentences(), structures(), languages(), written()))
