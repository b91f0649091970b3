"""The picture: every thing once, each state by shape and word, and valid whatever the names."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.console.picture import narrow, sparkline, wide
from rackhouse.console.picture.cards import mark, tone
from rackhouse.console.picture.scene import MOST
from rackhouse.console.picture.svg import el, fit
from rackhouse.operations.view import (
    AppView,
    NeedView,
    NodeView,
    PartView,
    RackView,
    SwitchView,
    VlanView,
    view,
)
from rackhouse.rack.model import Network, Node, Rack, Role, Switch, Vlan
from rackhouse.supervisor.unit import Phase
from unit.console.desk import Bench
from unit.console.house import empty_house

LAYOUTS = pytest.mark.parametrize("draw", [wide, narrow])
SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def links(picture: str) -> list[str]:
    return [str(a.get("href")) for a in parsed(picture).iter("a")]


def words(picture: str) -> str:
    return " | ".join(parsed(picture).itertext())


@LAYOUTS
def test_everything_is_drawn_once_and_leads_to_its_page(console: Bench, draw: object) -> None:
    picture = draw(console.desk.view)  # type: ignore[operator]  # one of two
    assert sorted(links(picture)) == [
        "/applications/guestbook",
        "/applications/heartbeat",
        "/applications/notes",
        "/applications/trial",
        "/parts/cache",
        "/parts/console",
        "/parts/ingress",
        "/parts/objects",
        "/parts/postgres",
    ]
    for each in parsed(picture).iter("a"):
        assert each.get("aria-label")
        title = each.find("title")
        assert title is not None
        assert title.text == each.get("aria-label")
    assert "trial: ended with 1 three times" in words(picture)


@LAYOUTS
def test_lines_lead_from_the_ingress_and_to_what_is_used(console: Bench, draw: object) -> None:
    picture = draw(console.desk.view)  # type: ignore[operator]  # one of two
    wires = [p for p in parsed(picture).iter("path") if "wire" in str(p.get("class"))]
    routes, needs = 2, 3
    extra = 1 if draw is wide else needs  # ingress to console; or the rails
    assert len(wires) == routes + needs + extra


@LAYOUTS
def test_what_does_not_fit_is_counted_and_trouble_comes_first(draw: object) -> None:
    apps = [AppView(name=f"app-{n:02}", kind="web", phase=Phase.READY) for n in range(40)]
    apps[37] = AppView(name="app-37", kind="web", phase=Phase.CRASHED)
    rack = RackView(name="r", domain="d", ready=False, supervisor=True, applications=tuple(apps))
    picture = draw(rack)  # type: ignore[operator]  # one of two
    found = [link for link in links(picture) if link.startswith("/applications/")]
    assert len(found) == MOST - 1
    assert "/applications/app-37" in found
    assert "and 29 more" in words(picture)
    assert "#applications" in links(picture)


@LAYOUTS
def test_a_rack_where_nothing_runs_says_so(tmp_path: Path, draw: object) -> None:
    picture = draw(view(empty_house(tmp_path)))  # type: ignore[operator]  # one of two
    assert "the supervisor does not live" in words(picture)
    assert links(picture) == []


def networked() -> Rack:
    vlans = tuple(
        Vlan(name=name, id=id, subnet=IPv4Network(f"10.20.{id}.0/24"))
        for name, id in (("cluster", 20), ("gpu", 30))
    )
    nodes = tuple(
        Node(name=name, role=Role.SERVER, address=IPv4Address(address), port=port)
        for name, address, port in (("pi-1", "10.20.20.11", 2), ("forge", "10.20.30.20", 1))
    )
    switch = Switch(name="sw1", ports=16, uplink=16)
    return Rack(nodes=nodes, network=Network(switch=switch, vlans=vlans))


@LAYOUTS
def test_nodes_switch_and_networks_are_drawn_where_the_file_has_them(
    tmp_path: Path, draw: object
) -> None:
    picture = draw(view(empty_house(tmp_path, networked())))  # type: ignore[operator]  # one of two
    said = words(picture)
    for word in ("sw1", "pi-1", "forge", "10.20.30.20", "cluster 20", "VLAN 30, 10.20.30.0/24"):
        assert word in said
    assert "port 1 leads to forge" in said
    assert "port 16 leads to the router" in said
    assert "port 5 leads to nothing" in said
    ports = re.findall(r'class="port[^"]*"', picture)
    assert len(ports) == 16
    assert sum("vlan v" in port for port in ports) == 2


def test_cables_do_not_cross(tmp_path: Path) -> None:
    picture = wide(view(empty_house(tmp_path, networked())))
    cables = [
        str(p.get("d")) for p in parsed(picture).iter("path") if "cable" in p.get("class", "")
    ]
    ends = [(float(d[1:].split(" ")[0]), float(d.split(" ")[-2])) for d in cables]
    assert len(ends) == 2
    assert [end for _, end in sorted(ends)] == sorted(end for _, end in ends)


@pytest.mark.parametrize("phase", Phase)
def test_a_state_is_a_shape_and_not_only_a_colour(phase: Phase) -> None:
    shapes = {"good": "circle", "bad": "M", "off": "rect", "busy": "turning"}
    assert shapes[tone(phase)] in mark(phase, 0, 0)


NAME = st.text(st.characters(exclude_categories=["C"]), max_size=80)


@given(name=NAME, why=NAME, count=st.integers(0, 60), ports=st.integers(0, 60))
def test_a_picture_is_well_formed_whatever_the_names(
    name: str, why: str, count: int, ports: int
) -> None:
    rack = RackView(
        name=name,
        domain=name,
        ready=False,
        supervisor=True,
        parts=(PartView(name=name, phase=Phase.BACKOFF, why=why, address=why),),
        applications=tuple(
            AppView(
                name=f"{name}{n}",
                kind="web",
                phase=list(Phase)[n % len(Phase)],
                why=why,
                needs=(NeedView(name="db", type="postgres", part=name),),
            )
            for n in range(count % 20)
        ),
        nodes=tuple(
            NodeView(name=name, role=why, board=why, port=n + 1, vlan=name) for n in range(count)
        ),
        switch=SwitchView(name=name, ports=ports, uplink=ports) if ports else None,
        vlans=(VlanView(name=name, id=1, subnet=why),),
    )
    for picture in (wide(rack), narrow(rack)):
        root = parsed(picture)
        _, _, width, height = map(float, str(root.get("viewBox")).split())
        for each in root.iter("rect"):
            assert float(each.get("x", 0)) >= 0
            assert float(each.get("x", 0)) + float(each.get("width", 0)) <= width + 0.1
            assert float(each.get("y", 0)) <= height


def test_elements_escape_what_they_are_given() -> None:
    made = el("a", '<b>&"', href='"><script>', class_="x")
    assert made == '<a href="&#34;&gt;&lt;script&gt;" class="x">&lt;b&gt;&amp;&#34;</a>'


def test_words_that_are_too_long_are_cut() -> None:
    assert fit("short", 100) == "short"
    assert fit("a-very-long-application-name", 100) == "a-very-long\u2026"
    assert fit("abc", 0) == "a\u2026"


def test_a_line_of_numbers_stands_on_zero() -> None:
    drawn = parsed(sparkline([0, 5, 10], "Memory"))
    area, line = drawn.iter("path")
    assert drawn.get("aria-label") == "Memory"
    assert line.get("d") == "M0.0 62.0L160.0 34.0L320.0 6.0"
    assert str(area.get("d")).endswith("V64H0z")
    assert list(parsed(sparkline([1], "x")).iter("path")) == []
    assert "nan" not in sparkline([0, 0, 0], "x")
