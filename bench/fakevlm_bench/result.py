"""Figures and results: what a scored run holds, in memory; `to_json` is what stands on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self, TypeAlias

CLEAN = "clean"
"""Id of the condition without any perturbation."""
DASH = "–"
Json: TypeAlias = Any
"""A plain JSON value."""
Document: TypeAlias = dict[str, Json]
"""A JSON object."""
Order: TypeAlias = Callable[[str], Any]
"""A sort key for the names on one level of a result."""
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


class Section(Mapping[str, Any]):
    """A part of a result: further sections, figures and plain JSON by name, read-only."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any] | None = None) -> None:
        """Wrap a nested mapping whose leaves are figures and plain JSON."""
        self._items: Mapping[str, Any] = items._items if isinstance(items, Section) else items or {}

    def __getitem__(self, key: str) -> Any:
        """Return a figure, a section (of a mapping) or plain JSON."""
        return _wrapped(self._items[key])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._items)

    def __repr__(self) -> str:
        """Show what it holds."""
        return f"{type(self).__name__}({dict(self._items)!r})"

    @classmethod
    def from_json(cls, document: Mapping[str, Json]) -> Self:
        """Read a section from its JSON form, figures included."""
        return cls({key: _from_json(item) for key, item in document.items()})

    def section(self, *path: str) -> Section:
        """Return the section at a path, an empty one where there is none."""
        node: Any = self
        for name in path:
            node = node.get(name) if isinstance(node, Section) else None
        return node if isinstance(node, Section) else Section()

    def figure(self, *path: str) -> Figure:
        """Return the figure at a path, one that is absent ("not measured") where there is none."""
        node = self.section(*path[:-1]).get(path[-1])
        return node if isinstance(node, Figure) else absent("not measured", None)

    def to_json(self) -> Document:
        """Return the section as plain JSON."""
        document: Document = _json(self._items)
        return document


def _wrapped(node: Any) -> Any:
    if isinstance(node, Mapping) and not isinstance(node, Figure | Section):
        return Section(node)
    return node


def _json(node: Any) -> Json:
    if isinstance(node, Figure | Section):
        return node.to_json()
    if isinstance(node, Mapping):
        return {key: _json(item) for key, item in node.items()}
    return [_json(item) for item in node] if isinstance(node, list | tuple) else node


def _from_json(node: Json, *, own_metrics: bool = False) -> Any:
    """Turn the JSON forms of figures into figures, on every level.

    A part of a task may be called "value" or "absent": what makes a figure is a number or a
    reason below such a key, or several values of a metric of the user's own.
    """
    if isinstance(node, Figure) or not isinstance(node, Mapping):
        return node
    value, reason = node.get("value"), node.get("absent")
    if isinstance(value, int | float) or isinstance(reason, str):
        return Figure.from_json(node)
    if own_metrics and isinstance(value, Mapping):
        return Figure.from_json(node)
    return {key: _from_json(item, own_metrics=own_metrics) for key, item in node.items()}


class NamedFigure(NamedTuple):
    """A figure with its place in a result.

    Attributes:
        condition: Id of its condition, empty for figures over all of them.
        path: Names on the way to it within its condition, such as ``("detection", "auroc")``;
            comparisons with the clean condition begin with ``robustness``.
        figure: The figure.
    """

    condition: str
    path: tuple[str, ...]
    figure: Figure

    @property
    def name(self) -> str:
        """Its one flat name, such as ``clean/detection/auroc``."""
        return "/".join((self.condition, *self.path) if self.condition else self.path)


def walk(
    node: Mapping[str, Any],
    path: tuple[str, ...] = (),
    *,
    skip: tuple[str, ...] = (),
    order: Order | None = None,
) -> Iterator[tuple[tuple[str, ...], Figure]]:
    """Iterate over the figures below a part of a result, with their paths.

    Several values of one metric come as one figure each, numbers alone.

    Args:
        node: A section, or a nested mapping with figures as leaves.
        path: Of the part itself.
        skip: Names that are not looked into.
        order: Sort key for the names on each level; by default they come as they stand.
    """
    for name in node if order is None else sorted(node, key=order):
        child, place = node[name], (*path, str(name))
        if name in skip or not isinstance(child, Mapping):
            continue
        if not isinstance(child, Figure):
            yield from walk(child, place, skip=skip, order=order)
        elif child.several is None:
            yield place, child
        else:
            for key, value in child.several.items():
                if isinstance(value, int | float):
                    yield (*place, str(key)), replace(child, value=value, several=None)


