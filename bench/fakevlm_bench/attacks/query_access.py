"""Asking a detector about candidate images as anybody could: by sending a file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fakevlm_bench.attacks.query_search import Answer, StartSearch, ThreatModel, run_searches
from fakevlm_bench.contract import described
from fakevlm_bench.imaging import encode_png
from fakevlm_bench.protocols import Detector
from fakevlm_bench.responses import admit
from fakevlm_bench.types import Attacked, Image, Label, Query, Response, Status, Target

if TYPE_CHECKING:
    from fakevlm_bench.answers.interpret import ParseSettings

SMALLEST = 1e-12
"""Probabilities are kept this far from 0 and 1, so that their log-odds stay finite."""


def craft_by_queries(
    detector: Detector,
    targets: Sequence[Target],
    start: StartSearch,
    threat: ThreatModel,
    name: str,
) -> list[Attacked]:
    """Attack images through `Detector.predict` alone.

    Args:
        detector: The attacked one.
        targets: Any number, of any sizes.
        start: Starts the search for one image.
        threat: The distance and the budget.
        name: The attack's, which stands in the queries as their condition.

    Returns:
        One result per target, in order.
    """

    def ask(candidates: Sequence[tuple[Target, Image]]) -> list[Answer]:
        answers: list[Answer] = []
        for first in range(0, len(candidates), detector.batch_size):
            batch = candidates[first : first + detector.batch_size]
            responses = _predict(detector, [_query(*one, name) for one in batch])
            answers += [
                read_response(detector, response, target)
                for response, (target, _) in zip(responses, batch, strict=True)
            ]
        return answers

    return run_searches(ask, targets, start, threat, width=detector.batch_size)


def _query(target: Target, image: Image, name: str) -> Query:
    return Query(
        sample_id=target.sample_id,
        condition_id=name,
        image=encode_png(image),
        media_type="image/png",
        prompt=target.prompt,
        seed=target.seed,
    )


def _predict(detector: Detector, queries: Sequence[Query]) -> list[Response]:
    """Ask together, and one by one where that raises."""
    try:
        return [admit(one) for one in detector.predict(queries)]
    except Exception as error:  # any fault of a detector's own code costs one query
        if len(queries) == 1:
            return [Response(error=f"{type(error).__name__}: {error}")]
        return [response for query in queries for response in _predict(detector, [query])]


def read_response(detector: Detector, response: Response, target: Target) -> Answer:
    """Read margin and verdict off a response; no guess where there is neither.

    Args:
        detector: Its threshold and the form of its answers are used.
        response: A number is preferred to words.
        target: Whose label is the truth.
    """
    if response.error is not None:
        return Answer(math.inf, wrong=False, error=response.error)
    side = 1 if target.label is Label.FAKE else -1
    odds = _log_odds(response, detector.threshold)
    if odds is not None:
        verdict = Label.FAKE if odds > 0 else Label.REAL
        return Answer(side * odds, wrong=verdict is not target.label)
    from fakevlm_bench.answers.interpret import interpret

    prediction = interpret(target.sample_id, "attack", response, _reading(detector, target))
    if prediction.status is not Status.OK or prediction.verdict is None:
        return Answer(math.inf, wrong=False, error=prediction.error or "no verdict in the answer")
    wrong = prediction.verdict is not target.label
    return Answer(-1.0 if wrong else 1.0, wrong=wrong)


def _reading(detector: Detector, target: Target) -> ParseSettings:
    """Read its words as the run does."""
    from fakevlm_bench.answers.interpret import ParseSettings, yes_of

    return ParseSettings(
        threshold=detector.threshold,
        answers=described(detector).answers,
        yes=yes_of(target.prompt, described(detector).question),
    )


def _log_odds(response: Response, threshold: float) -> float | None:
    """Compute log-odds of fake minus the threshold's; None where the response has no number."""
    if response.logit is not None:
        odds = response.logit
    elif response.score is not None:
        odds = _logit(response.score)
    else:
        return None
    return None if math.isnan(odds) else odds - _logit(threshold)


def _logit(probability: float) -> float:
    clipped = min(max(probability, SMALLEST), 1 - SMALLEST)
    return math.log(clipped) - math.log1p(-clipped)
