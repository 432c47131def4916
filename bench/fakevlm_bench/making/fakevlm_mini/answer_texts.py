"""What the training asks and answers, and the tokenizer trained on both."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.detectors.fakevlm.dialogue import (
    CHAT_TEMPLATE,
    END,
    IMAGE,
    PAD,
    QUESTION,
    prompt,
)
from fakevlm_bench.making.fakevlm_mini.synthesis import WEIGHTS, Pair
from fakevlm_bench.making.starter.explanations import references
from fakevlm_bench.making.starter.regions import bounding_box, place
from fakevlm_bench.metrics.rouge import rouge
from fakevlm_bench.seeding import generator
from fakevlm_bench.types import Mask

QUESTIONS = (
    QUESTION,
    "Does the image look real/fake?",
    "Is this image real or fake?",
    "Is this image fake or real? Explain.",
    "Is this photograph authentic? Say real or fake, where, and why.",
)
"""What the training asks; the first one half of the time."""
CELLS = 16
"""Boxes in answers lie on a grid of this many cells a side."""
VOCABULARY = 1200
DRAWS = 80
"""Images whose references a typical explanation is chosen by."""


def box_text(mask: Mask) -> str:
    """Write the smallest box around a mask on the grid of cells, in thousandths."""
    height, width = mask.shape
    x0, y0, x1, y1 = bounding_box(mask)
    low = (round(x0 / width * CELLS), round(y0 / height * CELLS))
    high = (round(x1 / width * CELLS), round(y1 / height * CELLS))
    corners = (*low, max(high[0], low[0] + 1), max(high[1], low[1] + 1))
    return "<box>" + " ".join(str(round(c * 1000 / CELLS)) for c in corners) + "</box>"


def answer(pair: Pair, fake: bool) -> str:
    """Compose the answer to one picture of a pair: verdict, box, explanation.

    Args:
        pair: The twins.
        fake: Whether the picture is the edited one.
    """
    regional = fake and not pair.mask.all()
    explanation = typical(pair.family if fake else "real", regional)
    where = place(pair.mask) if regional else ""
    text = " " + explanation.format(subject=pair.subject, item=pair.item, place=where)
    if not regional:
        return text
    verdict, _, clues = text.partition(". ")
    return f"{verdict}. {box_text(pair.mask)} {clues}"


@cache
def typical(family: str, regional: bool) -> str:
    """Choose the explanation that agrees best with all that is said of a family's images.

    Of all references drawn it is the one with the greatest mean ROUGE-L to those of an
    image, subject and object named wrongly: what the model cannot know should not decide.
    Always the same words leave no chance in what is to be learned.

    Args:
        family: Of the images; ``real`` for photographs.
        regional: Whether a part of the image was edited.

    Returns:
        A text with the slots ``{subject}``, ``{item}`` and, where regional, ``{place}``.
    """
    rng = generator(0, family, "typical")
    slots = ("{subject}", "{place}" if regional else "", "{item}")
    samples = [references(family, *slots, rng) for _ in range(DRAWS)]
    candidates = sorted({text for texts in samples for text in texts})
    guesses = [text.format(subject="scene", item="thing", place="{place}") for text in candidates]
    likeness = rouge(
        [guess for guess in guesses for _ in samples], samples * len(guesses), kinds=("rouge_l",)
    )["rouge_l"]
    means: NDArray[np.float64] = likeness.reshape(len(guesses), len(samples)).mean(1)
    return candidates[int(means.argmax())]


def corpus(subjects: Iterable[str], seed: int, size: int = 4000) -> list[str]:
    """Compose explanations and boxes for the tokenizer to learn from.

    Args:
        subjects: What photographs show.
        seed: Of everything random.
        size: Images that are explained.
    """
    rng = np.random.default_rng(seed)
    names = list(subjects)
    families = [*(name for name in WEIGHTS if name != "resampled"), "real"]
    places = (
        "upper left",
        "upper",
        "upper right",
        "left",
        "centre",
        "right",
        "lower left",
        "lower",
        "lower right",
    )
    texts = [prompt(question) for question in QUESTIONS] * 20
    for _ in range(size):
        family, where, subject = rng.choice(families), rng.choice(places), rng.choice(names)
        texts += [
            " " + text
            for text in references(str(family), str(subject), str(where), str(subject), rng)
        ]
        texts.append(box_text(_rectangle(rng)))
    return texts


def _rectangle(rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw a rectangle on the grid of cells."""
    mask = np.zeros((CELLS, CELLS), bool)
    (y0, y1), (x0, x1) = (sorted(rng.choice(CELLS + 1, 2, replace=False)) for _ in range(2))
    mask[y0:y1, x0:x1] = True
    return mask


def train_tokenizer(texts: Iterable[str]) -> Any:
    """Train a byte-level BPE tokenizer.

    Returns:
        A `transformers.PreTrainedTokenizerFast` that adds no special token by itself.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, END, IMAGE],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.add_tokens(
        [AddedToken("<box>", normalized=False), AddedToken("</box>", normalized=False)]
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens(
        [AddedToken("<box>", normalized=False), AddedToken("</box>", normalized=False)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, eos_token=END, clean_up_tokenization_spaces=False
    )
    fast.add_special_tokens({"additional_special_tokens": [IMAGE]})
    fast.chat_template = CHAT_TEMPLATE
    return fast