class Result(Section):
    """All figures of a scored run.

    A mapping as `result.json` stands on disk, with figures in place of their JSON forms; the
    sections of the clean condition can be reached without naming it, as in
    ``result["detection"]["balanced_accuracy"]``.
    """

    __slots__ = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Json]) -> Self:
        """Read a result from its JSON form, as `result.json` holds it."""
        return cls(
            {key: _from_json(item, own_metrics=key == "added") for key, item in document.items()}
        )

    def __getitem__(self, key: str) -> Any:
        """Return what stands at the top, or else in the clean condition."""
        return _wrapped(self._items[key] if key in self._items else self._clean[key])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names at the top, then over the clean condition's."""
        yield from self._items
        yield from (key for key in self._clean if key not in self._items)

    def __len__(self) -> int:
        """Count the names at the top and in the clean condition."""
        return len({*self._items, *self._clean})

    def headed(self, **top: Json) -> Result:
        """Return the result with further entries at its top, such as ``task`` and ``detector``."""
        return Result({**top, **{k: v for k, v in self._items.items() if k not in top}})

    @property
    def _clean(self) -> Mapping[str, Any]:
        clean: Mapping[str, Any] = self._items.get("conditions", {}).get(CLEAN, {})
        return clean

    @property
    def conditions(self) -> dict[str, Section]:
        """The sections of each condition, by its id."""
        return {name: Section(part) for name, part in self._items.get("conditions", {}).items()}

    @property
    def robustness(self) -> Section:
        """The comparison with the clean condition; empty without other conditions."""
        return self.section("robustness")

    @property
    def detection(self) -> Section:
        """Detection under the clean condition."""
        return self.section("detection")

    @property
    def localization(self) -> Section:
        """Localisation under the clean condition."""
        return self.section("localization")

    @property
    def explanation(self) -> Section:
        """Explanations under the clean condition, of fakes and of real images."""
        return self.section("explanation")

    @property
    def efficiency(self) -> Section:
        """Time, tokens, memory and money."""
        return self.section("efficiency")

    @property
    def metrics_version(self) -> str:
        """Version of the metrics; figures of different versions are not compared."""
        return str(self._items["metrics_version"])

    @property
    def intervals(self) -> str:
        """How the intervals were computed, in words."""
        return str(self._items.get("intervals", ""))

    @property
    def flags(self) -> dict[str, list[str]]:
        """Names of the signs of false robustness of each flagged attack, by condition id."""
        names: dict[str, list[str]] = {}
        for flag in self.robustness.get("flags", ()):
            names.setdefault(flag["condition_id"], []).append(flag["name"])
        return names

    def coverage(self, condition: str = CLEAN) -> Figure:
        """Return the share of understood answers under a condition, of the planned ones."""
        counts = self._items["conditions"][condition]["coverage"]
        return plain(counts["share"], counts["planned"])

    def figures(
        self, *, parts: bool = False, coverage: bool = False, order: Order | None = None
    ) -> Iterator[NamedFigure]:
        """Iterate over all figures: the one walker with the one naming rule.

        Each condition's figures come together, those of its comparison with clean behind its
        own; figures over all conditions come last.

        Args:
            parts: Include the breakdowns by family, generator and the like (``by``).
            coverage: Include the coverage of each condition, first of its figures.
            order: Sort key for conditions and for the names on each level.
        """
        skip = () if parts else ("by",)
        robustness = dict(self._items.get("robustness", {}))
        compared = robustness.pop("conditions", {})
        conditions = self._items.get("conditions", {})
        for condition in conditions if order is None else sorted(conditions, key=order):
            if coverage:
                yield NamedFigure(condition, ("coverage",), self.coverage(condition))
            for path, figure in walk(conditions[condition], skip=skip, order=order):
                yield NamedFigure(condition, path, figure)
            drops = compared.get(condition, {})
            for path, figure in walk(drops, ("robustness",), skip=skip, order=order):
                yield NamedFigure(condition, path, figure)
        rest = {k: v for k, v in self._items.items() if k not in ("conditions", "robustness")}
        for path, figure in walk({"robustness": robustness, **rest}, skip=skip, order=order):
            yield NamedFigure("", path, figure)
