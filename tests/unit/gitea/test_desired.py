"""The rack's repositories, as a rack file comes to them, and as a Gitea takes them."""

from __future__ import annotations

from pathlib import Path

import httpx

from fakes.gitea.gitea import Fake
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.desired.repositories import repositories
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.vault import Password
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.gitea.target import Gitea
from rackhouse.targets.memory import MemoryWorld
from rackhouse.targets.protocol import Target

RACK = """
rack: home
clusters: {home: {}}
applications:
  hello: {repository: hello, cluster: home}
  here: {repository: here}
"""
ADMIN: Resource[Password] = Resource(id=Id("vault", "secret", "forge"), spec=Password(), keep=True)


def wanted(text: str) -> Wanted:
    found = repositories(load(text), "http://gitea", "root", ADMIN.id.ref("value"))
    vault = Wanted(resources={ADMIN.id: ADMIN}, places={"vault": Place(name="vault", kind="vault")})
    return found | vault


def test_an_application_of_a_cluster_has_one_and_the_rack_too() -> None:
    names = [id.name for id in wanted(RACK).resources if id.kind == "repository"]
    assert names == ["home/hello", "home/rack"]


def test_what_has_commits_stays_when_nothing_wants_it() -> None:
    kept = {str(id) for id, it in wanted(RACK).resources.items() if it.keep}
    assert kept == {"gitea/repository/home/hello", "gitea/repository/home/rack", str(ADMIN.id)}


async def test_a_gitea_takes_them_and_the_second_time_there_is_nothing_to_do(
    tmp_path: Path,
) -> None:
    fake, store, elsewhere = Fake(), MemoryStore(), MemoryWorld()
    paths = Paths(tmp_path)
    paths.lock.parent.mkdir(parents=True, exist_ok=True)

    def open_place(place: Place, address: dict[str, str]) -> Target:
        if place.kind != "gitea":
            return elsewhere.open_place(place, address)
        fake.password = address["password"]
        way = httpx.ASGITransport(app=fake.app())
        server = Server(address["url"], address["user"], Hidden(address["password"]), way)
        return Gitea(place.name, server=server, store=store)

    async def applied(text: str) -> Outcome:
        world = World(wanted(text), store, open_place)  # type: ignore[arg-type]
        order = Apply(
            who="test",
            what="apply",
            confirm=lambda _: True,
            observer=Silent(),
            now=lambda: 0.0,
        )
        try:
            return await converge(world, order, rack="home", lock=paths.lock)
        finally:
            await world.close()

    assert (await applied(RACK)).ok
    assert "/repos/home/hello" in fake.things
    assert fake.things["/repos/home/rack/branch_protections/main"]["push_whitelist_teams"] == [
        "keepers"
    ]
    assert not (await applied(RACK)).changed
    await applied(RACK.replace("  hello: {repository: hello, cluster: home}\n", ""))
    assert "/repos/home/hello" in fake.things
    assert "/repos/home/hello/branch_protections/main" not in fake.things
