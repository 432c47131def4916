"""The words around FakeVLM-Mini's answers: its prompt, its answers' opening, its verdicts."""

from __future__ import annotations

from typing import Any

IMAGE, END, PAD = "<image>", "</s>", "<pad>"
QUESTION = "Does the image looks real/fake?"
"""The published model's question, its grammar included."""
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}USER: {% else %}ASSISTANT: {% endif %}"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}<image>\n{% endif %}"
    "{% endfor %}{% endif %} {% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
OPENING = " This is a"
"""Every answer's first words; the word after them is the verdict."""
VERDICTS = (" real", " fake")


def prompt(question: str) -> str:
    """Return the text before the answer, as `CHAT_TEMPLATE` renders it."""
    text = question.replace(IMAGE, "").strip() or QUESTION
    return f"USER: {IMAGE}\n{text} ASSISTANT:"


def verdict_tokens(tokenizer: Any) -> tuple[int, int]:
    """Return the tokens of the verdicts real and fake.

    Raises:
        ValueError: The tokenizer cuts one of them into several.
    """
    ids = [tokenizer(verdict)["input_ids"] for verdict in VERDICTS]
    if any(len(one) != 1 for one in ids):
        raise ValueError(f"a verdict is not a single token: {ids}")
    return ids[0][0], ids[1][0]
