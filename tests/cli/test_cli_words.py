"""Words that Hydra cannot read, or reads otherwise than they were meant, are answered first."""

from __future__ import annotations

import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given as having
from hypothesis import settings
from hypothesis import strategies as st

from fakevlm_bench.cli.words import check, published, spelled_out, switched_off
from fakevlm_bench.errors import ConfigError


def told(*words: str, command: str = "run") -> str:
    with pytest.raises(ConfigError) as refused:
        check([two for word in words for two in spelled_out(word)], command)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def value_of(pasted: str) -> object:
    (word,) = shlex.split(pasted)
    return OverridesParser.create().parse_override(word).value()


@pytest.mark.parametrize(
    "path",
    ["/a b(c)", "/a=b", "/bilder/süß", "/写真", "/a{b}", "/it's", '/say "so"', "/a;b", "/a,b",
     "/a'b\"c", "/x$y=z", "a#b=c"],
)  # fmt: skip
def test_a_path_that_needs_quotes_is_printed_with_them_ready_to_be_pasted(path):
    said = told(f"task.path={path}")
    pasted = said[said.index("quotes around the value: ") + len("quotes around the value: ") :]
    assert value_of(pasted) == path


@having(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
def test_whatever_a_folder_is_called_the_remedy_gives_back_its_name(name):
    said = ""
    try:
        check([f"task.path=/{name}"], "run")
    except ConfigError as error:
        said = str(error)
    if said:
        assert value_of(said.partition("quotes around the value: ")[2]) == f"/{name}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--limit", "5"], "settings are written without dashes: limit=5"),
        (["--limit=5"], "settings are written without dashes: limit=5"),
        (["--detector", "coin"], "settings are written without dashes: detector=coin"),
        (["--retry-failed"], "settings are written without dashes: retry_failed=…"),
        (["--task.path", "/x"], "task.path=/x"),
        (["--dryrun"], "did you mean --dry-run?"),
        (["coin"], "write KEY=VALUE, such as detector=coin"),
        (["detector=coin,spectrum"], "fakevlm-bench run -m detector=coin,spectrum"),
        (["conditions.ids=clean,jpeg:3"], "'conditions.ids=[clean,jpeg:3]'"),
        (["conditions.ids=[clean,replay:/a b(c]"], "'conditions.ids=[clean,\"replay:/a b(c\"]'"),
    ],
)  # fmt: skip
def test_the_right_spelling_is_in_the_answer(words, said):
    assert said in told(*words)


def test_what_is_right_passes():
    check(["-m", "detector=coin,spectrum", "--cfg", "job"], "run")
    check(["experiment=starter_quick", "detector=coin,spectrum", "~debug", "+x.y=1"], "run")
    check(["conditions.ids=[clean,'pgd_linf:8/255']", 'task.path="/a b(c"'], "run")
    assert "takes one" in told("detector=coin,spectrum", command="calibrate")


def test_a_home_is_expanded_where_a_shell_leaves_it(monkeypatch):
    monkeypatch.setenv("HOME", "/home/müller")
    (word,) = spelled_out("task.path=~/images")
    assert OverridesParser.create().parse_override(word).value() == "/home/müller/images"
    assert spelled_out("task.path=a~b") == ["task.path=a~b"]


@pytest.mark.parametrize("setting", ["off", "null", "none", "None", "False", "no", "", None, False])
def test_ways_to_say_that_there_is_no_cache(setting):
    assert switched_off(setting)


def test_what_is_published_of_settings_names_no_place_and_no_secret():
    words = ["detector=qwen3_vl", "detector.max_tokens=99", "detector.prompting.mode=raw",
             "task.path=/home/me/x", "server=endpoint", "server.base_url=http://h/v1?key=abc",
             "server.headers.x=s3cret", "server.api_key_env=K",
             "+server.environment.HF_TOKEN=abc", "server.arguments=[--api-key,abc]",
             "detector.fit=~/fit", "runs=elsewhere"]  # fmt: skip
    kept = published(words)
    assert kept[:3] == (
        "detector=qwen3_vl",
        "detector.max_tokens=99",
        "detector.prompting.mode=raw",
    )
    assert not any(secret in " ".join(kept) for secret in ("abc", "s3cret", "/home", "~", "http"))
    assert "runs=elsewhere" not in kept
