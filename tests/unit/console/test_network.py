"""The page of the network: true to the rack file, to what packets found, and to bad days."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given

from rackhouse.console.house import House, RackFile
from rackhouse.console.network.chart import chart
from rackhouse.console.network.measured import measured as held_against
from rackhouse.desired.network.matrix import expected
from rackhouse.desired.network.policy import SSH, Port
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.store.memory import MemoryStore
from unit.console.desk import Bench
from unit.console.reference import FILE, HOME, cut_off, matrix, measured
from unit.console.test_pages import Outline
from unit.desired.network.racks import wired

PORTS = [SSH, Port("tcp", 53), Port("udp", 53), Port("tcp", 443), Port("tcp", 6443)]


@given(wired())
def test_places_are_as_their_machines_are(rack: Rack) -> None:
    made = chart(rack)
    of = {machine: place.key for place in made.places for machine in place.machines}
    for (source, target, port), opens in expected(rack, PORTS).items():
        assert made.by_key[of[source], of[target]].allows(port) is opens


async def shown(console: Bench, path: str = "/network") -> str:
    answer = await (await console.signed_in()).get(path)
    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    leads = set(re.findall(r'href="#([^"]+)"', answer.text))
    assert leads <= set(outline.ids)
    return answer.text


async def test_a_rack_without_a_network_says_how_to_begin(console: Bench) -> None:
    page = await shown(console)
    assert "No network yet" in page
    example = re.search(r'aria-label="What to write">(.*?)</pre>', page, re.DOTALL)
    assert example
    assert load(example[1]).network.vlans


async def test_each_pair_is_drawn_and_told(console: Bench) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    page = await shown(console)
    assert "development to cluster: ssh, https, kubernetes open" in page
    assert "Not tried with packets" in page
    lines = FILE.read_text().splitlines()
    for reach in HOME.network.reach:
        assert f'href="/rack-file#L{reach.line}"' in page
        assert f"from: {reach.source}, to: {reach.target}" in lines[reach.line - 1]


async def test_packets_that_find_what_the_file_says(console: Bench) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    measured(console.house.paths.root, matrix())
    page = await shown(console)
    assert "packets find what the rack file says" in page
    assert "504 ports tried 7 min ago" in page
    assert "Open vSwitch (own datapath, real 802.1Q)" in page
    assert "The twin is not up any more" in page
    assert "has changed since" not in page


async def test_packets_that_find_otherwise(console: Bench) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    finding = "development to gpu: 22/tcp is closed, and should be open (desk to forge)"
    measured(console.house.paths.root, matrix(cut_off, finding))
    page = await shown(console)
    assert "packets find 1 difference from the rack file" in page
    assert finding in page
    said = "development to gpu: ssh open; packets: ssh is closed and should be open (no answer)"
    assert f'aria-label="{said}"' in page
    assert page.count('class="card cell wrong"') == 2  # the cell, and its sign in the legend


async def test_a_rack_file_that_changed_since_is_said(console: Bench) -> None:
    network = replace(HOME.network, reach=HOME.network.reach[1:])
    console.file = RackFile(rack=replace(HOME, network=network), path=FILE)
    measured(console.house.paths.root, matrix())
    page = await shown(console)
    assert "The rack file has changed since" in page
    assert "ssh is open and should be closed" in page


def test_a_machine_that_the_file_puts_nowhere_is_where_its_twin_was() -> None:
    nodes = [replace(node, address=None) if node.name == "pi-1" else node for node in HOME.nodes]
    found = held_against(chart(replace(HOME, nodes=tuple(nodes))), matrix(), stands=True)
    assert (len(found.wrong), found.count, found.outdated) == (0, 504, False)


@pytest.mark.parametrize("text", ["", "{", '{"rack": "home"}', "[]"])
async def test_a_matrix_that_was_cut_off_is_none(console: Bench, text: str) -> None:
    console.file = RackFile(rack=HOME, path=FILE)
    measured(console.house.paths.root, matrix())
    (console.house.paths.root / "twin" / "matrix.json").write_text(text)
    assert "what was measured last cannot be read" in await shown(console)


async def test_the_cables_are_a_picture_with_a_style_of_its_own(console: Bench) -> None:
    client = await console.signed_in()
    refused = await client.get("/network/cables.svg")
    assert (refused.status_code, "no switch" in refused.text) == (404, True)
    console.file = RackFile(rack=HOME, path=FILE)
    answer = await client.get("/network/cables.svg")
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "style-src 'unsafe-inline'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


async def test_a_broken_rack_file_is_told_by_line_and_the_last_good_one_shown(
    console: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "rack.yaml"
    path.write_text(FILE.read_text())
    house = House(MemoryStore(), Paths(tmp_path), path)
    assert house.file().wrong == ""
    path.write_text(FILE.read_text().replace("to: cluster,", "to: <b>clutser</b>,"))
    house._read = -1.0  # a clock that is coarser than this test
    console.file = house.file()
    page = await shown(console)
    assert "cannot be used (1 problem)" in page
    assert "development to cluster" in page
    page = await shown(console, "/rack-file")
    assert 'href="#L17"' in page
    assert "&lt;b&gt;clutser&lt;/b&gt;" in page
    path.unlink()
    console.file = house.file()
    assert "No network yet" in await shown(console)
    assert "Nothing is in it" in await shown(console, "/rack-file")


async def test_it_is_the_owners(console: Bench) -> None:
    for path in ("/network", "/network/cables.svg", "/rack-file"):
        answer = await console.client().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
