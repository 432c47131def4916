"""The code blocks of the project's documents, as a Markdown reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        document: Path below the checkout.
        section: Heading that it stands under.
        number: Its place among the section's blocks, from 1.
        language: What the fence says, such as ``sh``.
        text: What stands in it.
    """

    document: str
    section: str
    number: int
    language: str
    text: str

    @property
    def key(self) -> str:
        return f"{self.document} · {self.section} · {self.number}"


def documents() -> list[Path]:
    tops = ("README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "leaderboard/README")
    named = [path for name in tops if (path := ROOT / f"{name}.md").is_file()]
    return [*named, *sorted((ROOT / "docs").glob("*.md"))]


def blocks() -> list[Block]:
    found: list[Block] = []
    for path in documents():
        section = ""
        tokens = MarkdownIt().parse(path.read_text("utf-8"))
        for i, token in enumerate(tokens):
            if token.type == "heading_open":
                section, number = tokens[i + 1].content, 0
            if token.type in ("fence", "code_block"):
                number += 1
                name = path.relative_to(ROOT).as_posix()
                found.append(Block(name, section, number, token.info.strip(), token.content))
    return found
