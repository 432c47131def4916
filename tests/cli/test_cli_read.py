"""`fakevlm-bench read`: answers, their evidence, and malformed rows."""

import json

import pytest


def test_one_answer_is_shown_with_what_decides(cli):
    assert cli("read", "This is a fake image. In a real photo, the shadow would bend.") == 0
    assert cli.out.startswith("fake  (rule: statement; form: free)")
    assert "'real' → real: images in general, stated" in cli.out
    assert "explanation: In a real photo, the shadow would bend." in cli.out


def test_json_gives_one_object_for_each_row(cli, tmp_path):
    rows = [
        "Fake",
        {"id": "a", "text": "Yes.", "yes": "real"},
        {"id": 2, "answer": "No.", "question": "Is this image fake?"},
        {"caption": "It is fake. <box>0 0 500 500</box>", "size": [20, 10]},
        {"text": "I cannot say."},
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert cli("read", "--file", str(path), "--json") == 0
    read = [json.loads(line) for line in cli.out.splitlines()]
    assert [one["verdict"] for one in read] == ["fake", "real", "real", "fake", None]
    assert [one["status"] for one in read] == ["ok"] * 4 + ["unparsed"]
    assert [one.get("id") for one in read] == [None, "a", 2, None, None]
    assert read[3]["boxes"] == [[0, 0, 10, 5]]
    keys = {"verdict", "status", "explanation", "boxes", "mentions", "rule", "form"}
    assert all(keys <= set(one) for one in read)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "is not JSON"),
        ("3", "neither a string"),
        ('{"id": 1}', "has no text under any of"),
        ('{"text": "a", "yes": "maybe"}', "'yes'"),
        ('{"text": "a", "size": "big"}', "size"),
        ('{"text": "a", "question": 3}', "'question'"),
    ],
)
def test_a_malformed_row_is_named(cli, tmp_path, line, words):
    path = tmp_path / "answers.jsonl"
    path.write_text(f'"Fake"\n{line}\n', "utf-8")
    assert cli("read", "--file", str(path)) == 2
    assert "line 2" in cli.err
    assert words in cli.err
    assert len(cli.err.splitlines()) == 1


def test_settings_that_cannot_be_are_refused(cli):
    assert cli("read") == 2
    assert cli("read", "fake", "--size", "big") == 2
    assert cli("read", "fake", "--form", "yesno") == 2
    assert "yes_no" in cli.err
