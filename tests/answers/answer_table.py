"""The table of answers with their right readings: made by generators, and written by hand."""

from itertools import chain

from language_forms import languages
from sentence_forms import sentences
from structured_forms import structures
from written_answers import written

CASES = tuple(chain(sentences(), structures(), languages(), written()))
