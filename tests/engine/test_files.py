"""Files written whole or not at all, their digests, and the user's cache."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fakevlm_bench import files


def test_a_file_is_replaced_and_nothing_else_remains(tmp_path):
    target = tmp_path / "new" / "file.json"
    files.write_atomically(target, b"first")
    files.write_atomically(target, b"second")
    assert target.read_bytes() == b"second"
    assert list(target.parent.iterdir()) == [target]


def test_the_file_has_the_permissions_of_any_new_file(tmp_path):
    before = os.umask(0o022)
    try:
        files.write_atomically(tmp_path / "file", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


def test_an_exception_leaves_the_earlier_file(tmp_path):
    target = tmp_path / "file"
    files.write_atomically(target, b"before")

    def stop_half_way():
        with files.replacing(target) as temporary:
            temporary.write_bytes(b"half")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        stop_half_way()
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_file_and_folder_are_synced_before_and_after_the_renaming(tmp_path, monkeypatch):
    events = []
    fsync, replace = os.fsync, Path.replace

    def spy_fsync(descriptor):
        events.append(Path(f"/proc/self/fd/{descriptor}").resolve())
        fsync(descriptor)

    def spy_replace(path, target):
        events.append("rename")
        return replace(path, target)

    monkeypatch.setattr(files.os, "fsync", spy_fsync)
    monkeypatch.setattr(Path, "replace", spy_replace)
    files.write_atomically(tmp_path / "file", b"x")
    assert events[0].parent == tmp_path
    assert events[0].suffix == ".tmp"
    assert events[1:] == ["rename", tmp_path]


@pytest.mark.parametrize(("number", "raised"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_folder_that_cannot_be_synced_is_not_a_failure_but_a_broken_disk_is(
    tmp_path, monkeypatch, number, raised
):
    fsync = os.fsync

    def failing(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(files.os, "fsync", failing)
    if raised:
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            files.write_atomically(tmp_path / "file", b"x")
    else:
        files.write_atomically(tmp_path / "file", b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


def test_a_name_as_long_as_the_file_system_allows(tmp_path):
    target = tmp_path / ("ü" * 127)
    files.write_atomically(target, b"x")
    assert list(tmp_path.iterdir()) == [target]


def test_digests(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2
    assert files.sha256_file(tmp_path / "a") == expected
    line = f"a:{expected}\n\udcff:0\n".encode("utf-8", "surrogateescape")
    listing = [("a", expected), ("\udcff", "0")]
    assert files.sha256_listing(listing) == hashlib.sha256(line).hexdigest()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"XDG_CACHE_HOME": "/caches", "HOME": "/home/ada"}, "/caches/fakevlm-bench"),
        ({"XDG_CACHE_HOME": "caches", "HOME": "/home/ada"}, "/home/ada/.cache/fakevlm-bench"),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/ada"}, "/home/ada/.cache/fakevlm-bench"),
        ({"HOME": "/home/ada"}, "/home/ada/.cache/fakevlm-bench"),
        ({"HOME": "ada"}, "/dev/null/fakevlm-bench"),
        ({"HOME": ""}, "/dev/null/fakevlm-bench"),
    ],
)
def test_the_cache_lies_where_the_specification_says(environment, expected, monkeypatch):
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert files.cache_folder() == Path(expected)


def test_a_user_whom_the_system_does_not_know_has_no_cache(monkeypatch):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(Path, "home", unknown)
    assert files.user_cache() == files.NOWHERE


def test_two_processes_that_write_one_file_leave_one_of_the_two(tmp_path):
    target = tmp_path / "file"
    script = (
        "import sys; from pathlib import Path; from fakevlm_bench.files import write_atomically\n"
        "for _ in range(50): write_atomically(Path(sys.argv[1]), sys.argv[2].encode() * 1000)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(target), letter]) for letter in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert target.read_bytes() in (b"a" * 1000, b"b" * 1000)
    assert list(tmp_path.iterdir()) == [target]
