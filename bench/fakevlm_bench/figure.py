"""A figure: a number with its uncertainty, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

DASH = "–"
Json: TypeAlias = Any
"""A plain JSON value."""
Document: TypeAlias = dict[str, Json]
"""A JSON object."""
_OWN = ("value", "absent", "low", "high", "n", "no_interval")


def number(value: float) -> str:
    """Write a number with three decimals, one from 1,000 on without."""
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:,.0f}"


@dataclass(frozen=True, slots=True, eq=False)
class Figure(Mapping[str, Any]):
    """A number with its uncertainty, or the reason why there is none.

    Also a read-only mapping with the keys of its JSON form, so that ``figure["value"]`` and
    ``"absent" in figure`` work, and a figure equals its JSON form.

    Attributes:
        value: The number; None where it is absent, and where there are `several`.
        absent: Why there is no value.
        low: Lower end of the interval, None where there is no interval.
        high: Upper end of the interval, None where there is no interval.
        n: Samples it comes from, None where samples do not apply.
        no_interval: Why there is no interval, where resampling says nothing.
        estimated: Whether the figure is of a kind that has an interval, even where it has none.
        several: Named values in place of one, of a metric of the user's own.
        further: Further keys of the JSON form, such as the baseline's name.
    """

    value: float | None = None
    absent: str | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    no_interval: str | None = None
    estimated: bool = False
    several: Mapping[str, Json] | None = None
    further: Mapping[str, Json] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: Mapping[str, Json]) -> Figure:
        """Read a figure from its JSON form.

        Raises:
            ValueError: It is not the JSON form of a figure.
        """
        if isinstance(document, cls):
            return document
        value, reason = document.get("value"), document.get("absent")
        if reason is None and value is None:
            raise ValueError("a figure has a 'value' or says why it is 'absent'")
        is_map = isinstance(value, Mapping)
        return cls(
            value=None if is_map else value,
            absent=reason,
            low=document.get("low"),
            high=document.get("high"),
            n=document.get("n"),
            no_interval=document.get("no_interval"),
            estimated="low" in document,
            several=value if is_map else None,
            further={key: item for key, item in document.items() if key not in _OWN},
        )

    def to_json(self) -> Document:
        """Return the figure as plain JSON; what does not apply has no key."""
        document: Document = {}
        if self.absent is not None:
            document["absent"] = self.absent
        else:
            document["value"] = self.value if self.several is None else dict(self.several)
        if self.estimated:
            document |= {"low": self.low, "high": self.high}
        if self.n is not None:
            document["n"] = self.n
        if self.no_interval is not None:
            document["no_interval"] = self.no_interval
        return document | dict(self.further)

    @property
    def is_absent(self) -> bool:
        """Whether it could not be computed."""
        return self.absent is not None

    @property
    def has_interval(self) -> bool:
        """Whether both ends of an interval are known."""
        return self.low is not None and self.high is not None

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """The interval's ends; the value itself, or None, where there is no interval."""
        return (self.low, self.high) if self.has_interval else (self.value, self.value)

    @property
    def value_text(self) -> str:
        """The value with three decimals, a dash where there is none."""
        return DASH if self.value is None else number(self.value)

    @property
    def interval_text(self) -> str:
        """``[0.897, 0.926]``; ``[–]`` where resampling says nothing, nothing without resamples."""
        if self.low is not None and self.high is not None:
            return f"[{number(self.low)}, {number(self.high)}]"
        return f"[{DASH}]" if self.no_interval is not None else ""

    @property
    def text(self) -> str:
        """``0.912 [0.897, 0.926]``, ``0.912 [–]``, ``0.912``, or a dash where it is absent."""
        return f"{self.value_text} {self.interval_text}".rstrip()

    def __str__(self) -> str:
        """Return `text`."""
        return self.text

    def with_further(self, **further: Json) -> Figure:
        """Return the figure with further keys in its JSON form."""
        return replace(self, further={**self.further, **further})

    def __getitem__(self, key: str) -> Any:
        """Return one value of the JSON form."""
        return self.to_json()[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys of the JSON form."""
        return iter(self.to_json())

    def __len__(self) -> int:
        """Count the keys of the JSON form."""
        return len(self.to_json())


def absent(reason: str, n: int | None = 0) -> Figure:
    """Return a figure that cannot be computed.

    Args:
        reason: Why, to be shown to readers.
        n: Samples that there were, at least 0; None where samples do not apply.
    """
    return Figure(absent=reason, n=n)


def plain(value: float, n: int | None = None) -> Figure:
    """Return a figure of a kind that has no interval.

    Args:
        value: The number.
        n: Samples it comes from; None where samples do not apply.
    """
    return Figure(value=value, n=n)
