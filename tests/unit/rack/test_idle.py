"""What a rack file says in vain is said back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rackhouse.rack.idle import ACTED_ON, IDLE, idle
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack

RACKS = Path(__file__).parents[3] / "examples" / "racks"


def test_every_field_is_acted_on_or_told() -> None:
    fields = {field.name for field in dataclasses.fields(Rack)}
    assert fields == ACTED_ON | IDLE.keys()
    assert not ACTED_ON & IDLE.keys()


def test_a_rack_of_one_says_nothing_in_vain() -> None:
    assert idle(load("")) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("backups: {to: s3://x.example/rack}", "backups: of this machine no copy is made"),
        (
            "nodes: {pi-1: {role: server, board: rpi5-8gb, disk: nvme}}",
            "clusters: checked and drawn; one is set up, on machines that joined, where it says",
        ),
        ("applications: {choir: {service: choir}}", "applications choir: no service of"),
        (
            "models: {m: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}",
            "models: no application asks",
        ),
    ],
)
def test_each_is_named_with_what_to_do(text: str, line: str) -> None:
    assert any(said.startswith(line) for said in idle(load(text)))


def test_a_whole_rack_has_all_of_them() -> None:
    said = {line.partition(":")[0] for line in idle(load((RACKS / "home.yaml").read_text()))}
    assert {"backups", "nodes", "network"} <= said
