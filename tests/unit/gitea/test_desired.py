"""The rack's repositories, as a rack file comes to them, and as a Gitea takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fakes.gitea.gitea import Fake
from fakes.gitea.opened import opened
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.desired.clusters import clusters, sides
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import MemoryWorld

RACK = """
rack: home
domain: home.arpa
nodes:
  pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.0.0.1}
  pi-2: {role: agent, board: rpi5-8gb, disk: nvme, address: 10.0.0.2}
clusters: {home: {nodes: [pi-1, pi-2]}, lab: {}}
applications:
  hello: {repository: hello, cluster: home}
  here: {repository: here}
"""
GITEA = "gitea.home"
POD = Id("kube.home", "StatefulSet", "gitea.gitea")


def wanted(text: str, *joined: str) -> Wanted:
    rack = load(text)
    return clusters(rack, sides(rack, [], joined or ("home",)), ())


def named(found: Wanted, kind: str) -> list[str]:
    return sorted(id.name for id in found.resources if (id.target, id.kind) == (GITEA, kind))


def test_an_application_of_the_cluster_has_a_repository_and_the_rack_too() -> None:
    assert named(wanted(RACK), "repository") == ["home/hello", "home/rack"]


def test_only_a_cluster_that_has_gitea_is_given_any() -> None:
    assert GITEA not in wanted(RACK, "lab").places
    without = wanted(f"{RACK}platform: {{forge: none}}\n")
    assert GITEA not in without.places
    assert not any(id.target == GITEA for id in without.resources)


def test_it_is_reached_by_the_machines_once_its_pod_is_there() -> None:
    found = wanted(RACK)
    place = found.places[GITEA]
    assert str(place.address["at"]) == "10.0.0.1,10.0.0.2"
    assert str(place.address["url"]) == "https://git.home.arpa"
    assert POD in place.before
    assert place.before <= found.resources.keys()
    first = found.resources[Id(GITEA, "organisation", "home")]
    assert POD in first.follows
    assert POD not in first.before, "what is made of it does not change with the pod"


def test_what_has_commits_stays_when_nothing_wants_it() -> None:
    found = wanted(RACK).resources
    kept = {id.name for id, it in found.items() if it.keep and id.target == GITEA}
    assert kept == {"home/hello", "home/rack"}


def test_only_keepers_merge_what_the_rack_is_and_only_with_its_plan() -> None:
    found = wanted(RACK).resources
    rack = found[Id(GITEA, "protection", "home/rack/main")].spec
    hello = found[Id(GITEA, "protection", "home/hello/main")].spec
    assert (rack.teams, rack.checks) == (("keepers",), ("rackhouse/plan",))
    assert (hello.teams, hello.checks) == (("makers", "keepers"), ())


def test_keepers_of_the_file_have_an_account_that_stays() -> None:
    found = wanted(f"{RACK}platform: {{forge: {{keepers: [ada, eve]}}}}\n").resources
    users = {id.name: it for id, it in found.items() if (id.target, id.kind) == (GITEA, "user")}
    assert users["ada"].keep
    assert users["ada"].spec.password != users["eve"].spec.password
    team = found[Id(GITEA, "team", "home/keepers")]
    assert team.spec.members == ("ada", "eve")
    assert {users["ada"].id, users["eve"].id} <= team.needs
    assert found[Id(GITEA, "team", "home/makers")].spec.members == ()


class Lab:
    """A rack, a cluster in memory, and the fake."""

    def __init__(self, folder: Path) -> None:
        self.fake, self.store, self.things = Fake(user="rackhouse"), MemoryStore(), MemoryWorld()
        self.lock = Paths(folder).lock

    def _open(self, place: Place, address: Mapping[str, str]) -> Any:
        if place.kind != "gitea":
            return self.things.open_place(place, address)
        self.fake.password = address["password"]
        return opened(self.fake, self.store, place.name, address["password"])

    async def applied(self, text: str, unheard: Mapping[str, str] | None = None) -> Outcome:
        found = wanted(text)
        reached = replace(found.places["kube.home"], address={})  # it is in memory
        found = replace(found, places={**found.places, "kube.home": reached})
        world = World(found, self.store, self._open, unheard or {})
        order = Apply(
            who="test", what="apply", confirm=lambda _: True, observer=Silent(), now=lambda: 0.0
        )
        try:
            return await converge(world, order, rack="home", lock=self.lock)
        finally:
            await world.close()


async def test_one_apply_makes_all_and_the_second_has_nothing_to_do(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.lock.parent.mkdir(parents=True, exist_ok=True)
    (await lab.applied(RACK)).raise_for_failure()
    things = lab.fake.things
    assert "/repos/home/hello" in things
    protection = things["/repos/home/rack/branch_protections/main"]
    assert protection["merge_whitelist_teams"] == ["keepers"]
    token = next(it["sha1"] for name, it in things.items() if "/tokens/" in name)
    assert things["/orgs/home/actions/secrets/REGISTRY"]["data"] == f"builder:{token}"
    assert not (await lab.applied(RACK)).changed
    await lab.applied(RACK.replace("  hello: {repository: hello, cluster: home}\n", ""))
    assert "/repos/home/hello" in things
    assert "/repos/home/hello/branch_protections/main" not in lab.fake.things


async def test_while_the_cluster_is_away_nothing_is_asked_of_its_gitea(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.lock.parent.mkdir(parents=True, exist_ok=True)
    await lab.applied(RACK)
    lab.fake.things.clear()
    lab.fake.asked.clear()
    outcome = await lab.applied(RACK, unheard={"kube.home": "it is off"})
    assert "? gitea.home: kube.home cannot be seen" in outcome.left
    assert (outcome.results, lab.fake.asked) == ({}, [])


async def test_whom_people_add_to_a_team_stays(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.lock.parent.mkdir(parents=True, exist_ok=True)
    await lab.applied(RACK)
    team = next(it for it in lab.fake.things.values() if it.get("name") == "keepers")
    path = f"/teams/{team['id']}/members/ada"
    lab.fake.things[path] = {"login": "ada", "id": 99}
    assert not (await lab.applied(RACK)).changed
    await lab.applied(RACK.replace("cluster: home}", "cluster: home, public: true}"))
    assert path in lab.fake.things
