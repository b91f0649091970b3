"""Looking at the world: which places are open, later or blind, and how they are reached."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rackhouse.apply.world import World, waves
from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.resources.core import Id, Ref, Text
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.seen import Seen
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import MemoryTarget, MemoryWorld
from unit.apply.worlds import Want, applying, id_of, thing, want

PORT, PASSWORD = id_of("machine/port/postgres"), id_of("vault/secret/admin")
SERVER, DATABASE = id_of("machine/process/postgres"), id_of("postgres/database/gb")

RACK = want(
    thing(str(PASSWORD), keep=True),
    thing(str(PORT)),
    thing(str(SERVER), refs=[str(PORT)]),
    thing(str(DATABASE), refs=[str(PASSWORD)], needs=[str(SERVER)], keep=True),
)
ADDRESS = {
    "host": Text.of("127.0.0.1"),
    "url": Text.of("postgresql://admin:", Ref(PASSWORD, "value"), "@:", Ref(PORT, "number")),
}


class Stubborn(MemoryTarget):
    """Cannot be closed."""

    async def close(self) -> None:
        raise HostError("cannot be closed")


@dataclass
class Seat:
    """A world of which it is known how its places were opened."""

    things: MemoryWorld = field(default_factory=MemoryWorld)
    opened: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    stubborn: str = ""

    def open_place(self, place: Place, address: Mapping[str, str]) -> MemoryTarget:
        self.opened.append((place.name, address))
        target = self.things.open_place(place, address)
        if place.name == self.stubborn:
            return Stubborn(target.world, target.name, target.address)
        return target

    def world(self, resources: Want = RACK, store: MemoryStore | None = None) -> World:
        places = [
            Place(name="vault", kind="memory"),
            Place(name="machine", kind="memory"),
            Place(name="postgres", kind="memory", address=ADDRESS, needs=frozenset({SERVER})),
        ]
        wanted = Wanted(resources=resources, places={place.name: place for place in places})
        return World(wanted, store or MemoryStore(), self.open_place)


@pytest.fixture
async def seat(tmp_path_factory: pytest.TempPathFactory) -> Seat:
    """In which all of it has been made."""
    seat = Seat()
    tmp = tmp_path_factory.mktemp("seat")
    assert (await applying(seat.things, RACK, tmp, doors={"postgres": SERVER})).ok
    return seat


async def test_a_place_whose_server_is_to_be_made_is_later_and_not_opened() -> None:
    seat = Seat()
    observed = await seat.world().look()
    assert observed.later == {"postgres"}
    assert [name for name, _ in seat.opened] == ["machine", "vault"]


async def test_all_that_is_there_is_seen(seat: Seat) -> None:
    observed = await seat.world().look()
    assert observed.seen.keys() == RACK.keys()
    assert not observed.later
    assert not observed.blind


@pytest.mark.parametrize("way", ["changed in the files", "by hand", "not ready", "a stranger's"])
async def test_a_place_whose_server_is_to_be_mended_is_later(seat: Seat, way: str) -> None:
    resources = RACK
    match way:
        case "changed in the files":
            resources = {**RACK, SERVER: thing(str(SERVER), refs=[str(PORT)], version="2")}
        case "by hand":
            seat.things.by_hand(SERVER)
        case "not ready":
            seat.things.things[SERVER].ready = False
        case _:
            seat.things.stranger(SERVER)
    observed = await seat.world(resources).look()
    assert observed.later == {"postgres"}


async def test_a_place_that_nothing_provides_any_more_is_later(seat: Seat) -> None:
    observed = await seat.world({PASSWORD: RACK[PASSWORD], PORT: RACK[PORT]}).look()
    assert observed.later == {"postgres"}


async def test_a_place_that_should_answer_and_does_not_is_blind(seat: Seat) -> None:
    seat.things.unreachable.add("postgres")
    observed = await seat.world().look()
    assert observed.blind == {"postgres": "postgres does not answer"}
    assert DATABASE not in observed.seen


async def test_what_was_last_seen_on_a_blind_place_is_still_used(seat: Seat) -> None:
    store = MemoryStore()
    await seat.world(store=store).look()
    seat.things.unreachable.add("postgres")
    observed = await seat.world(store=store).look()
    assert observed.unseen_uses == {SERVER, PASSWORD}


async def test_what_is_wanted_where_a_stranger_stands_is_seen(seat: Seat) -> None:
    seat.things.stranger(DATABASE)
    seat.things.stranger(id_of("postgres/database/theirs"))
    observed = await seat.world().look()
    assert observed.seen[DATABASE].stamp is None
    assert id_of("postgres/database/theirs") not in observed.seen


async def test_an_address_is_filled_from_the_values_of_others(seat: Seat) -> None:
    world = seat.world()
    await world.look()
    address = dict(seat.opened)["postgres"]
    password = (await world.values([Ref(PASSWORD, "value")])).popitem()[1].reveal()
    port = (await world.values([Ref(PORT, "number")])).popitem()[1].reveal()
    assert address == {"host": "127.0.0.1", "url": f"postgresql://admin:{password}@:{port}"}


async def test_a_place_is_opened_once(seat: Seat) -> None:
    world = seat.world()
    await world.look()
    await world.glance(RACK)
    assert sorted(name for name, _ in seat.opened) == ["machine", "postgres", "vault"]


@pytest.mark.parametrize("provider", [PORT, PASSWORD, SERVER])
async def test_a_place_is_opened_anew_when_what_it_stands_on_has_changed(
    seat: Seat, provider: Id
) -> None:
    world = seat.world()
    await world.look()
    seat.things.rotate(PASSWORD)
    await world.reopen(provider)
    assert seat.things.open["postgres"] == 0
    await world.glance({DATABASE})
    first, second = (address for name, address in seat.opened if name == "postgres")
    assert first != second
    assert +seat.things.open == {"machine": 1, "vault": 1, "postgres": 1}


async def test_and_not_when_something_else_has(seat: Seat) -> None:
    world = seat.world()
    target = await world.target("postgres")
    await world.reopen(DATABASE)
    assert await world.target("postgres") is target


async def test_a_glance_asks_only_where_something_is_named(seat: Seat) -> None:
    seat.things.unreachable.add("postgres")
    world = seat.world()
    assert (await world.glance({PORT})).seen.keys() == {PORT}
    with pytest.raises(Unavailable):
        await world.glance({DATABASE})


async def test_every_connection_is_closed_also_when_one_cannot_be(seat: Seat) -> None:
    seat.stubborn = "machine"
    world = seat.world()
    await world.look()
    with pytest.raises(HostError, match="cannot be closed"):
        await world.close()
    assert +seat.things.open == {"machine": 1}


async def test_another_machine_that_cannot_be_used_is_blind_and_stops_nobody() -> None:
    class Refusing(MemoryTarget):
        async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
            raise HostError("the account may not become root", where=self.name)

    world, things = MemoryWorld(), want(thing("host.pi-1/file/a"), thing("machine/port/b"))

    def open_place(place: Place, address: Mapping[str, str]) -> MemoryTarget:
        kind = Refusing if place.name == "host.pi-1" else MemoryTarget
        return kind(world, place.name, dict(address))

    places = {name: Place(name=name, kind="memory") for name in ("host.pi-1", "machine")}
    looking = World(Wanted(resources=things, places=places), MemoryStore(), open_place)
    observed = await looking.look()
    assert set(observed.blind) == {"host.pi-1"}
    assert "may not become root" in observed.blind["host.pi-1"]


async def test_clusters_are_looked_at_beside_each_other(tmp_path: Path) -> None:
    """Each answers when the other has been asked too: one after the other, neither would."""
    world, everybody, asked = MemoryWorld(), asyncio.Event(), set[str]()

    class Patient(MemoryTarget):
        async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
            asked.add(self.name)
            if len(asked) == 2:
                everybody.set()
            await everybody.wait()
            if self.name == "kube.edge":
                raise Unavailable("it gives no answer")
            return []

    def open_place(place: Place, address: Mapping[str, str]) -> MemoryTarget:
        kind = Patient if place.address else MemoryTarget
        return kind(world, place.name, dict(address))

    given = want(thing(str(PASSWORD), keep=True))
    assert (await applying(world, given, tmp_path)).ok
    address = {"kubeconfig": Text.of(Ref(PASSWORD, "value"))}
    places = [Place(name=it, kind="kube", address=address) for it in ("kube.edge", "kube.lab")]
    places.append(Place(name="vault", kind="vault"))
    found = World(
        Wanted(resources=given, places={it.name: it for it in places}), MemoryStore(), open_place
    )
    async with asyncio.timeout(20):
        observed = await found.look()
    assert set(observed.blind) == {"kube.edge"}
    assert not observed.later


def test_a_place_comes_after_those_that_it_stands_on_and_a_circle_ends() -> None:
    def place(name: str, *needs: str) -> Place:
        return Place(name=name, kind="memory", needs=frozenset(id_of(f"{it}/x/y") for it in needs))

    def named(*places: Place) -> list[list[str]]:
        return [[it.name for it in wave] for wave in waves(places)]

    assert named(place("c", "b"), place("b", "a"), place("a"), place("d", "a")) == [
        ["a"],
        ["b", "d"],
        ["c"],
    ]
    assert named(place("a", "b"), place("b", "a"), place("c", "c")) == [["c"], ["a"], ["b"]]
