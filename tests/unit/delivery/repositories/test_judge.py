"""Which pushes are taken, check by check. With git itself: tests/integration/forge."""

from __future__ import annotations

import pytest

from rackhouse.delivery.access import Caller
from rackhouse.delivery.repositories import change
from rackhouse.delivery.repositories.judge import MOST, Push, is_protected, judge
from rackhouse.delivery.runs.queue import Update
from rackhouse.store.forge import RepositoryRow, Scope
from unit.delivery.repositories.conftest import Place

SHA = "a" * 40


def asked(
    place: Place, row: RepositoryRow, *updates: Update, scope: Scope = Scope.WRITE
) -> list[str]:
    caller = Caller(person="ada", token=1, scope=scope, repositories=("*",))
    return judge(Push(repository=row, caller=caller, updates=updates, git=place.git()))


def to(ref: str, before: str = "", after: str = SHA) -> Update:
    return Update(ref=ref, before=before, after=after)


@pytest.mark.parametrize(
    "ref", ["refs/heads/main", "refs/heads/a/b.c", "refs/tags/v1.0", "refs/heads/ü"]
)
def test_branches_and_tags_are_taken(place: Place, ref: str) -> None:
    assert asked(place, place.make(), to(ref)) == []


@pytest.mark.parametrize(
    "ref",
    ["refs/notes/x", "HEAD", "refs/remotes/x/y", "refs/replace/x", "refs/heads/-x",
     "refs/heads/\udcff", "refs/heads/" + "x" * 200, "refs/heads/a/-b", "refs/heads/x.lock"],
)  # fmt: skip
def test_other_names_are_not(place: Place, ref: str) -> None:
    reasons = asked(place, place.make(), to(ref))
    assert reasons
    assert all(why.isprintable() for why in reasons)


def test_an_odd_name_that_is_there_can_be_deleted(place: Place) -> None:
    assert asked(place, place.make(), to("refs/heads/-x", SHA, "")) == []


def test_every_reason_at_once(place: Place) -> None:
    row = place.make()
    assert len(asked(place, row, to("refs/notes/x"), to("refs/heads/main", SHA, ""))) == 2


def test_too_many_at_once(place: Place) -> None:
    many = [to(f"refs/heads/{number}") for number in range(MOST + 1)]
    assert len(asked(place, place.make(), *many)) == 1
    assert asked(place, place.make("other"), *many[:MOST]) == []


def test_what_is_protected(place: Place) -> None:
    place.make()
    row = change(place.forge, place.paths, "hello", by="o", now=1.0, protected=("main", "r/*"))
    refs = {"refs/heads/main": True, "refs/heads/r/1": True, "refs/tags/main": False,
            "refs/heads/maintenance": False, "refs/heads/Main": False}  # fmt: skip
    assert {ref: is_protected(row, ref) for ref in refs} == refs
    old = place.commit({"a": b"1"})
    new = place.commit({"a": b"2"})
    ahead, back = to("refs/heads/main", old, new), to("refs/heads/main", new, old)
    assert "admin" in asked(place, row, ahead)[0]
    assert asked(place, row, ahead, scope=Scope.ADMIN) == []
    assert "no force push" in asked(place, row, back, scope=Scope.ADMIN)[0]
    gone = asked(place, row, to("refs/heads/r/1", old, ""), scope=Scope.ADMIN)
    assert "not deleted" in gone[0]
