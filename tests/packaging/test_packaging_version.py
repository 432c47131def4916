"""What names the version agrees: the package, the citation and the changelog."""

from __future__ import annotations

import re

import yaml

import fakevlm_bench as fb
from support.wheels import ROOT

ENTRY = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.M)


def test_the_citation_names_the_version_and_its_date() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    entries = dict(ENTRY.findall((ROOT / "CHANGELOG.md").read_text()))
    assert citation["version"] == fb.__version__
    assert str(citation["date-released"]) == entries[fb.__version__]


def test_the_changelog_opens_with_what_is_not_released_and_then_this_version() -> None:
    names = [name for name, _ in ENTRY.findall((ROOT / "CHANGELOG.md").read_text())]
    assert names[:2] == ["Unreleased", fb.__version__]
