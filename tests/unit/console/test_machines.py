"""The page of the machines: what joining, plans and applies wrote down, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rackhouse.apply.joined import join, join_switch, note_facts
from rackhouse.console.house import RackFile
from rackhouse.console.machines.sheet import Last, device, machines, strangers
from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Result, Store
from unit.console.desk import Bench, bench
from unit.console.house import NOW
from unit.console.reference import FILE, HOME
from unit.console.test_pages import EVIL, Outline

FACTS = HostFacts(
    os="debian", os_version="12", arch="arm64", memory=4 * 2**30, cpus=4, disk="sd", fsync_ms=41.0
)


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[Bench]:
    """A console over the reference rack."""
    with bench(tmp_path, HOME) as made:
        made.file = RackFile(rack=HOME, path=FILE)
        yield made


def joins(store: Store, node: str, facts: HostFacts | None = None) -> None:
    """As `rackhouse hosts add` leaves it."""
    join(store, node, {"host": "10.20.20.14", "port": "2222", "user": "pi"})
    if facts:
        note_facts(store, node, {k: v for k, v in asdict(facts).items() if v is not None})


def applied(store: Store, step: str, result: Result, why: str = "", at: float = NOW - 300) -> None:
    """One step of an apply that is over."""
    number = store.begin_apply("ann", "apply", [step], at)
    store.record_step(number, 0, Result.RUNNING, at)
    if result is not Result.RUNNING:
        store.record_step(number, 0, result, at, why)
    store.end_apply(number, at)


async def shown(console: Bench) -> str:
    answer = await (await console.signed_in()).get("/machines")
    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    return answer.text


async def test_a_rack_of_one_says_what_the_page_is_for(console: Bench) -> None:
    assert "All of this rack runs on the machine that this console is on" in await shown(console)


async def test_each_machine_is_drawn_and_told(reference: Bench) -> None:
    joins(reference.house.store, "pi-4", FACTS)
    applied(reference.house.store, "+ host.pi-4/file/journald: absent", Result.DONE)
    page = await shown(reference)
    for node in HOME.nodes:
        assert page.count(f'href="/machines#machine-{node.name}"') == 2  # wide and narrow
        assert f'id="machine-{node.name}"' in page
    for words in (
        "1 of 7 machines has joined",
        "pi@10.20.20.14:2222",
        "debian 12 arm64",
        "fsync 41.0 ms: slow for a server",
        "agent of the cluster home",
        "routes and serves dhcp, dns, firewall",
        "model chat: llama3.1:8b",
        "5 min ago",
        "rackhouse hosts add pi-1",
    ):
        assert words in page


async def test_an_apply_that_failed_is_told_with_its_reason(reference: Bench) -> None:
    joins(reference.house.store, "pi-4", FACTS)
    step = "~ host.pi-4/unit/journald: changed in the files"
    applied(reference.house.store, step, Result.FAILED, EVIL)
    page = await shown(reference)
    assert "the last apply failed" in page
    assert "<img" not in page
    assert 'class="mark bad"' in page


def test_the_newest_apply_that_was_there_counts() -> None:
    store = MemoryStore()
    joins(store, "pi-4")
    applied(store, "+ host.pi-4/file/a: absent", Result.FAILED, "no room", at=NOW - 900)
    applied(store, "+ host.pi-4/file/a: absent", Result.DONE, at=NOW - 600)
    applied(store, "+ host.pi-4/file/b: absent", Result.BLOCKED, at=NOW - 300)
    applied(store, "+ machine/port/web: absent", Result.DONE, at=NOW - 200)
    (found,) = [each for each in machines(HOME, store) if each.node.name == "pi-4"]
    assert (found.last, found.tone) == (Last(at=NOW - 600), "good")


def test_what_nobody_can_read_is_as_if_it_was_never_measured() -> None:
    store = MemoryStore()
    joins(store, "pi-4")
    note_facts(store, "pi-4", {"colour": "green"})
    (found,) = [each for each in machines(HOME, store) if each.node.name == "pi-4"]
    assert (found.facts, found.speaks, found.holds) == ((), (), "")


def test_much_less_memory_than_the_file_says_is_named() -> None:
    store = MemoryStore()
    joins(store, "pi-1", FACTS)
    (found,) = [each for each in machines(HOME, store) if each.node.name == "pi-1"]
    assert dict(found.facts)["Has"] == "4.0 GiB (the rack file says 8.0 GiB), 4 cores"


async def test_the_switch_is_told_as_machines_are(reference: Bench) -> None:
    assert "rackhouse hosts add sw1" in await shown(reference)
    join_switch(reference.house.store, "sw1", {"host": "10.20.10.2", "user": "admin"})
    applied(reference.house.store, "~ switch.sw1/port/3: by hand", Result.DONE)
    found = device(HOME, reference.house.store)
    assert found
    assert (found.tone, found.where, found.holds) == ("good", "admin@10.20.10.2", "16 ports")
    page = await shown(reference)
    assert "admin@10.20.10.2" in page
    assert strangers(HOME, reference.house.store) == ()


async def test_a_switch_with_a_web_page_alone_has_a_checklist(reference: Bench) -> None:
    own = HOME.network.switch
    assert own
    network = replace(HOME.network, switch=replace(own, system="", address=None))
    reference.file = RackFile(rack=replace(HOME, network=network), path=FILE)
    page = await shown(reference)
    assert "rackhouse network checklist" in page
    assert "rackhouse hosts add sw1" not in page


async def test_a_machine_that_is_to_be_bought_is_not_asked_to_join(reference: Bench) -> None:
    nodes = tuple(replace(node, owned=node.name != "pi-2") for node in HOME.nodes)
    reference.file = RackFile(rack=replace(HOME, nodes=nodes), path=FILE)
    page = await shown(reference)
    assert "not owned yet" in page
    assert "rackhouse hosts add pi-2" not in page


async def test_a_machine_that_the_file_no_longer_names_is_told(reference: Bench) -> None:
    joins(reference.house.store, "old")
    assert strangers(HOME, reference.house.store) == ("old",)
    assert "The rack file no longer names old" in await shown(reference)
