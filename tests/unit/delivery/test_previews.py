"""Previews: their names, what they are made of, and when they are over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.app.model import App, Need, ResourceType
from rackhouse.delivery.previews import lifetime, preview_name, previewed
from rackhouse.delivery.runs.due import over
from rackhouse.kit.text import is_name
from rackhouse.store.forge import PreviewRow

NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
BRANCHES = st.text(min_size=1, max_size=80)


@pytest.mark.parametrize(
    ("application", "branch", "name"),
    [
        ("shop", "new-form", "new-form--shop"),
        ("shop", "feature/New_Form", "feature-new-form-604805--shop"),
        ("shop", "7", "b114e47--shop"),
        ("a" * 20 + "-" * 10 + "shop", "7", "b4da1a672f606f1a7--aaaaaaaaaaaaaaaaaaaa"),
    ],
)
def test_names_that_people_read(application: str, branch: str, name: str) -> None:
    assert preview_name(application, branch) == name


@given(NAMES, BRANCHES)
def test_a_name_can_always_name_an_application(application: str, branch: str) -> None:
    name = preview_name(application, branch)
    assert is_name(name), name
    assert "--" in name


@given(NAMES, BRANCHES, BRANCHES)
def test_no_two_branches_share_one(application: str, one: str, other: str) -> None:
    same = preview_name(application, one) == preview_name(application, other)
    assert same == (one == other)


def test_it_shares_nothing_with_the_live_one() -> None:
    shared = Need(name="db", type=ResourceType.POSTGRES, id="everybodys")
    assert previewed(App(name="shop", needs=(shared,)), first=True).needs[0].id == ""


def test_it_has_no_host_name_of_the_live_one_and_seeds_its_own_data_once() -> None:
    route = Need(name="web", type=ResourceType.ROUTE, params=(("host", "a.b"), ("path", "/x")))
    app = App(
        name="shop",
        needs=(route,),
        before=("python", "migrate.py", "a b"),
        annotations=(("rackhouse.dev/preview-seed", "python seed.py"),),
    )
    first = previewed(app, first=True)
    assert first.needs[0].params == (("path", "/x"),)
    assert first.before == ("sh", "-c", "python seed.py && exec python migrate.py 'a b'")
    assert previewed(app, first=False).before == app.before
    assert previewed(replace(app, before=()), first=True).before == (
        "sh",
        "-c",
        "exec python seed.py",
    )


def test_its_time_is_over_with_its_last_day_or_its_branch() -> None:
    row = PreviewRow(
        application="x--shop",
        repository="shop",
        ref="refs/heads/x",
        parent="shop",
        made=0.0,
        expires=100.0,
    )
    here = {("shop", "refs/heads/x")}
    assert over([row], here, 99.0) == []
    assert over([row], here, 100.0) == ["x--shop"]
    assert over([row], set(), 1.0) == ["x--shop"]


def test_how_long_it_is_kept() -> None:
    assert lifetime(App(name="shop")) == 7 * 86400
    short = App(name="shop", annotations=(("rackhouse.dev/preview-lifetime", "2h"),))
    assert lifetime(short) == 7200
