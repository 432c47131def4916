"""What a report shows, read from a run's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fakevlm_bench.engine.run_folder import RunFolder
from fakevlm_bench.metrics.robustness import level_of, severities
from fakevlm_bench.result import CLEAN, Figure, Result, Section

if TYPE_CHECKING:
    import pandas as pd

    from fakevlm_bench.engine.manifest import Manifest

AXES = {
    "_quality": "encoder's quality",
    "_sigma": "σ in pixels",
    "_kernel": "width in pixels",
    "_variance": "variance",
    "_scale": "scale",
    "_short": "shorter side in pixels",
}
"""What the levels of quantities are, by the ends of their names."""
QUERIES = ("square", "nes", "spsa", "hopskipjump")
"""Attacks whose level is a number of queries, where records do not say so."""


@dataclass(frozen=True)
class Findings:
    """A scored run: its result and manifest, and which image was right under which condition.

    Attributes:
        run: The run.
        result: Its figures.
        manifest: What was run.
    """

    run: RunFolder
    result: Result
    manifest: Manifest

    @cached_property
    def conditions(self) -> list[str]:
        """Every condition's id: clean first, then as the run's list has them, then by name."""
        listed = self.manifest.config.get("conditions") or {}
        place = {name: k for k, name in enumerate(listed.get("ids") or ())}

        def order(name: str) -> tuple[bool, int, str, float, str]:
            stem = name.partition(":")[0]
            return name != CLEAN, place.get(name, len(place)), stem, level_of(name) or 0, name

        return sorted(self.result.conditions, key=order)

    @property
    def robustness(self) -> Section:
        """The result's comparison with the clean condition; empty without others."""
        return self.result.robustness

    @cached_property
    def attacks(self) -> list[str]:
        """Conditions with records of an attack."""
        compared = self.robustness.section("conditions")
        return [name for name in self.conditions if "attack" in compared.section(name)]

    @cached_property
    def flagged(self) -> set[str]:
        """Attacks with a reason not to believe their figures."""
        return set(self.result.flags)

    def label(self, condition: str) -> str:
        """Return a condition's id, with a flag where its figures are flagged."""
        return f"⚑ {condition}" if condition in self.flagged else condition

    def figure(self, condition: str, *path: str) -> Figure:
        """Return a figure of a condition; absent where there is none.

        Args:
            condition: Its id.
            path: Names on the way to the figure, such as ``detection``, ``auroc``;
                comparisons with the clean condition begin with ``robustness``.
        """
        if path[0] == "robustness":
            return self.robustness.section("conditions", condition).figure(*path[1:])
        return self.result.conditions.get(condition, Section()).figure(*path)

    @cached_property
    def families(self) -> dict[str, dict[float, str]]:
        """Corruptions with at least one numeric level: level to id, rising."""
        plain = [name for name in self.conditions if name not in self.attacks]
        return severities(plain)

    @cached_property
    def budgets(self) -> dict[str, dict[float, str]]:
        """Attacks by name: distance or number of queries to id, rising."""
        return severities(self.attacks)

    @cached_property
    def right(self) -> pd.DataFrame:
        """Which image was answered rightly: ``bool``, samples × conditions, primary ones only.

        Only samples that every condition holds.
        """
        import pyarrow.parquet as pq

        from fakevlm_bench.engine.score import latest

        columns = ["sample_id", "condition_id", "status", "verdict"]
        predictions = pq.read_table(self.run.predictions_path, columns=columns).to_pandas()
        truth = latest(self.run, "truth").select(["sample_id", "condition_id", "label", "paired"])
        frame = predictions.merge(truth.to_pandas(), on=["sample_id", "condition_id"])
        if frame["paired"].any():
            frame = frame[frame["paired"].astype(bool)]
        hit = (frame["status"] == "ok") & (frame["verdict"] == frame["label"])
        wide = frame.assign(hit=hit).pivot_table(
            index="sample_id", columns="condition_id", values="hit", aggfunc="first"
        )
        whole: pd.DataFrame = wide.reindex(columns=self.conditions).dropna().astype(bool)
        return whole

    @cached_property
    def labels(self) -> pd.Series:
        """1 for fake, 0 for real, by sample id."""
        from fakevlm_bench.engine.score import latest

        table = latest(self.run, "truth").select(["sample_id", "label"]).to_pandas()
        labels: pd.Series = table.drop_duplicates("sample_id").set_index("sample_id")["label"]
        return labels

    def axis(self, name: str) -> str:
        """Say what a family's level is."""
        if name in self.budgets:
            return "queries" if name.startswith(QUERIES) else "distance, pixels in [0, 1]"
        if name.startswith("social_"):
            return "hops"
        return next((word for end, word in AXES.items() if name.endswith(end)), "severity")


def per_image(findings: Findings) -> pd.DataFrame:
    """List each image's worst case over the condition list.

    Returns:
        Columns ``sample_id``, ``label`` (``fake``, ``real``), ``right_when_clean``,
        ``conditions``, ``right_under``, ``right_under_all`` and ``wrong_under`` (ids,
        separated by spaces); those that fall most come first.
    """
    right = findings.right
    ids: NDArray[Any] = np.array(right.columns, dtype=object)
    table = right.index.to_frame(index=False)
    table["label"] = ["fake" if findings.labels[name] else "real" for name in right.index]
    table["right_when_clean"] = right[CLEAN].to_numpy()
    table["conditions"] = right.shape[1]
    table["right_under"] = right.sum(axis=1).to_numpy()
    table["right_under_all"] = right.all(axis=1).to_numpy()
    table["wrong_under"] = [" ".join(ids[~row]) for row in right.to_numpy()]
    order = ["right_when_clean", "right_under", "sample_id"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def choose_samples(findings: Findings, count: int) -> list[str]:
    """Choose images to show: of each class, from the one that falls most to one that holds.

    Only images that were right when clean, where a class has any.

    Args:
        findings: A scored run.
        count: Images to choose, half of each class.
    """
    table = per_image(findings)
    samples: list[str] = []
    for label, most in (("fake", (count + 1) // 2), ("real", count // 2)):
        rows = table[table["label"] == label]
        rows = rows[rows["right_when_clean"]] if rows["right_when_clean"].any() else rows
        names = rows["sample_id"].tolist()
        places = np.unique(np.linspace(0, len(names) - 1, min(most, len(names))).round())
        samples += [names[int(place)] for place in places]
    return samples


def panel_conditions(findings: Findings, most: int) -> list[str]:
    """Choose conditions to show images of: each name's harshest level, attacks first.

    Args:
        findings: A scored run.
        most: Conditions to choose at most.
    """
    others = [name for name in findings.conditions if name != CLEAN]
    if len(others) <= most:
        return others
    harshest: dict[str, str] = {}
    for name in others:
        stem = name.partition(":")[0]
        before = harshest.get(stem)
        if before is None or _harm(findings, name) > _harm(findings, before):
            harshest[stem] = name
    ranked: Sequence[str] = sorted(
        harshest.values(), key=lambda c: (c not in findings.attacks, -_harm(findings, c), c)
    )
    first = set(ranked[:most])
    return [name for name in others if name in first]


def _harm(findings: Findings, condition: str) -> float:
    drop = findings.figure(condition, "robustness", "balanced_accuracy_drop").value
    return (level_of(condition) or 0.0) if drop is None else drop
