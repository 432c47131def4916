"""Results: all figures of a scored run, in memory; `to_json` is what stands on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Self, TypeAlias

from fakevlm_bench.figure import DASH, Document, Figure, Json, absent, number, plain

__all__ = ["CLEAN", "DASH", "Document", "Figure", "Json", "NamedFigure", "Order", "Result",
           "Section", "absent", "number", "plain", "walk"]  # fmt: skip

CLEAN = "clean"
"""Id of the condition without any perturbation."""
Order: TypeAlias = Callable[[str], Any]
"""A sort key for the names on one level of a result."""


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
