"""Passes: single use, never too long, never readable from the file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.console.links import application_link, one_time_link
from rackhouse.console.passes import LIFETIME, Kind, Passes
from rackhouse.kit.paths import Paths

NOW = 1_800_000_000.0


@pytest.fixture
def passes(tmp_path: Path) -> Iterator[Passes]:
    made = Passes(tmp_path / "sign-ins.db")
    yield made
    made.close()


@pytest.mark.parametrize("kind", Kind)
def test_a_pass_is_good_until_its_time_has_come(passes: Passes, kind: Kind) -> None:
    token = passes.issue(kind, NOW)
    last = NOW + LIFETIME[kind]
    assert passes.find(kind, token, last - 1)
    assert passes.find(kind, token, last) is None


@pytest.mark.parametrize("kind", [Kind.LINK, Kind.TICKET])
def test_a_pass_is_spent_once(passes: Passes, kind: Kind) -> None:
    token = passes.issue(kind, NOW)
    assert passes.redeem(kind, token, NOW)
    assert passes.redeem(kind, token, NOW) is None


def test_a_pass_that_is_too_old_cannot_be_spent(passes: Passes) -> None:
    token = passes.issue(Kind.LINK, NOW)
    assert passes.redeem(Kind.LINK, token, NOW + 601) is None


def test_a_pass_of_one_kind_is_none_of_another_and_is_not_spent_by_that(passes: Passes) -> None:
    token = passes.issue(Kind.SESSION, NOW)
    assert passes.redeem(Kind.LINK, token, NOW) is None
    assert passes.find(Kind.TICKET, token, NOW) is None
    assert passes.find(Kind.SESSION, token, NOW)


def test_what_belongs_to_a_session_ends_with_it(passes: Passes) -> None:
    session = passes.find(Kind.SESSION, passes.issue(Kind.SESSION, NOW), NOW)
    assert session
    door = passes.issue(Kind.DOOR, NOW, session=session, application="a", origin="o")
    ticket = passes.issue(Kind.TICKET, NOW, session=session)
    found = passes.find(Kind.DOOR, door, NOW)
    assert found
    assert passes.session_of(found, NOW) == session
    passes.take_back(session)
    assert passes.find(Kind.DOOR, door, NOW) is None
    assert passes.redeem(Kind.TICKET, ticket, NOW) is None


def test_nothing_outlives_the_session_it_belongs_to(passes: Passes) -> None:
    session = passes.find(Kind.SESSION, passes.issue(Kind.SESSION, NOW), NOW)
    assert session
    late = session.expires - 10
    door = passes.find(Kind.DOOR, passes.issue(Kind.DOOR, late, session=session), late)
    assert door
    assert door.expires == session.expires


def test_the_file_is_ours_alone_and_holds_no_token(passes: Passes, tmp_path: Path) -> None:
    token = passes.issue(Kind.LINK, NOW)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert token.encode() not in file.read_bytes()


def test_what_is_too_old_is_swept_away(passes: Passes) -> None:
    for _ in range(5):
        passes.issue(Kind.LINK, NOW)
    passes.issue(Kind.LINK, NOW + 3600)
    assert passes._db.execute("SELECT count(*) FROM pass").fetchone() == (1,)


def test_two_processes_share_the_file(passes: Passes, tmp_path: Path) -> None:
    link = one_time_link(Paths(tmp_path), "http://localhost:8400", NOW)
    assert link.startswith("http://localhost:8400/sign-in?token=")
    assert passes.redeem(Kind.LINK, link.partition("=")[2], NOW)


def test_a_link_to_an_application_names_it(passes: Passes, tmp_path: Path) -> None:
    link = application_link(Paths(tmp_path), "notes", "http://10.0.0.5:9300", "/a b", NOW)
    assert link.startswith("http://10.0.0.5:9300/.rackhouse/sign-in?ticket=")
    assert link.endswith("&to=%2Fa%20b")
    token = link.partition("ticket=")[2].partition("&")[0]
    found = passes.redeem(Kind.LINK, token, NOW)
    assert found
    assert (found.application, found.origin) == ("notes", "http://10.0.0.5:9300")


@given(token=st.text(max_size=200))
def test_no_guess_lets_anybody_in(tmp_path_factory: pytest.TempPathFactory, token: str) -> None:
    passes = Passes(tmp_path_factory.getbasetemp() / "guesses.db")
    try:
        passes.issue(Kind.LINK, NOW)
        assert passes.redeem(Kind.LINK, token, NOW) is None
    finally:
        passes.close()
