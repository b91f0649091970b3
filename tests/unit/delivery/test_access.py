"""Tokens: made once, kept as a digest, good for what they say and no longer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.delivery.access import (
    PREFIX,
    caller_of,
    create_token,
    described,
    lifetime,
    revoke,
    revoke_titled,
)
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.store.forge import Scope
from rackhouse.store.sqlite_forge import SqliteForge


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[SqliteForge]:
    made = SqliteForge(tmp_path / "store.db")
    yield made
    made.close()


def test_the_text_of_a_token_is_nowhere(forge: SqliteForge, tmp_path: Path) -> None:
    row, text = create_token(forge, title="laptop", now=1.0)
    assert text.reveal().startswith(PREFIX)
    assert len(text.reveal()) == len(PREFIX) + 43  # 32 bytes
    assert row.digest == hashlib.sha256(text.reveal().encode()).hexdigest()
    assert text.reveal() not in repr((row, text)) + described(row, 2.0)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert text.reveal().encode() not in kept


def test_it_says_whose_it_is(forge: SqliteForge) -> None:
    _, text = create_token(forge, person="ada", title="t", scope=Scope.READ, now=1.0)
    caller = caller_of(forge, text.reveal(), 2.0)
    assert caller is not None
    assert (caller.person, caller.scope) == ("ada", Scope.READ)


@pytest.mark.parametrize("text", ["", "rh_", "rh_x", "\udcff", "x" * 100_000])
def test_what_is_no_token_opens_nothing(forge: SqliteForge, text: str) -> None:
    create_token(forge, title="t", now=1.0)
    assert caller_of(forge, text, 2.0) is None


def test_a_digest_is_no_token(forge: SqliteForge) -> None:
    row, _ = create_token(forge, title="t", now=1.0)
    assert caller_of(forge, row.digest, 2.0) is None


def test_it_ends_to_the_second(forge: SqliteForge) -> None:
    _, text = create_token(forge, title="t", expires=100.0, now=1.0)
    assert caller_of(forge, text.reveal(), 99.9) is not None
    assert caller_of(forge, text.reveal(), 100.0) is None


def test_a_clock_that_goes_back_gives_it_its_time_again_and_no_more(forge: SqliteForge) -> None:
    _, text = create_token(forge, title="t", now=1000.0, expires=1100.0)
    seen = [caller_of(forge, text.reveal(), now) for now in (1099.0, 1100.0, 50.0, 1101.0)]
    assert [caller is not None for caller in seen] == [True, False, True, False]
    assert "expires in" in described(forge.tokens()[0], 50.0)


def test_a_revoked_one_opens_nothing(forge: SqliteForge) -> None:
    row, text = create_token(forge, title="t", now=1.0)
    revoke(forge, row.id, by="owner", now=2.0)
    assert caller_of(forge, text.reveal(), 3.0) is None
    with pytest.raises(Missing):
        revoke(forge, row.id, by="owner", now=2.0)
    assert [line.what for line in forge.audit()] == ["revoked", "made a token"]


def test_those_of_one_title_go_and_no_others(forge: SqliteForge) -> None:
    create_token(forge, title="git", now=1.0)
    create_token(forge, title="ci", now=1.0)
    create_token(forge, person="ada", title="git", now=1.0)
    revoke_titled(forge, "git", by="owner", now=2.0)
    assert [(row.person, row.title) for row in forge.tokens()] == [("owner", "ci"), ("ada", "git")]


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.READ, {Scope.READ}),
        (Scope.WRITE, {Scope.READ, Scope.WRITE}),
        (Scope.ADMIN, {Scope.READ, Scope.WRITE, Scope.ADMIN}),
    ],
)
def test_each_scope_can_do_what_those_before_it_can(
    forge: SqliteForge, scope: Scope, allowed: set[Scope]
) -> None:
    patterns = ("web-*", "exact")
    _, text = create_token(forge, title="t", scope=scope, repositories=patterns, now=1.0)
    caller = caller_of(forge, text.reveal(), 2.0)
    assert caller is not None
    assert {each for each in Scope if caller.may(each, "web-shop")} == allowed
    assert {each for each in Scope if caller.may(each, "exact")} == allowed
    assert not any(caller.may(each, "exactly") for each in Scope)


def test_last_used_is_written_seldom(forge: SqliteForge) -> None:
    row, text = create_token(forge, title="t", now=1000.0)
    for now, used in ((1000.0, 1000.0), (1100.0, 1000.0), (1300.0, 1300.0), (500.0, 500.0)):
        caller_of(forge, text.reveal(), now)
        assert forge.tokens()[0].used == used
    assert "used" in described(forge.tokens()[0], 2000.0)
    assert "never used" in described(row, 2000.0)


def test_wrong_words(forge: SqliteForge) -> None:
    with pytest.raises(UsageError):
        create_token(forge, person="Ada Lovelace", title="t", now=1.0)
    with pytest.raises(UsageError):
        lifetime("soon")
    assert lifetime("90d") == 90 * 86400
