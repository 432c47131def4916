"""Labels of other people's data, read by two explicit lists.

A value in neither list is an error, and so is null: nothing counts as real because it is not
called fake. Values are compared as text: an integer, the same number as a float and
its digits are one label (``1``, ``1.0``, ``"1"``), true and false are ``1`` and ``0``; of
other text, case and spaces count. NaN is null.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fakevlm_bench.errors import ConfigError, DataError
from fakevlm_bench.types import Label

SHOWN = 8
"""Values that an error lists."""


def as_text(value: Any) -> str | None:
    """Return the text by which a plain value is compared; None for null and NaN.

    Raises:
        TypeError: It is neither text nor a number.
    """
    value = value.item() if hasattr(value, "item") and not getattr(value, "shape", ()) else value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() else str(value)
    raise TypeError(f"{type(value).__name__} is neither text nor a number")


def as_list(value: Any) -> tuple[Any, ...]:
    """Return the values of a setting that takes one value or a list of them."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence | frozenset | set):
        return (value,)
    return tuple(value)


@dataclass(frozen=True)
class LabelLists:
    """What the labels of a data set mean.

    Attributes:
        real: Values that mean REAL.
        fake: Values that mean FAKE.
        leave_out: Values whose samples are left out, on purpose.
    """

    real: frozenset[str | None]
    fake: frozenset[str | None]
    leave_out: frozenset[str | None] = frozenset()

    @classmethod
    def of(cls, real: Any, fake: Any, leave_out: Any = ()) -> LabelLists:
        """Read the lists from settings: one value or several in each.

        Args:
            real: Null is the other one of 0 and 1 where `fake` is one of these, else none.
            fake: At least one.
            leave_out: Any values.

        Raises:
            ConfigError: Nothing means fake, a value is in two lists, or is not a plain value.
        """
        if real is None:
            only = as_list(fake)
            real = {"1": 0, "0": 1}.get(str(only[0]), ()) if len(only) == 1 else ()
        try:
            lists = [frozenset(map(as_text, as_list(one))) for one in (real, fake, leave_out)]
        except TypeError as error:
            raise ConfigError(f"real, fake and leave_out must list labels: {error}") from error
        if not lists[1]:
            raise ConfigError("fake is empty: list the values that mean fake")
        both = (lists[0] & lists[1]) | (lists[2] & (lists[0] | lists[1]))
        if both:
            raise ConfigError(
                f"the label {_shown(next(iter(both)))} appears in more than one of real, fake "
                f"and leave_out: {_listed('real', lists[0])}, {_listed('fake', lists[1])}"
            )
        return cls(*lists)

    def read(self, value: Any) -> Label | None:
        """Return what a value means; None where its sample is left out.

        Raises:
            KeyError: It is in no list.
            TypeError: It is not a plain value.
        """
        text = as_text(value)
        if text in self.leave_out:
            return None
        if text in self.real:
            return Label.REAL
        if text in self.fake:
            return Label.FAKE
        raise KeyError(text)

    def unknown(self, where: str, value: Any, values: Iterable[Any] = ()) -> DataError:
        """Build the error for a value in no list.

        Args:
            where: The sample and its data set, for people.
            value: Its label.
            values: All labels of the data set.
        """
        counts = Counter(map(_shown, values))
        listed = ", ".join(f"{text} ×{count}" for text, count in counts.most_common(SHOWN))
        more = f" and {len(counts) - SHOWN} more" if len(counts) > SHOWN else ""
        return DataError(
            f"{where} has the label {_shown(value)}, which is neither in "
            f"{_listed('real', self.real)} nor in {_listed('fake', self.fake)}"
            + (f"; the labels are {listed}{more}" if counts else "")
            + ": list it in real, fake or leave_out"
        )


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "null"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _listed(name: str, values: frozenset[str | None]) -> str:
    return f"{name}: [{', '.join(sorted('null' if one is None else one for one in values))}]"
