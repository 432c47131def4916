"""The fixed subset of the starter set's test split for a first look.

``quick.txt`` beside this file lists it: pairs of a real image and one twin, every family
in its share, and a few generated faces. Run this module to write the list anew, which a
new version of the data calls for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

LIST = Path(__file__).parent / "quick.txt"
SIZE = 200
UNPAIRED = 10


class Row(TypedDict):
    """The columns by which samples are selected."""

    id: str
    label: int
    family: str
    pair: str
    paired: bool


def quick_ids() -> frozenset[str]:
    """Return the subset's sample ids."""
    return frozenset(LIST.read_text(encoding="utf-8").split())


def choose(rows: Sequence[Row]) -> list[str]:
    """Choose the subset from the rows of the test split.

    Fakes are chosen family by family in the order of their ids' digests, each with its own
    real twin; families get places in proportion to their size.
    """
    ranked = sorted(rows, key=lambda row: hashlib.sha256(row["id"].encode()).digest())
    fakes = [row for row in ranked if row["label"] == 1 and row["paired"]]
    ids = [row["id"] for row in ranked if not row["paired"]][:UNPAIRED]
    places = (SIZE - len(ids)) // 2
    used: set[str] = set()
    for family, count in _shares([row["family"] for row in fakes], places).items():
        free = [row for row in fakes if row["family"] == family and row["pair"] not in used]
        own: dict[str, str] = {}
        for row in free:
            own.setdefault(row["pair"], row["id"])
        twins = dict(list(own.items())[:count])
        used |= set(twins)
        ids += [name for pair in twins.items() for name in pair]
    return sorted(ids)


def _shares(families: Sequence[str], places: int) -> dict[str, int]:
    """Divide places among families by largest remainders, the smallest family first."""
    counts = {name: families.count(name) for name in sorted(set(families))}
    exact = {name: places * count / len(families) for name, count in counts.items()}
    shares = {name: int(share) for name, share in exact.items()}
    by_rest = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_rest[: places - sum(shares.values())]:
        shares[name] += 1
    return dict(sorted(shares.items(), key=lambda item: (counts[item[0]], item[0])))


def main() -> None:
    """Write ``quick.txt`` from the test split."""
    import pyarrow.parquet as pq

    columns = ["id", "label", "family", "pair", "paired"]
    files = sorted((LIST.parent / "data").glob("test-*.parquet"))
    rows = [row for file in files for row in pq.read_table(file, columns=columns).to_pylist()]
    LIST.write_text("\n".join(choose(rows)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
