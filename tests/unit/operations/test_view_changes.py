"""What status says of changes: one that was interrupted, a rack file that was not applied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.apply.applied import remember_applied
from rackhouse.operations.view import view
from rackhouse.rack.load import load
from rackhouse.store.lock import hold
from rackhouse.store.protocol import ApplicationRow
from unit.console.house import NOW, House, empty_house, furnished_house, supervised

FILE = "applications:\n  shop: {folder: shop}\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return furnished_house(tmp_path)


def _begin(house: House, what: str) -> int:
    return house.store.begin_apply("ann", what, ["+ one"], NOW)


@pytest.mark.parametrize(
    ("what", "remedy"),
    [
        ("up", "run `rackhouse up` to complete it"),
        ("up: shop r1, notes r3", "run `rackhouse up` to complete it"),
        ("remove shop", "run `rackhouse up` to complete it"),
        ("deploy shop r8", "run `rackhouse up`; what is not live then is to be done again"),
    ],
)
def test_an_apply_that_was_killed_is_told_with_its_remedy(
    what: str, remedy: str, house: House
) -> None:
    _begin(house, what)
    seen = view(house)
    (hint,) = seen.hints
    assert hint.startswith("an apply was interrupted at 2027-01-1")
    assert hint.endswith(f"({what}): {remedy}")
    assert seen.last_apply
    assert seen.last_apply.interrupted


def test_it_is_told_no_more_after_the_next_that_ended(house: House) -> None:
    _begin(house, "up")
    house.store.end_apply(_begin(house, "up"), NOW)
    assert view(house).hints == ()


def test_one_that_is_under_way_is_not_interrupted(house: House) -> None:
    _begin(house, "up")
    with hold(house.paths.lock, "up", NOW):
        seen = view(house)
    assert seen.hints == ()
    assert seen.last_apply
    assert not seen.last_apply.interrupted


def test_a_changed_rack_file_is_told_and_a_new_comment_is_not(tmp_path: Path) -> None:
    house = empty_house(tmp_path, load(FILE))
    assert view(house).hints == (), "nothing was ever applied"
    remember_applied(house.store, house.rack)
    assert view(replace(house, rack=load(f"# mine\n{FILE}\n"))).hints == ()
    other = view(replace(house, rack=load(FILE.replace("{folder: shop}", "{folder: shops}"))))
    assert other.hints == (
        "the rack file has changed since it was last applied: run `rackhouse up`",
    )


def test_what_the_rack_file_names_and_is_not_here_yet_is_waited_for(tmp_path: Path) -> None:
    house = empty_house(tmp_path, load(FILE))
    with supervised(house):
        seen = view(house)
    (shop,) = seen.applications
    assert (shop.name, shop.phase.value) == ("shop", "waiting")
    assert shop.why == "not deployed yet: run `rackhouse up`"
    assert f"shop: {shop.why}" in seen.why
    assert not seen.ready


def test_what_was_removed_on_purpose_is_not_waited_for(tmp_path: Path) -> None:
    house = empty_house(tmp_path, load(FILE))
    house.store.put_application(ApplicationRow(name="shop", uid="u", removed=True))
    assert not any(line.startswith("shop") for line in view(house).why)
