"""What names the version agrees: the package, the citation and the changelog."""

from __future__ import annotations

import re

import yaml
from support.wheels import ROOT

from fakevlm_bench import __version__ as VERSION

ENTRY = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.M)


def test_the_citation_names_the_version_and_its_date() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    entries = dict(ENTRY.findall((ROOT / "CHANGELOG.md").read_text()))
    assert citation["version"] == VERSION
    assert str(citation["date-released"]) == entries[VERSION]


def test_the_changelog_opens_with_what_is_not_released_and_then_this_version() -> None:
    names = [name for name, _ in ENTRY.findall((ROOT / "CHANGELOG.md").read_text())]
    assert names[:2] == ["Unreleased", VERSION]
