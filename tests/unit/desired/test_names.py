"""Names of what is kept: short where they can be, and never shared by two needs."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.desired import names

word = st.from_regex(r"[a-z][a-z0-9](-?[a-z0-9]){0,38}", fullmatch=True)
shared_id = st.from_regex(r"[a-z0-9](-?[a-z0-9]){1,50}(\.[a-z0-9]{1,5})?", fullmatch=True)
# words that invite a collision
near = st.tuples(
    st.sampled_from(["ab", "a-b", "postgres-main", "s3", "a" * 40]),
    st.sampled_from(["cd", "b-c", "main", "c" * 40, "c" * 41, "c" * 42, "secret"]),
)
own = st.one_of(st.tuples(word, word), near).map(lambda pair: names.role(*pair))
ids = st.one_of(shared_id, st.sampled_from(["main", "main.a", "main-a", "x" * 63]))
common = st.tuples(st.sampled_from(["postgres", "redis", "s3", "volume"]), ids)
role = st.one_of(own, common.map(lambda pair: names.shared(*pair)))


@given(st.sets(role, min_size=2, max_size=30))
def test_two_needs_never_share_a_name(roles: set[str]) -> None:
    for kind in (names.database, names.bucket, names.prefix):
        assert len({kind(role) for role in roles}) == len(roles)


@given(st.sets(st.tuples(word, word)), st.sets(common))
def test_needs_of_two_applications_have_two_roles(
    needs: set[tuple[str, str]], shared: set[tuple[str, str]]
) -> None:
    roles = {names.role(*each) for each in needs} | {names.shared(*each) for each in shared}
    assert len(roles) == len(needs) + len(shared)


@given(role)
def test_every_name_fits_its_place(role: str) -> None:
    assert len(names.database(role).encode()) <= 63
    assert re.fullmatch(r"[a-z0-9_-]+", names.database(role))
    assert 3 <= len(names.bucket(role)) <= 63
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9]|[.-](?=[a-z0-9]))*", names.bucket(role))
    assert names.prefix(role) == f"{role}:"


def test_names_read_like_the_file() -> None:
    assert names.role("hello", "db") == "hello.db"
    assert names.database("hello.db") == "hello_db"
    assert names.bucket("hello.files") == "hello.files"
    assert names.prefix("hello.visits") == "hello.visits:"
    assert names.shared("postgres", "main") == "shared.postgres.main"


@given(role, role)
def test_no_key_space_lies_within_another(one: str, other: str) -> None:
    assert one == other or not names.prefix(one).startswith(names.prefix(other))
