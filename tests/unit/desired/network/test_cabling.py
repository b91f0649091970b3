"""The picture is well formed, says in words what it shows, and can be read by everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree

import pytest
from hypothesis import given

from rackhouse.desired.network import cabling
from rackhouse.desired.network.fabric import Use, fabric
from rackhouse.rack.model import Rack
from unit.desired.network.golden import rack
from unit.desired.network.racks import wired

SVG = "{http://www.w3.org/2000/svg}"


@given(wired())
def test_every_plug_is_drawn_and_said(rack: Rack) -> None:
    made = fabric(rack)
    tree = ElementTree.fromstring(cabling.render(made, rack))
    words = tree.findtext(f"{SVG}desc") or ""
    drawn = [text.text for text in tree.iter(f"{SVG}text")]
    for port in made.ports:
        if port.use is not Use.FREE:
            assert f"port {port.number}: " in words
            assert str(port.number) in drawn


def test_a_long_name_is_pressed_into_its_box() -> None:
    home = rack("home")
    long = "a-name-that-is-as-long-as-names-may-be"
    (desk,) = (node for node in home.nodes if node.name == "desk")
    nodes = tuple(replace(node, name=long) if node == desk else node for node in home.nodes)
    text = cabling.render(fabric(replace(home, nodes=nodes)), replace(home, nodes=nodes))
    assert re.search(rf'textLength="60"[^>]*>{long}<', text)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *product([light for light, _ in cabling._INKS], ["#ffffff"]),
        *product([dark for _, dark in cabling._INKS], ["#14181d"]),
    ],
)
def test_cables_stand_out_from_their_ground(ink: str, ground: str) -> None:
    assert _contrast(ink, ground) >= 4.5  # WCAG 2.2 asks for 3 where it is no text


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
