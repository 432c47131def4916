"""Holding a config's plain values against what its class says it takes."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal

from fakevlm_bench.errors import ConfigError, unknown_name

_TAKEN: Mapping[Any, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (int, float),
    str: (str, int, float),  # YAML reads the level 3 as a number
}


def check(target: Callable[..., Any], values: Mapping[str, Any], where: str) -> None:
    """Refuse settings that a class does not have, and plain values of a wrong type.

    Only parameters annotated with plain types, with ``Literal`` or with unions of these
    are held to their types; anything else is the class's own business.

    Args:
        target: A class or function.
        values: Its keyword arguments; names that begin with ``_`` are Hydra's.
        where: What is being made, for the message.

    Raises:
        ConfigError: With the nearest names, or the type that would be right.
    """
    try:
        parameters = inspect.signature(target).parameters
        hints = typing.get_type_hints(_annotated(target))
    except (TypeError, ValueError, NameError):
        return
    open_ended = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    for name, value in values.items():
        if name.startswith("_") or value == "???":
            continue
        if name not in parameters:
            if not open_ended:
                raise unknown_name(f"setting of {where}", name, parameters)
        elif not _fits(value, hints.get(name, Any)):
            takes = inspect.formatannotation(hints[name])
            raise ConfigError(f"{where}: {name}={value!r} is of a wrong type: it takes {takes}")


def _annotated(target: Callable[..., Any]) -> Any:
    return target.__init__ if inspect.isclass(target) else target


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value may be given for an annotation, as far as plain types tell."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in typing.get_args(hint))
    if origin is Literal:
        return value in typing.get_args(hint)
    if hint is type(None):
        return value is None
    if hint not in _TAKEN:
        return True
    return isinstance(value, _TAKEN[hint]) and (hint is bool or not isinstance(value, bool))
