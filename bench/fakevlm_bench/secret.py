"""Secrets: what may be sent to a server, and must never be written or shown.

`conceal` registers a value as a secret. From then on `redact` takes it out of any text, raw or
encoded, and so does every log record of this process; records, errors and the command line's
output pass through here. `hide` finds secrets in a configuration by their place.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NoReturn
from urllib.parse import quote, quote_plus, unquote

HIDDEN = "***"
SHORTEST = 6
"""Shorter values (EMPTY, none) are hidden at their place, and not searched for in other texts."""

_WIDE = r"(?:key|token|secret|pass|auth|sig|cred|cookie|code|session)"
_SECRETIVE = re.compile(_WIDE, re.IGNORECASE)
"""Names of headers, query parameters and environment variables that hold secrets."""
_SETTING = re.compile(
    r"(?:api[-_]?key|access[-_]?key|secret|password|passwd|passphrase|credentials?|authorization|"
    r"bearer|cookie|(?:access|auth|hf|hub|api|session|refresh)[-_]?token)$|^token$",
    re.IGNORECASE,
)
"""Names of settings that hold secrets; image_token, api_key_env and max_tokens do not."""
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/?#\s'\"]*@", re.IGNORECASE)
_QUERY = re.compile(rf"([?&;][\w.%-]*{_WIDE}[\w.%-]*=)[^&\s'\"#,)}}\]]+", re.IGNORECASE)
_FLAG = re.compile(r"--?[\w-]*(?:api-key|token|password|secret)", re.IGNORECASE)
_PLAIN_WORD = re.compile(r"[A-Za-z_/;-]{,11}$")


class _Registry:
    """All secrets of this process, in every form in which one may turn up."""

    forms: ClassVar[set[str]] = set()
    pattern: ClassVar[re.Pattern[str] | None] = None


class Secret:
    """A value that shows itself to `reveal` only."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Take the value, and have it redacted everywhere from now on."""
        self._value = value
        conceal(value)

    @classmethod
    def hidden(cls, value: str) -> Secret:
        """Return one that is not looked for in other texts."""
        secret = cls("")
        secret._value = value
        return secret

    def reveal(self) -> str:
        """Return the value, to be sent and nothing else."""
        return self._value

    def __repr__(self) -> str:
        """Show nothing."""
        return HIDDEN

    def __copy__(self) -> Secret:
        """Be one."""
        return self

    def __deepcopy__(self, _: Any) -> Secret:
        """Be one."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse: a pickle is a file like any other."""
        raise TypeError("a secret cannot be pickled")


def conceal(*values: str) -> None:
    """Have values redacted from now on, with the words that they consist of."""
    new = {
        form
        for value in values
        for part in {value, value.strip(), *value.split()}
        if len(part) >= SHORTEST and part.lower() not in ("bearer", "digest")
        for form in _encodings(part)
    } - _Registry.forms
    if not new:
        return
    _Registry.forms.update(new)
    longest_first = sorted(_Registry.forms, key=len, reverse=True)
    _Registry.pattern = re.compile("|".join(map(re.escape, longest_first)))
    _guard_logs()


def _encodings(value: str) -> Iterable[str]:
    yield from (value, repr(value)[1:-1], html.escape(value))
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    raw = value.encode("utf-8", "surrogatepass")
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw), quote(raw, safe="").lower())
    for before in range(3):  # behind "user:" or "Bearer " it begins at any place of three bytes
        whole = base64.b64encode(bytes(before) + raw).decode()
        whole = whole.rstrip("=")[:-1] if whole.endswith("=") else whole
        sure = whole[(0, 2, 3)[before] :]
        if len(sure) >= SHORTEST:
            yield from (sure, sure.replace("+", "-").replace("/", "_"))


def any_known() -> bool:
    """Say whether there is anything to redact."""
    return _Registry.pattern is not None


def redact(text: str) -> str:
    """Take every known secret out of a text."""
    return text if _Registry.pattern is None else _Registry.pattern.sub(HIDDEN, text)


def public(text: str) -> str:
    """Take known secrets out of a text, and what addresses in it carry by way of credentials."""
    if "://" in text:
        text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    if "=" in text:
        text = _QUERY.sub(rf"\g<1>{HIDDEN}", text)
    return redact(text)


def conceal_address(text: str) -> None:
    """Have the credentials in an address redacted, wherever they stand from now on."""
    users = [match[0].partition("://")[2][:-1] for match in _USERINFO.finditer(text)]
    parts = [*users, *(one.partition(":")[2] for one in users)]
    parts += [match[0].partition("=")[2] for match in _QUERY.finditer(text)]
    conceal(*parts, *(unquote(part) for part in parts))


def conceal_header(name: str, value: str) -> None:
    """Have a header's value redacted; short plain words of harmless headers are no secrets.

    Args:
        name: Of the header.
        value: Of the header.
    """
    if _SECRETIVE.search(name):
        conceal(value)
    else:
        conceal(*(word for word in value.split() if not _PLAIN_WORD.match(word)))


def is_secret_setting(name: str, within: str = "") -> bool:
    """Say whether a setting holds a secret, by names alone.

    Args:
        name: Of the setting.
        within: Name of the setting that it is in.
    """
    names = _SECRETIVE if within == "environment" else _SETTING
    return within == "headers" or names.search(name) is not None


def hide(value: Any, within: str = "") -> Any:
    """Copy a configuration without the secrets in it, which are redacted from now on.

    Args:
        value: Mappings, lists and plain values.
        within: Name of the setting that it is the value of.

    Returns:
        The same shape; every secret is `HIDDEN`: headers, credentials in addresses, settings and
        environment variables that are named like secrets, and what stands behind such a flag.
    """
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), one, within) for key, one in value.items()}
    if isinstance(value, list | tuple):
        flags = [False, *(isinstance(one, str) and bool(_FLAG.fullmatch(one)) for one in value)]
        return [
            _concealed(one) if flag and isinstance(one, str) else hide(one, within)
            for one, flag in zip(value, flags, strict=False)
        ]
    if not isinstance(value, str):
        return value
    name, sign, rest = value.partition("=")
    if sign and _FLAG.fullmatch(name):
        return f"{name}={_concealed(rest)}"
    conceal_address(value)
    return public(value)


def _hidden(name: str, value: Any, within: str) -> Any:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        if within == "headers":
            conceal_header(name, str(value))
            return HIDDEN
        if isinstance(value, str) and value and is_secret_setting(name, within):
            return _concealed(value)
    return hide(value, name.lower())


def _concealed(value: str) -> str:
    conceal(value)
    return HIDDEN


def redact_tree(value: Any) -> Any:
    """Take known secrets out of every text within mappings and lists; keys stay."""
    if _Registry.pattern is None:
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redact_tree(one) for key, one in value.items()}
    return [redact_tree(one) for one in value] if isinstance(value, list | tuple) else value


def _guard_logs() -> None:
    """Have every log record of this process redacted, whoever writes it."""
    before = logging.getLogRecordFactory()
    if getattr(before, "redacts", False):
        return

    def factory(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = before(*arguments, **named)
        try:
            message = record.getMessage()
        except Exception:  # it does not fit its arguments, which logging would print
            message = f"{record.msg} {record.args!r}"
        record.msg, record.args = redact(message), ()
        if record.exc_info and record.exc_info[0] is not None:
            lines = "".join(traceback.format_exception(*record.exc_info))
            record.exc_text = redact(lines.rstrip("\n"))
        return record

    factory.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(factory)
