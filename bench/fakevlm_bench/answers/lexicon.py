# ruff: noqa: SIM905
"""The vocabulary as tables: what begins with a word, and which words can begin a mention."""

from __future__ import annotations

from dataclasses import dataclass

from fakevlm_bench.answers.vocabulary import BY_WHOM, MADE_WORDS, PHRASES, Role


def _made_words() -> list[str]:
    """Return "ai-generated", "machine made", "aigenerated" and the like."""
    apart = [f"{by}{joint}{word}" for by in BY_WHOM for word in MADE_WORDS for joint in ("-", " ")]
    return [*apart, *(f"{by}{word}" for by in ("computer", "ai") for word in MADE_WORDS)]


@dataclass(frozen=True, slots=True)
class Entry:
    """What begins with a word: its own roles, and phrases by their second word, longest first."""

    roles: int | None
    phrases: dict[str, list[tuple[tuple[str, ...], int]]]


_JUDGED = (
    "wrong|false|incorrect|absurd|ridiculous|mistaken|misleading|inaccurate|nonsense|foolish|silly|"
    "naive|ludicrous|erroneous|a mistake|an error|a lie|a misconception|a fallacy|untrue"
).split("|")


def _lexicon() -> dict[str, Entry]:
    """Build first word → what begins with it."""
    roles: dict[tuple[str, ...], int] = {}
    for role, phrases in PHRASES.items():
        for phrase in phrases.split("|"):
            words = tuple(phrase.split())
            if words:
                roles[words] = roles.get(words, 0) | role
    for judged in _JUDGED:
        for joint in ("to", "that"):
            roles[(*judged.split(), joint)] = Role.REJECT
    for phrase in _made_words():
        roles[tuple(phrase.split())] = Role.FAKE
    table: dict[str, Entry] = {}
    for words, several in sorted(roles.items(), key=lambda item: -len(item[0])):
        entry = table.setdefault(words[0], Entry(roles.get(words[:1]), {}))
        if len(words) > 1:
            entry.phrases.setdefault(words[1], []).append((words, several))
    return table


LEXICON = _lexicon()
MADE = frozenset(MADE_WORDS)
SHOOT = frozenset({"taken", "captured", "shot", "photographed", "recorded", "snapped", "filmed"})
MAKERS = frozenset(
    (
        "ai ais gan gans diffusion neural midjourney dall-e dalle dall generative generator "
        "generators computer computers machine software algorithm algorithms photoshop text-to- "
        "image artificial dream stylegan flux sora imagen gpt-4o firefly lightroom gimp "
        "inpainting cgi deepfake stable-diffusion"
    ).split()
)
CAMERAS = frozenset(
    (
        "camera cameras phone smartphone dslr photographer photographers iphone cellphone lens "
        "human person mobile canon nikon webcam drone"
    ).split()
)
_SAYING = Role.FAKE | Role.REAL | Role.REAL_NOUN | Role.FORGING | Role.TRUTH
SAYING = (
    frozenset(
        first
        for first, entry in LEXICON.items()
        if (entry.roles or 0) & _SAYING
        or any(roles & _SAYING for several in entry.phrases.values() for _, roles in several)
    )
    | MADE
    | SHOOT
    | frozenset({"product", "output", "creation", "work", "comes", "came"})
)
"""Words with which something can begin that says real or fake."""
