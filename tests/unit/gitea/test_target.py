"""A Gitea as a target, on a fake that takes what the published description of its API knows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fakes.gitea.gitea import Fake
from fakes.gitea.opened import opened
from rackhouse.kit.errors import Missing, NotOurs, RackhouseError, Refused, Unavailable
from rackhouse.resources import gitea as g
from rackhouse.resources.core import Hidden, Id, Resource, Text
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.gitea.target import Gitea
from rackhouse.targets.gitea.ways import Ways
from unit.gitea.real import real

PASSWORD = Id("vault", "secret", "ada").ref("value")
HOOK = "webhook/home/hello/rack"
SPECS: dict[str, g.GiteaSpec] = {
    "organisation/home": g.Organisation(name="home"),
    "repository/home/hello": g.Repository(organisation="home", name="hello"),
    "user/ada": g.User(name="ada", email="ada@home.arpa", password=Text.of(PASSWORD)),
    "team/home/makers": g.Team(organisation="home", name="makers", members=("ada",)),
    "protection/home/hello/main": g.Protection(
        organisation="home", repository="hello", branch="main", teams=("makers",)
    ),
    "secret/home/REGISTRY": g.Secret(
        organisation="home", name="REGISTRY", value=Text.of("ada:", PASSWORD)
    ),
    "token/ada/rack": g.Token(user="ada", name="rack", scopes=("write:package", "read:user")),
    HOOK: g.Webhook(
        organisation="home",
        repository="hello",
        name="rack",
        url="https://console.home.arpa/hooks",
        secret=Text.of(PASSWORD),
    ),
}


class Lab:
    """A rack and its Gitea."""

    def __init__(self) -> None:
        self.fake = Fake()
        self.store = MemoryStore()
        self.target = self.opened("secret")

    def opened(self, password: str) -> Gitea:
        return opened(self.fake, self.store, "gitea", password)

    async def ensure(self, name: str, spec: Any = None) -> Seen:
        it: Resource[Any] = Resource(id=at(name), spec=spec or SPECS[name])
        stamp = Stamp(rack="lab", digest=it.digest)
        return await self.target.ensure(it, stamp, {PASSWORD: Hidden("hunter2")}, lambda _: None)

    async def one(self, name: str) -> Seen | None:
        return next(iter(await self.target.observe([at(name)])), None)


def at(name: str) -> Id:
    return Id.parse(f"gitea/{name}")


@pytest.fixture
async def lab() -> Lab:
    """With all of it."""
    made = Lab()
    for name in SPECS:
        await made.ensure(name)
    return made


@pytest.mark.parametrize("name", SPECS)
async def test_it_is_made_seen_and_wholly_so(lab: Lab, name: str) -> None:
    seen = await lab.one(name)
    assert seen is not None
    assert seen.stamp is not None
    assert seen.stamp.found == seen.found


@pytest.mark.parametrize("name", SPECS)
async def test_made_twice_it_is_there_once_and_the_same(lab: Lab, name: str) -> None:
    before, things = await lab.one(name), len(lab.fake.things)
    assert await lab.ensure(name) == before
    assert len(lab.fake.things) == things


@pytest.mark.parametrize("name", list(reversed(SPECS)))
async def test_it_leaves_and_leaving_twice_is_fine(lab: Lab, name: str) -> None:
    seen = await lab.one(name)
    assert seen is not None
    for _ in range(2):
        await lab.target.remove(seen, lambda _: None)
        assert await lab.one(name) is None
        assert all(it.id != at(name) for it in await lab.target.observe(None))


async def test_what_was_there_before_is_a_strangers(lab: Lab) -> None:
    lab.store.drop_stamp(at("repository/home/hello"))
    seen = await lab.one("repository/home/hello")
    assert seen is not None
    assert seen.stamp is None
    with pytest.raises(NotOurs, match="cluster adopt gitea/repository/home/hello"):
        await lab.ensure("repository/home/hello")


async def test_what_was_made_by_hand_is_taken_over_on_demand_alone(lab: Lab) -> None:
    id = at("repository/home/hello")
    lab.store.drop_stamp(id)
    lab.store.forget(id)
    lab.fake.things["/repos/home/hello"]["private"] = False
    lab.fake.asked.clear()
    await lab.target.adopt(id, "rack", lambda _: None)
    assert lab.fake.asked == [], "it is marked, and nothing else"
    seen = await lab.one("repository/home/hello")
    assert seen is not None
    assert seen.stamp is not None
    assert seen.stamp.digest != Resource(id=id, spec=SPECS["repository/home/hello"]).digest
    await lab.ensure("repository/home/hello")
    assert lab.fake.things["/repos/home/hello"]["private"] is True
    with pytest.raises(Missing):
        await lab.target.adopt(at("repository/home/none"), "rack", lambda _: None)


async def test_what_somebody_changed_by_hand_is_seen_and_mended(lab: Lab) -> None:
    lab.fake.things["/repos/home/hello"]["private"] = False
    seen = await lab.one("repository/home/hello")
    assert seen is not None
    assert seen.stamp is not None
    assert seen.stamp.found != seen.found
    await lab.ensure("repository/home/hello")
    assert lab.fake.things["/repos/home/hello"]["private"] is True


async def test_members_of_a_team_are_those_of_the_files_and_whom_people_add(lab: Lab) -> None:
    team = next(key for key in lab.fake.things if re.fullmatch(r"/orgs/home/teams/\d+", key))
    number = team.rpartition("/")[2]
    lab.fake.things[f"/teams/{number}/members/eve"] = {"login": "eve", "id": int(number)}
    seen = await lab.one("team/home/makers")
    assert seen is not None
    assert seen.stamp is not None
    assert seen.stamp.found == seen.found
    await lab.ensure("team/home/makers", g.Team(organisation="home", name="makers"))
    assert [it for it in lab.fake.things if "/members/" in it] == [f"/teams/{number}/members/eve"]
    spec = g.Team(organisation="home", name="makers", members=("bob",))
    with pytest.raises(Missing, match="no user 'bob'"):
        await lab.ensure("team/home/makers", spec)


async def test_a_token_is_told_once_kept_and_made_anew_when_it_is_lost(lab: Lab) -> None:
    id = at("token/ada/rack")
    first = (await lab.target.output(id.ref("value"))).reveal()
    await lab.ensure("token/ada/rack")
    again = (await lab.target.output(id.ref("value"))).reveal()
    assert len(first) == 40
    lab.store.forget(id)
    with pytest.raises(Missing):
        await lab.target.output(id.ref("value"))
    await lab.ensure("token/ada/rack")
    assert (await lab.target.output(id.ref("value"))).reveal() not in {first, again}
    assert sum("/tokens/" in it for it in lab.fake.things) == 1


async def test_an_administrator_is_made_one(lab: Lab) -> None:
    spec = g.User(name="ada", email="ada@home.arpa", password=Text.of(PASSWORD), admin=True)
    await lab.ensure("user/ada", spec)
    assert lab.fake.things["/users/ada"]["is_admin"] is True


async def test_what_people_make_of_their_account_stays(lab: Lab) -> None:
    spec = g.User(name="eve", email="eve@home.arpa", password=Text.of(PASSWORD), theirs=True)
    await lab.ensure("user/eve", spec)
    lab.fake.things["/users/eve"] |= {"email": "eve@example.org", "password": "mine"}
    seen = await lab.one("user/eve")
    assert seen is not None
    assert seen.stamp is not None
    assert seen.stamp.found == seen.found
    lab.fake.asked.clear()
    await lab.ensure("user/eve", spec)
    assert lab.fake.asked == []


async def test_many_are_read_page_by_page(lab: Lab) -> None:
    for number in range(60):
        spec = g.Token(user="ada", name=f"t{number}", scopes=("read:user",))
        await lab.ensure(f"token/ada/t{number}", spec)
    assert await lab.one("token/ada/t59")


async def test_a_wrong_password_is_said_and_not_shown(lab: Lab) -> None:
    with pytest.raises(Refused, match="does not know this administrator") as caught:
        await lab.opened("wrong-password").observe([at("user/ada")])
    assert "wrong-password" not in str(caught.value)


class Elsewhere(Fake):
    """Answers so, whatever is asked."""

    says: Response = Response()

    async def answer(self, request: Request) -> Response:
        if request.url.path.endswith("/version"):
            return await super().answer(request)
        return self.says


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (RedirectResponse("/api/v1/orgs/house"), "was renamed in Gitea: /orgs/house"),
        (RedirectResponse("https://login.example", 302), "is not Gitea's API: it leads to"),
        (HTMLResponse("<html>hello"), "what answers is not Gitea's API"),
    ],
)
async def test_what_was_renamed_is_out_of_reach(says: Response, words: str) -> None:
    fake = Elsewhere()
    fake.says = says
    target = opened(fake, MemoryStore(), "gitea")
    with pytest.raises(Unavailable, match=words) as caught:  # a look goes on without that place
        await target.observe([at("organisation/home")])
    assert caught.value.where == "http://gitea"
    assert caught.value.fix
    with pytest.raises(RackhouseError):
        await target.server.fetch("/repos/home/rack/archive/main.tar.gz", 1)
    await target.close()


@pytest.mark.slow
async def test_on_a_real_gitea() -> None:
    it = real()
    lab = Lab()
    server = Server(Ways(it.url), it.user, Hidden(it.password))
    lab.target = Gitea("gitea", rack="home", server=server, store=lab.store)
    try:
        for name in SPECS:
            seen = await lab.ensure(name)
            assert seen == await lab.ensure(name)
    finally:
        for name in reversed(SPECS):
            if (seen_now := await lab.one(name)) is not None:
                await lab.target.remove(seen_now, lambda _: None)
        await lab.target.close()
