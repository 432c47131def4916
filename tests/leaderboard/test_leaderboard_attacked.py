"""Which attacked images a submission carries."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakevlm_bench.leaderboard.attacked import MOST, MOST_BYTES, choose, file_name

CONDITIONS = ["clean", "pgd:1", "apgd:1"]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2), st.integers(1, 400_000))))
def test_what_is_taken_has_room_and_a_name(sizes):
    images = {(f"s{sample}", CONDITIONS[place]): bytes(size) for sample, place, size in sizes}
    order = sorted({sample for sample, _ in images}, reverse=True)
    taken = list(choose(images, order, CONDITIONS))
    names = {file_name(CONDITIONS.index(c), s): data for (s, c), data in images.items()}
    assert all(names[name] == data for name, data in taken)
    assert len({name for name, _ in taken}) == len(taken) <= MOST
    assert sum(len(data) for _, data in taken) <= MOST_BYTES
    if len(images) <= MOST and sum(map(len, images.values())) <= MOST_BYTES:
        assert len(taken) == len(images)


def test_the_most_wanted_come_first_and_what_is_too_large_is_passed_over():
    large, small = bytes(MOST_BYTES + 1), bytes(10)
    images = {("a", "pgd:1"): large, ("b", "pgd:1"): small, ("c", "apgd:1"): small}
    taken = [name for name, _ in choose(images, ["c", "a", "b"], CONDITIONS)]
    assert taken == [file_name(2, "c"), file_name(1, "b")]
    assert list(choose(images, ["z"], CONDITIONS)) == []
