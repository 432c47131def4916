"""Fixtures that several areas share."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real images and published weights beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(
            f"{folder} is not there: the real images and weights are kept beside a checkout"
        )
    return folder


def forms(secret: str) -> set[str]:
    """A secret raw, URL-encoded, JSON-escaped, HTML-escaped and in base64 at any alignment."""
    raw = secret.encode()
    escaped = {secret, quote(secret, safe=""), quote_plus(secret), html.escape(secret),
               json.dumps(secret)[1:-1], repr(secret)[1:-1]}  # fmt: skip
    for before in range(3):
        text = base64.b64encode(b"x" * before + raw + b"x" * 3).decode()
        escaped.add(text[-(-8 * before // 6) : (8 * (before + len(raw))) // 6])
    return escaped | {part for part in secret.split() if len(part) > 5}


def texts(place: Path) -> Iterator[tuple[str, str]]:
    """Everything below a folder as text, Parquet unpacked, with the file's name."""
    import pyarrow.parquet as pq

    for path in sorted(one for one in place.rglob("*") if one.is_file()):
        yield str(path), path.name
        if path.suffix == ".parquet":
            yield str(path), str(pq.read_table(path).to_pylist())
            yield str(path), str(pq.read_schema(path).metadata)
        else:
            yield str(path), path.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def no_leak() -> Callable[..., None]:
    """Fail where a secret stands in any file below the folders, or in any of the texts."""

    def search(secret: str, *places: Path | str) -> None:
        found = [
            f"{form!r} in {where}: …{text[max(0, text.find(form) - 80) :][:200]!r}"
            for place in places
            for where, text in (texts(place) if isinstance(place, Path) else [("output", place)])
            for form in forms(secret)
            if form in text
        ]
        assert not found, "\n".join(found)

    return search
