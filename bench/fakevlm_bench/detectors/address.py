"""The address of a server, its headers and its key: what is sent there, and what may be shown."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from fakevlm_bench.errors import ConfigError, DetectorError
from fakevlm_bench.secret import Secret, conceal, conceal_address, conceal_header, public

_RIGHT = "give server.base_url=http://127.0.0.1:8000/v1"


@dataclass(frozen=True)
class Address:
    """Where an interface is.

    Attributes:
        public: The address without credentials, as records and messages show it.
        base: What a path is put behind.
        query: Put behind the path; empty for none.
        authorization: Header made of a user name and password in the address.
    """

    public: str
    base: str
    query: str = field(default="", repr=False)
    authorization: Secret | None = None

    def of(self, path: str) -> str:
        """Return the address of a path, such as ``chat/completions``, with the query behind it."""
        return f"{self.base}/{path}" + (f"?{self.query}" if self.query else "")


def parse(text: str) -> Address:
    """Read an address.

    Raises:
        ConfigError: It has no scheme or host, an impossible port, a fragment, or blanks in it.
    """
    conceal_address(text)
    shown = public(text)
    if not re.match(r"https?://[^/?#]", text):
        raise ConfigError(f"server=endpoint: base_url '{shown}' is no address: {_RIGHT}")
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ConfigError(f"server=endpoint: base_url '{shown}' has blanks in it: {_RIGHT}")
    if "#" in text:
        raise ConfigError(
            f"server=endpoint: base_url '{shown}' has a fragment (#…), which is never sent: "
            "leave it out"
        )
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ConfigError(
            f"server=endpoint: base_url '{shown}' is no address: {public(str(error))}"
        ) from None
    if not host or port == 0:
        raise ConfigError(f"server=endpoint: base_url '{shown}' has no host, or port 0: {_RIGHT}")
    userinfo, _, place = parts.netloc.rpartition("@")
    base = f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
    bare = public(f"?{parts.query}") if parts.query else ""
    return Address(f"{base}{bare}", base, parts.query, _basic(userinfo) if userinfo else None)


def _basic(userinfo: str) -> Secret:
    """Write the header for a user name and password (RFC 7617)."""
    plain = unquote(userinfo)
    conceal(plain, *plain.split(":")[1:])
    return Secret("Basic " + base64.b64encode(plain.encode()).decode())


def key_from(variable: str, where: str) -> Secret:
    """Read a key from the environment.

    Raises:
        DetectorError: There is none, or no header can carry it.
    """
    key = os.environ.get(variable)
    if not key:
        raise DetectorError(f"{where} needs a key: set the environment variable {variable}")
    conceal(key)
    if not re.fullmatch(r"[\x21-\x7e]+", key):
        raise DetectorError(
            f"the key in {variable} has a line break, a blank or another character in it that no "
            "key has: set it again (nothing was sent)"
        )
    return Secret(f"Bearer {key}")


def header(name: str, value: Any) -> Secret:
    """Check a header.

    Raises:
        ConfigError: No request can carry it; its value is not said.
    """
    text = str(value)
    conceal_header(name, text)
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        raise ConfigError(f"server.headers: '{name}' is no name of a header")
    if not re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?", text):
        raise ConfigError(
            f"server.headers: the value of '{name}' is empty, or has a line break or another "
            "character in it that no header can carry"
        )
    return Secret.hidden(text)
