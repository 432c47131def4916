"""The model cards that the project ships, as parts of a submission."""

from __future__ import annotations

import re
from importlib.resources import files

from fakevlm_bench.result import Document

_LINE = re.compile(r"^- \*\*(?P<name>[^:*]+):\*\* (?P<text>.+)$", re.MULTILINE)
_ARXIV = re.compile(r"arXiv (\d{4}\.\d{4,5})")
_ASIDE = re.compile(r"(;|, as |, so | \(|\.$).*")
"""What a card says of a licence beside its name."""
_WEIGHTS = re.compile(r"(\d[\d,]*) weights\b")


def model_card(name: str) -> Document:
    """Read what a detector's model card says, in the places of a submission.

    Args:
        name: The detector's; for one without a card there is nothing.
    """
    path = files("fakevlm_bench.detectors") / "cards" / f"{name}.md"
    if not path.is_file():
        return {}
    lines = {m["name"]: _plain(m["text"]) for m in _LINE.finditer(path.read_text("utf-8"))}
    arxiv = _ARXIV.search(lines.get("Paper", ""))
    network = lines.get("Network", "")
    counted = _WEIGHTS.search(network or lines.get("Weights", ""))
    parts: dict[str, Document] = {
        "detector": {
            "paper": f"https://arxiv.org/abs/{arxiv[1]}" if arxiv else None,
            "licence": _ASIDE.sub("", lines.get("Licence", ""))[:80] or None,
            "family": "statistic" if network.startswith("none") else "network" if network else None,
            "parameters": int(counted[1].replace(",", "")) if counted else None,
        },
        "weights": {"source": lines.get("Weights", "")[:300]},
        "training": _training(lines.get("Training data", "")),
        "threshold": {"chosen": lines.get("Threshold", "")[:600]},
    }
    card: Document = {
        part: {key: value for key, value in values.items() if value}
        for part, values in parts.items()
    }
    if lines.get("Preprocessing"):
        card["preprocessing"] = lines["Preprocessing"][:1000]
    return card


def _training(text: str) -> Document:
    """Take a card's line on training data apart."""
    data, _, rest = text.partition(" Generators seen: ")
    seen, _, shared = rest.partition(" Shared with the starter set: ")
    return {
        "data": data[:2000],
        "generators_seen": [name.strip(" .")[:80] for name in seen.split(";") if name],
        "overlap": shared[:1000],
    }


def _plain(text: str) -> str:
    """Take Markdown's code marks off, and what a submission's text may not hold."""
    return re.sub(r"[`<>]", "", text).strip()
