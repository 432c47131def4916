"""`fakevlm-bench read`: how answers are read, and which of their words decide."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakevlm_bench.cli.main import write
from fakevlm_bench.errors import ConfigError, DataError, unknown_name

TEXT = ("text", "answer", "response", "caption", "output")
"""Names under which a row may hold its answer, the first of them that it has."""
LABELS = ("fake", "real")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer with what is known of it."""

    text: str
    id: str | int | None = None
    question: str | None = None
    yes: str | None = None
    size: tuple[int, int] | None = None


def main(arguments: list[str], _: str) -> int:
    """Read answers and show their evidence, or print one JSON object for each.

    Args:
        arguments: Behind the subcommand's name.
        _: The subcommand's name.
    """
    options = _parser().parse_args(arguments)
    if (options.text is None) == (options.file is None):
        raise ConfigError("pass one answer, --file answers.jsonl, or - for standard input")
    size = None if options.size is None else _size(options.size, "--size")
    for number, row in enumerate(list(_rows(options))):
        answer = _read(row, options, size)
        if options.json:
            write(json.dumps(answer))
        else:
            write(("\n" if number else "") + _shown(answer))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fakevlm-bench read", description=__doc__)
    parser.add_argument("text", metavar="TEXT", nargs="?", help="an answer; - reads standard input")
    parser.add_argument("--file", metavar="FILE", help="JSON lines: strings, or objects with text")
    parser.add_argument(
        "--form", "--answers", dest="form", default="free",
        help="published form: fakevlm, json, yes_no, tags or free (default)",
    )  # fmt: skip
    parser.add_argument("--yes", choices=LABELS, help="what yes means")
    parser.add_argument(
        "--question", help="what was asked; a question for yes or no says what yes means"
    )
    parser.add_argument("--size", metavar="WxH", help="the image's size in pixels, for regions")
    parser.add_argument(
        "--coordinates", default="auto", help="unit of boxes in JSON (default: auto)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per answer and line")
    return parser


def _rows(options: argparse.Namespace) -> Iterator[Row]:
    if options.file is not None:
        path = Path(options.file)
        yield from _lines(_decoded(path.read_bytes(), str(path)), str(path))
    elif options.text == "-":
        text = _decoded(sys.stdin.buffer.read(), "standard input")
        yield from (_lines(text, "standard input") if _is_rows(text) else iter([Row(text)]))
    else:
        yield Row(options.text)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: byte {error.start} is not UTF-8") from None


def _is_rows(text: str) -> bool:
    """Say whether every line is a JSON string or an object with an answer."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return False
    for line in lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return False
        if not isinstance(value, str) and not (
            isinstance(value, dict) and any(k in value for k in TEXT)
        ):
            return False
        if isinstance(value, dict) and not any(
            isinstance(value.get(k), str) for k in ("text", "id", *TEXT[2:])
        ):
            return False
    return True


def _lines(text: str, name: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{name}: line {number} is not JSON ({error})") from None
        yield _row(value, f"{name}: line {number}")


def _row(value: Any, place: str) -> Row:
    if isinstance(value, str):
        return Row(value)
    if not isinstance(value, Mapping):
        raise DataError(f"{place} is neither a string nor an object with 'text'")
    key = next((k for k in TEXT if value.get(k) is not None), None)
    if key is None or not isinstance(value[key], str):
        raise DataError(f"{place} has no text under any of {', '.join(TEXT)}")
    question, yes, name = value.get("question"), value.get("yes"), value.get("id")
    if question is not None and not isinstance(question, str):
        raise DataError(f"{place}: 'question' is not a string")
    if yes is not None and yes not in LABELS:
        raise DataError(f"{place}: 'yes' is {yes!r}: it must be 'fake' or 'real'")
    if name is not None and (isinstance(name, bool) or not isinstance(name, str | int)):
        raise DataError(f"{place}: 'id' is neither a string nor a whole number")
    size = value.get("size")
    return Row(value[key], name, question, yes, None if size is None else _size(size, place))


def _size(value: Any, place: str) -> tuple[int, int]:
    """Read ``640x480`` or [640, 480]."""
    parts = value.lower().split("x") if isinstance(value, str) else value
    try:
        width, height = (int(part) for part in parts)
    except (TypeError, ValueError):
        raise ConfigError(f"{place}: {value!r} is not a size: write 640x480") from None
    if not (0 < width <= 10**6 and 0 < height <= 10**6):
        raise ConfigError(f"{place}: {value!r} is not the size of an image")
    return width, height


def _read(row: Row, options: argparse.Namespace, size: tuple[int, int] | None) -> dict[str, Any]:
    from fakevlm_bench.answers.interpret import yes_of
    from fakevlm_bench.answers.read import read_answer
    from fakevlm_bench.answers.regions import Coordinates, parse_regions
    from fakevlm_bench.types import Label

    if options.coordinates not in [*Coordinates]:
        raise unknown_name("unit of coordinates", options.coordinates, [*Coordinates])
    question = row.question or options.question
    yes = row.yes or options.yes or (yes_of(question) if question else None)
    answer = read_answer(row.text, options.form, None if yes is None else Label[yes.upper()])
    size = row.size or size
    regions = None if size is None else parse_regions(answer.body, size, options.coordinates)
    verdict = None if answer.verdict is None else answer.verdict.name.lower()
    return {
        **({} if row.id is None else {"id": row.id}),
        "verdict": verdict,
        "status": "unparsed" if verdict is None else "ok",
        "rule": answer.rule,
        "form": answer.form,
        "explanation": answer.explanation,
        "boxes": None if regions is None else [list(box) for box in regions.boxes],
        "dropped_boxes": None if regions is None else regions.dropped,
        "mentions": [
            {
                "start": m.start, "end": m.end, "words": m.words, "label": m.label.name.lower(),
                "subject": str(m.subject), "polarity": m.polarity, "force": str(m.force),
            }
            for m in answer.mentions
        ],
    }  # fmt: skip


def _shown(answer: Mapping[str, Any]) -> str:
    """Lay one answer out for reading."""
    name = f"{answer['id']}: " if "id" in answer else ""
    lines = [
        f"{name}{answer['verdict'] or 'unparsed'}  (rule: {answer['rule']}; form: {answer['form']})"
    ]
    for m in answer["mentions"]:
        denied = "" if m["polarity"] else ", negated"
        words = " ".join(m["words"].split())
        lines.append(
            f"  {m['start']:>5}-{m['end']:<5} {words!r} → {m['label']}: "
            f"{m['subject']}, {m['force']}{denied}"
        )
    if not answer["mentions"]:
        lines.append("  no word for real or fake")
    lines.append(f"  explanation: {answer['explanation'] or 'none'}")
    if answer["boxes"] is None:
        lines.append("  regions: not read (--size WxH gives their frame)")
    else:
        boxes = "; ".join(" ".join(f"{v:.1f}" for v in box) for box in answer["boxes"]) or "none"
        dropped = f" ({answer['dropped_boxes']} left out)" if answer["dropped_boxes"] else ""
        lines.append(f"  regions: {boxes}{dropped}")
    return "\n".join(lines).encode("utf-8", "replace").decode()
