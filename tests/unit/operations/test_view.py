"""The read model says what is written down, and what is wrong, without asking anybody."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from rackhouse.app.model import App, Placeholder, Template
from rackhouse.operations.view import to_json, view
from rackhouse.operations.view.applications import masked
from rackhouse.rack.model import Network, Node, Rack, Role, Switch, Vlan
from rackhouse.resources.machine import Exposure
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.supervisor import record
from rackhouse.supervisor.unit import Phase, Unit
from unit.console.house import (
    House,
    application,
    choose,
    empty_house,
    furnished_house,
    route,
    state,
    supervised,
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return furnished_house(tmp_path)


def test_a_rack_that_was_never_up_is_not_ready_and_says_how_to_begin(tmp_path: Path) -> None:
    seen = view(empty_house(tmp_path))
    assert not seen.ready
    assert not seen.supervisor
    assert seen.why == ("the supervisor does not run: start it with `rackhouse up`",)
    assert seen.parts == seen.applications == seen.routes == ()
    assert seen.last_apply is None


def test_ready_when_every_part_and_every_live_release_serves(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    state(house, "postgres")
    state(house, "postgres.init@18", phase=Phase.DONE)
    application(house, App(name="hello"))
    state(house, "hello.migrate@r1", phase=Phase.DONE)
    state(house, "hello.web@r1")
    with supervised(house):
        seen = view(house)
    assert seen.ready
    assert seen.why == ()
    assert [part.name for part in seen.parts] == ["postgres"]


def test_one_broken_application_is_one_line(house: House) -> None:
    with supervised(house):
        seen = view(house)
    assert not seen.ready
    assert seen.why == ("trial: ended with 1 three times",)


def test_a_part_has_its_address_version_and_use(house: House) -> None:
    part = view(house).part("postgres")
    assert part
    assert (part.address, part.version) == ("127.0.0.1:5433", "postgres 18.6.3")


def test_without_a_supervisor_a_unit_whose_process_is_gone_counts_as_stopped(house: House) -> None:
    state(house, "objects", pid=2**22 + 1, started=1.0)
    part = view(house).part("objects")
    assert part
    assert part.phase is Phase.STOPPED


def test_a_rack_that_is_down_is_one_line(house: House) -> None:
    assert view(house).why == ("the supervisor does not run: start it with `rackhouse up`",)


def test_without_a_supervisor_a_survivor_is_still_ready(house: House) -> None:
    state(house, "objects", pid=os.getpid())
    mine = Path("/proc/self/stat").read_text().strip()
    unit = Unit(name="objects", command=("weed",))
    run = record.path_of(house.paths.states, "objects")
    run.write_text(f"{os.getpid()}\n{record.tag(unit)}\n{mine}\n")  # as the child does
    part = view(house).part("objects")
    assert part
    assert part.phase is Phase.READY


def test_an_application_is_as_bad_as_the_worst_of_its_live_release(house: House) -> None:
    state(house, "guestbook.worker@r2", phase=Phase.BACKOFF, why="ended with 1")
    state(house, "guestbook.web@r1", phase=Phase.STOPPING)
    with supervised(house):
        app = view(house).application("guestbook")
    assert app
    assert (app.phase, app.why) == (Phase.BACKOFF, "ended with 1")
    assert [p.name for p in app.processes][-1] == "guestbook.web@r1"


def test_a_failed_release_is_told_while_the_one_before_serves_on(house: House) -> None:
    row = house.store.releases("guestbook")[0]
    number = house.store.add_release(
        type(row)(**{**{f: getattr(row, f) for f in row.__slots__}, "number": 0})
    ).number
    house.store.set_release_status("guestbook", number, ReleaseStatus.FAILED)
    with supervised(house):
        app = view(house).application("guestbook")
    assert app
    assert (app.phase, app.release) == (Phase.READY, 2)
    assert app.why == "r3 failed; r2 serves on"


@pytest.mark.parametrize(
    ("status", "phase", "why"),
    [
        (ReleaseStatus.NEW, Phase.STARTING, "r1 is being started"),
        (ReleaseStatus.FAILED, Phase.FAILED, "r1 failed: it never became ready"),
    ],
)
def test_a_first_release_that_does_not_serve(
    tmp_path: Path, status: ReleaseStatus, phase: Phase, why: str
) -> None:
    house = empty_house(tmp_path)
    application(house, App(name="hello"), status=status)
    app = view(house).application("hello")
    assert app
    assert (app.phase, app.why) == (phase, why)


def test_a_live_release_without_a_process_does_not_serve(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    application(house, App(name="hello"))
    app = view(house).application("hello")
    assert app
    assert (app.phase, app.why) == (Phase.STOPPED, "r1 has no process")


def test_removed_applications_are_not_shown(house: House) -> None:
    row = house.store.application("trial")
    assert row
    house.store.put_application(type(row)(name=row.name, uid=row.uid, removed=True))
    assert view(house).application("trial") is None


def test_a_route_answers_by_name_and_by_address(house: House) -> None:
    app = view(house).application("guestbook")
    assert app
    assert app.url == "https://guestbook.rack.localhost:8443/"
    assert app.plain == "http://127.0.0.1:9001/"
    mine = next(r for r in view(house).routes if r.name == "guestbook")
    assert mine.origins == (
        "https://guestbook.rack.localhost:8443",
        "http://guestbook.rack.localhost:8080",
        "http://127.0.0.1:9001",
    )


def test_default_ports_are_not_written(house: House) -> None:
    choose(house, "port", "https", number="443")
    app = view(house).application("guestbook")
    assert app
    assert app.url == "https://guestbook.rack.localhost/"


def test_a_route_on_the_network_has_a_port_there(house: House) -> None:
    route(house, "photos", hosts=("photos.rack.localhost",), door=9010, lan=9300)
    mine = next(r for r in view(house).routes if r.name == "photos")
    assert (mine.exposure, mine.lan_port) == (Exposure.LAN, 9300)
    assert mine.plain == "http://127.0.0.1:9010/"


def test_needs_name_the_part_that_provides_them(house: House) -> None:
    app = view(house).application("guestbook")
    assert app
    assert {need.name: need.part for need in app.needs} == {
        "db": "postgres",
        "visits": "cache",
        "pictures": "objects",
        "web": "ingress",
    }


def test_variables_show_references_and_hide_secrets(house: House) -> None:
    app = view(house).application("guestbook")
    assert app
    assert {v.name: v.value for v in app.variables} == {
        "DATABASE_URL": "${resources.db.url}",
        "API_TOKEN": "***",
        "REMOTE": "https://***@example.org/x",
        "GREETING": "Hello <b>you</b>",
    }
    assert "hunter2" not in json.dumps(to_json(view(house)))


def test_a_secret_beside_a_reference_is_hidden_too() -> None:
    db = Placeholder(("resources", "db", "host"))
    assert masked("PASSWORD", Template(("hunter2@", db))) == "***${resources.db.host}"
    assert masked("DB_URL", Template(("postgres://ann:hunter2@", db))) == (
        "postgres://***@${resources.db.host}"
    )
    assert masked("API_KEY", Template()) == ""


def test_nodes_the_switch_and_networks_come_from_the_file(tmp_path: Path) -> None:
    from ipaddress import IPv4Address, IPv4Network

    vlan = Vlan(name="cluster", id=20, subnet=IPv4Network("10.20.20.0/24"))
    node = Node(name="pi-1", role=Role.SERVER, address=IPv4Address("10.20.20.11"), port=1)
    rack = Rack(nodes=(node,), network=Network(switch=Switch(name="sw1", ports=16), vlans=(vlan,)))
    seen = view(empty_house(tmp_path, rack))
    assert seen.switch
    assert (seen.switch.name, seen.switch.ports) == ("sw1", 16)
    assert [(n.name, n.vlan, n.port) for n in seen.nodes] == [("pi-1", "cluster", 1)]


def test_the_last_apply_is_told(house: House) -> None:
    last = view(house).last_apply
    assert last
    assert (last.what, last.who, last.steps, last.failed) == ("deploy guestbook r2", "ann", 2, 0)


def test_a_broken_state_file_hides_nothing_else(house: House) -> None:
    (house.paths.states / "cache.json").write_text("{")
    assert [part.name for part in view(house).parts] == [
        "console",
        "ingress",
        "objects",
        "postgres",
    ]


def test_a_hundred_applications_are_seen_in_a_moment(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    for number in range(100):
        application(house, App(name=f"app-{number}"), door=10_000 + number)
        state(house, f"app-{number}.web@r1")
    began = time.perf_counter()
    assert len(view(house).applications) == 100
    assert time.perf_counter() - began < 1.0
