"""From a raw response to a prediction: pure, offline, the same for every detector."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from fakevlm_bench.answers.forms import Form
from fakevlm_bench.answers.read import Answer, read_answer, yes_meaning
from fakevlm_bench.answers.regions import Coordinates, boxes_to_mask, parse_regions
from fakevlm_bench.types import Box, Label, Mask, Prediction, Response, Status
from fakevlm_bench.window import box_to_image


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """How a detector's responses are read; kept in the run's manifest.

    Attributes:
        threshold: P(fake) above which a response without words is FAKE.
        coordinates: Unit of boxes in JSON answers, see `fakevlm_bench.answers.regions.Coordinates`.
        window: Side in pixels of the central window that the detector sees, and that regions
            in its words are about (`fakevlm_bench.window`); null for the whole image.
        answers: The published form of answers in words, see `fakevlm_bench.answers.forms`.
        yes: What *yes* means to the question, ``fake`` or ``real``; null where it is not
            known or the question is not for yes or no.
    """

    threshold: float = 0.5
    coordinates: str = Coordinates.AUTO.value
    window: int | None = None
    answers: str = Form.FREE.value
    yes: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values; `ParseSettings(**value)` reads them back."""
        return asdict(self)


def interpret(
    sample_id: str, condition_id: str, response: Response, reading: ParseSettings
) -> Prediction:
    """Understand one response.

    The verdict comes from the words where there are any, otherwise from the score.
    The mask comes from the boxes, in the frame `response.size`; without a size there is
    no frame and hence no mask. A heat map stays one: metrics cut it. Words that are not
    understood, and a response with neither words nor score, are ``unparsed``.
    """
    if response.error is not None:
        return Prediction(sample_id, condition_id, Status.FAILED, error=response.error)
    score = _score(response)
    answer = None if response.text is None else read_with(response.text, reading)
    verdict = _cut(score, reading.threshold) if answer is None else answer.verdict
    boxes, dropped = _boxes(response, answer, reading)
    return Prediction(
        sample_id=sample_id,
        condition_id=condition_id,
        status=Status.UNPARSED if verdict is None else Status.OK,
        verdict=verdict,
        score=score,
        mask=_mask(response, boxes),
        heat_map=response.heat_map,
        explanation=None if answer is None else answer.explanation,
        dropped_boxes=dropped,
        form=None if answer is None else answer.form,
    )


def yes_of(prompt: str, own: str | None = None, yes: Label | None = None) -> str | None:
    """Say what *yes* means: ``fake``, ``real``, or None where it is not known.

    Args:
        prompt: The task's question.
        own: The question that a detector asks in its place, if any.
        yes: What the task states of its own question.
    """
    meaning = yes_meaning(own) if own else yes_meaning(prompt) if yes is None else yes
    return None if meaning is None else meaning.name.lower()


def read_with(text: str, reading: ParseSettings) -> Answer:
    """Read an answer in words as `reading` says."""
    yes = None if reading.yes is None else Label[reading.yes.upper()]
    return read_answer(text, reading.answers, yes)


def _score(response: Response) -> float | None:
    """Compute P(fake), from log-odds in float64 without overflow."""
    if response.score is not None:
        return response.score
    if response.logit is None:
        return None
    small = math.exp(-abs(response.logit))
    return 1 / (1 + small) if response.logit >= 0 else small / (1 + small)


def _cut(score: float | None, threshold: float) -> Label | None:
    if score is None or math.isnan(score):
        return None
    return Label.FAKE if score > threshold else Label.REAL


def _boxes(
    response: Response, answer: Answer | None, reading: ParseSettings
) -> tuple[tuple[Box, ...], int]:
    """Return the boxes beside and inside the text, and how many were malformed."""
    if answer is None or response.size is None:
        return response.boxes, 0
    side, size = reading.window, response.size
    seen = size if side is None else (side, side)
    regions = parse_regions(answer.body, seen, reading.coordinates)
    boxes = regions.boxes
    if side is not None:
        boxes = tuple(box_to_image(box, size, side) for box in boxes)
    return response.boxes + boxes, regions.dropped


def _mask(response: Response, boxes: tuple[Box, ...]) -> Mask | None:
    return boxes_to_mask(boxes, response.size) if boxes and response.size is not None else None
