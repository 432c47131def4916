"""Perturbations for models that read: text in the image, in the question, and beside the image."""

from __future__ import annotations

import dataclasses
import re
import textwrap
from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from fakevlm_bench.errors import ConfigError
from fakevlm_bench.perturbations.levels import Corruption, choice
from fakevlm_bench.types import Image, Query

PLACES = ("bottom right", "bottom left", "top left", "bottom", "centre")
HEIGHTS = (0.03, 0.045, 0.06, 0.09, 0.13)
OPACITIES = (0.35, 0.55, 0.75, 0.9, 1.0)
MARGIN = 0.02


@dataclass(frozen=True)
class Overlay(Corruption):
    """Writing over the image: from small and faint in a corner to large and solid in the middle.

    A severity sets place, height of the letters (3 % to 13 % of the shorter side, smaller
    where the line would not fit) and opacity (.35 to 1). White letters with a black rim, in
    Pillow's own font, so that they look the same on every machine.

    Attributes:
        text: What is written; a line break starts a new line.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse an unknown severity and an empty text."""
        super().__post_init__()
        if not self.text.strip():
            raise ConfigError("this overlay has no text: set 'text' in its configuration")

    def _apply(self, image: Image, rng: np.random.Generator) -> Image:
        """Write the text."""
        height, width = image.shape[:2]
        layer = PillowImage.new("RGBA", (width, height), (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        size = max(HEIGHTS[self.index] * min(height, width), 8.0)
        text, font, box = self._fit(draw, size, width, height)
        left, top = _corner(PLACES[self.index], box[2] - box[0], box[3] - box[1], width, height)
        draw.multiline_text(
            (left - box[0], top - box[1]),
            text,
            fill=(255, 255, 255, 255),
            font=font,
            stroke_width=_stroke(font),
            stroke_fill=(0, 0, 0, 255),
        )
        opacity = OPACITIES[self.index]
        layer.putalpha(layer.getchannel("A").point([round(a * opacity) for a in range(256)]))
        picture = PillowImage.fromarray(image).convert("RGBA")
        return np.asarray(PillowImage.alpha_composite(picture, layer).convert("RGB"))

    def _fit(
        self, draw: ImageDraw.ImageDraw, size: float, width: int, height: int
    ) -> tuple[str, ImageFont.FreeTypeFont | ImageFont.ImageFont, tuple[float, ...]]:
        """Break lines and shrink until the text fits into the image."""
        while True:
            font = ImageFont.load_default(size)
            columns = max(int(width * (1 - 2 * MARGIN) / (0.6 * size)), 8)
            text = "\n".join(textwrap.fill(line, columns) for line in self.text.splitlines())
            box = draw.multiline_textbbox((0, 0), text, font=font, stroke_width=_stroke(font))
            fits = box[2] - box[0] <= width and box[3] - box[1] <= height
            if fits or size <= 4:
                return text, font, box
            size *= 0.9


def _stroke(font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> int:
    """Compute the width of the rim for a font's size, in pixels."""
    return max(round(getattr(font, "size", 10) / 14), 1)


def _corner(
    place: str, box_width: float, box_height: float, width: int, height: int
) -> tuple[float, float]:
    """Compute the position (x, y) of the text's upper left corner."""
    margin = MARGIN * min(width, height)
    x, y = (width - box_width) / 2, (height - box_height) / 2
    if "left" in place:
        x = margin
    elif "right" in place:
        x = width - box_width - margin
    if "top" in place:
        y = margin
    elif "bottom" in place:
        y = height - box_height - margin
    return round(max(x, 0)), round(max(y, 0))


@dataclass(frozen=True)
class PromptOrder:
    """The words real and fake change places in the question.

    Attributes:
        level: ``swapped``, the only one.
    """

    level: str

    def __post_init__(self) -> None:
        """Refuse any other level."""
        choice(self, self.level, ("swapped",))

    def alter(self, query: Query, rng: np.random.Generator) -> Query:
        """Swap whole words, keeping capitals; a query without a prompt stays as it is.

        Args:
            query: Its prompt is altered.
            rng: Not used.

        Raises:
            ConfigError: The question lacks one of the words.
        """
        if not query.prompt:
            return query
        words = {word.lower() for word in re.findall(r"\b(?:real|fake)\b", query.prompt, re.I)}
        if len(words) < 2:
            raise ConfigError(
                f"condition '{query.condition_id}': the prompt '{query.prompt}' does not name "
                "both real and fake, so their order cannot be swapped"
            )
        prompt = re.sub(r"\b(?:real|fake)\b", _other_word, query.prompt, flags=re.I)
        return dataclasses.replace(query, prompt=prompt)


def _other_word(match: re.Match[str]) -> str:
    """Return fake for real and real for fake, in the same case."""
    word = match.group()
    other = "fake" if word.lower() == "real" else "real"
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other


CLAIMS = ("real", "fake", "neutral")


@dataclass(frozen=True)
class Context:
    """A line beside the image, such as a caption or metadata, that makes a claim.

    Attributes:
        level: The claim: ``real``, ``fake``, or ``neutral`` (the control).
        real: The line that claims a photograph.
        fake: The line that claims a generated image.
        neutral: A line of the same form that claims neither.
    """

    level: str
    real: str
    fake: str
    neutral: str

    def __post_init__(self) -> None:
        """Refuse an unknown claim."""
        choice(self, self.level, CLAIMS)

    def alter(self, query: Query, rng: np.random.Generator) -> Query:
        """Append the line to the query's context.

        Args:
            query: Its context is altered.
            rng: Not used.
        """
        line = (self.real, self.fake, self.neutral)[CLAIMS.index(self.level)]
        context = f"{query.context}\n{line}" if query.context else line
        return dataclasses.replace(query, context=context)
