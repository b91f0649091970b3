"""Names of what is kept: short where they can be, and never shared by two needs."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.desired import names

word = st.from_regex(r"[a-z0-9](-?[a-z0-9]){0,40}", fullmatch=True)
shared_id = st.from_regex(r"[a-z0-9](-?[a-z0-9]){0,70}(\.[a-z0-9]{1,5})?", fullmatch=True)
need = st.one_of(
    st.tuples(word, word, st.just("")),
    # words that invite a collision
    st.tuples(
        st.sampled_from(["a", "a-b", "shared", "shared-id", "a" * 40]),
        st.sampled_from(["b", "b-c", "id", "c", "b" * 40, "b" * 41, "id-main"]),
        st.just(""),
    ),
    st.tuples(word, word, shared_id),
    st.tuples(st.just("a"), st.just("b"), st.sampled_from(["main", "id", "a.b", "x" * 60])),
)


@given(st.sets(need, min_size=2, max_size=30))
def test_two_needs_never_share_a_name(needs: set[tuple[str, str, str]]) -> None:
    meant = {("", shared) if shared else (app, name) for app, name, shared in needs}
    roles = {names.role(*each) for each in needs}
    assert len(roles) == len(meant)
    for kind in (names.database, names.bucket, names.prefix):
        assert len({kind(role) for role in roles}) == len(meant)


@given(need)
def test_every_name_fits_its_place(each: tuple[str, str, str]) -> None:
    role = names.role(*each)
    assert len(names.database(role).encode()) <= 63
    assert re.fullmatch(r"[a-z0-9_-]+", names.database(role))
    assert 3 <= len(names.bucket(role)) <= 63
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9]|[.-](?=[a-z0-9]))*", names.bucket(role))
    assert names.prefix(role).endswith(":")


def test_names_read_like_the_file() -> None:
    assert names.role("hello", "db") == "hello.db"
    assert names.database("hello.db") == "hello_db"
    assert names.bucket("hello.files") == "hello.files"
    assert names.prefix("hello.cache") == "hello.cache:"
    assert names.role("hello", "db", "main") == "shared.id.main"


@given(need, need)
def test_no_key_space_lies_within_another(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    first, second = (names.prefix(names.role(*each)) for each in (one, other))
    assert first == second or not first.startswith(second)
