"""What a served model is sent: image and words, through its chat template or as a raw string.

A raw string with an image cannot go through vLLM's completions endpoint, which takes
text alone. It goes through the chat endpoint with a template that writes the
placeholder of the image and the words and nothing else, so that the model sees exactly the
published string.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fakevlm_bench.errors import ConfigError, unknown_name
from fakevlm_bench.imaging import decode_image, encode_png
from fakevlm_bench.json_types import Fingerprint, JsonValue
from fakevlm_bench.media_types import media_type
from fakevlm_bench.types import Query

MODES = ("chat", "raw")
ACCEPTED = ("image/jpeg", "image/png", "image/webp", "image/gif")
_RAW = (
    "{%- for message in messages -%}{%- for part in message['content'] -%}"
    "{%- if part['type'] == 'text' -%}{{ part['text'] }}{%- else -%}IMAGE{%- endif -%}"
    "{%- endfor -%}{%- endfor -%}"
)

SAMPLERS = frozenset({
    "best_of", "do_sample", "epsilon_cutoff", "eta_cutoff", "extra_body", "min_p", "mirostat",
    "n", "num_beams", "options", "sampler", "samplers", "sampling_params", "seed", "tfs_z",
    "top_a", "top_k", "top_p", "typical_p",
})  # fmt: skip
"""Fields of a request that say how to sample."""


@dataclass(frozen=True)
class Prompting:
    """How a question is put.

    Attributes:
        mode: ``chat`` (the model's own template) or ``raw`` (the words as they are).
        prompt: Asked in place of the task's question; null asks the task's.
        instructions: Added to the question, on a line of its own.
        system: System message; empty for none.
        opening: Words that the answer is made to begin with; needs vLLM.
        image_token: Placeholder of the image in a raw string.
        accepts: Media types that the server takes; other files are sent as PNG, with the same
            pixels.
    """

    mode: str = "chat"
    prompt: str | None = None
    instructions: str = ""
    system: str = ""
    opening: str = ""
    image_token: str = "<image>"
    accepts: tuple[str, ...] = field(default=ACCEPTED)

    def __post_init__(self) -> None:
        """Refuse an unknown mode, and a raw string with a system message."""
        if self.mode not in MODES:
            raise unknown_name("prompting", self.mode, MODES)
        if self.mode == "raw" and self.system:
            raise ConfigError("prompting=raw sends the published string alone: leave system empty")

    @property
    def template(self) -> str | None:
        """The chat template that writes a raw string; None for the model's own."""
        return _RAW.replace("IMAGE", self.image_token) if self.mode == "raw" else None

    def fingerprint(self) -> Fingerprint:
        """Return all settings, and by what way a raw string goes."""
        settings: dict[str, JsonValue] = {
            "mode": self.mode,
            "prompt": self.prompt,
            "instructions": self.instructions,
            "system": self.system,
            "opening": self.opening,
            "accepts": list(self.accepts),
        }
        if self.template is not None:
            digest = hashlib.sha256(self.template.encode()).hexdigest()
            settings["raw"] = {
                "through": "chat endpoint with a template",
                "template_sha256": digest,
            }
        return settings

    def body(self, query: Query, settings: Mapping[str, JsonValue]) -> bytes:
        """Write the request for one query.

        Args:
            query: What is asked; its context stands before the question.
            settings: Everything that is the same in every request.

        Raises:
            DataError: An image that has to be sent as PNG cannot be decoded.
        """
        words = [query.context, query.prompt if self.prompt is None else self.prompt]
        text = "\n".join(part for part in (*words, self.instructions) if part)
        parts: list[JsonValue] = [
            {"type": "image_url", "image_url": {"url": self._data_url(query)}},
            {"type": "text", "text": text},
        ]
        messages: list[JsonValue] = [{"role": "user", "content": parts}]
        if self.system:
            messages.insert(0, {"role": "system", "content": self.system})
        extra: dict[str, JsonValue] = {}
        if self.template is not None:
            extra = {"chat_template": self.template, "add_special_tokens": True}
        if self.opening:
            opening = [{"type": "text", "text": self.opening}]
            messages.append({"role": "assistant", "content": opening})
            extra |= {"continue_final_message": True, "add_generation_prompt": False}
        return json.dumps({**settings, **extra, "messages": messages}).encode()

    def _data_url(self, query: Query) -> str:
        """Return the file's own bytes as a data URL; as PNG where its format is not accepted."""
        image, kind = query.image, query.media_type or media_type(query.image)
        if kind not in self.accepts:
            image, kind = encode_png(decode_image(image)), "image/png"
        return f"data:{kind};base64,{base64.b64encode(image).decode()}"


def samples(settings: Mapping[str, JsonValue]) -> bool:
    """Say whether an answer may depend on chance: whatever is not an explicit temperature of 0."""
    temperature = settings.get("temperature")
    if isinstance(temperature, bool) or temperature != 0:
        return True
    return not SAMPLERS.isdisjoint(settings)


def request_fields(
    model: str, max_tokens: int | None, temperature: float | None, top_logprobs: int
) -> dict[str, JsonValue]:
    """List the fields of every request; what is null is left to the server.

    Args:
        model: Name that the server knows.
        max_tokens: Most tokens of an answer.
        temperature: At least 0.
        top_logprobs: Tokens listed beside each token; 0 asks for no log-probabilities.
    """
    fields: dict[str, JsonValue] = {"model": model}
    if max_tokens is not None:
        fields["max_tokens"] = max_tokens
    if temperature is not None:
        fields["temperature"] = temperature
    if top_logprobs:
        fields |= {"logprobs": True, "top_logprobs": top_logprobs}
    return fields
