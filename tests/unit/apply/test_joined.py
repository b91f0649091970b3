"""Machines that joined: remembered, each with its share of the work, safe while out of sight."""

from __future__ import annotations

from pathlib import Path

from rackhouse.apply.joined import facts, join, joined, leave, note_facts
from rackhouse.apply.outcome import Silent
from rackhouse.plan.step import Step
from rackhouse.resources.core import Id
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Result
from rackhouse.targets.memory import MemoryWorld
from unit.apply.worlds import apply_to, thing, want


def test_who_joined_is_known_until_it_leaves() -> None:
    store = MemoryStore()
    assert joined(store) == {}
    join(store, "pi-1", {"host": "10.20.20.11", "user": "pi"})
    join(store, "pi-2", {"host": "10.20.20.12", "user": "pi"})
    join(store, "pi-1", {"host": "10.20.20.21", "user": "ada"})
    assert joined(store)["pi-1"] == {"host": "10.20.20.21", "user": "ada"}
    note_facts(store, "pi-1", {"cpus": 4, "controllers": ["cpu", "memory"]})
    assert facts(store) == {"pi-1": {"cpus": 4, "controllers": ["cpu", "memory"]}}
    leave(store, "pi-1")
    leave(store, "never-there")
    assert set(joined(store)) == {"pi-2"}
    assert facts(store) == {}


def test_what_is_wanted_in_two_parts_is_wanted_together() -> None:
    def part(name: str) -> Wanted:
        place = Place(name=name, kind="memory")
        return Wanted(resources=want(thing(f"{name}/file/a")), places={name: place})

    both = part("machine") | part("host.pi-1")
    assert set(both.places) == {"machine", "host.pi-1"}
    assert {id.target for id in both.resources} == {"machine", "host.pi-1"}


def test_each_machine_takes_as_many_steps_at_once_as_this_one(tmp_path: Path) -> None:
    most, running = 0, 0

    class Counts(Silent):
        def began(self, step: Step) -> None:
            nonlocal most, running
            running += 1
            most = max(most, running)

        def ended(self, step: Step, result: Result, why: str) -> None:
            nonlocal running
            running -= 1

    hosts = [f"host.pi-{n}" for n in range(1, 6)]
    things = want(*(thing(f"{host}/file/{n:02}") for host in hosts for n in range(12)))
    doors: dict[str, Id] = {}
    apply_to(MemoryWorld(), things, tmp_path, observer=Counts(), doors=doors)
    assert 8 < most <= 8 * len(hosts)
