"""Specs as unit files: what a digest covers, and that a unit survives its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text
from rackhouse.resources.machine import AliveProbe, HttpProbe, Identity, Process, Program, TcpProbe
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.supervisor.unit import Kind, Unit
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.machine.programs import unit_of
from unit.targets.worlds import stamp_for

KEYED = Fingerprint(MemoryStore())
PORT = Id("machine", "port", "web").ref("number")
BASE = Process(program=Program(command=(Text.of("serve"),)))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
UNITS = st.builds(
    Unit,
    name=st.from_regex(r"[a-z0-9.@-]{1,20}", fullmatch=True),
    kind=st.sampled_from(Kind),
    command=st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
    env=st.dictionaries(TEXTS, TEXTS, max_size=3),
    folder=TEXTS,
    after=st.lists(TEXTS, max_size=3).map(tuple),
    probe=st.sampled_from(
        [{"tcp": 80}, {"http": "http://x/", "headers": {"a": "b"}}, {"command": ["x"]}]
    ),
    grace=st.floats(0, 1e6),
    unprivileged=st.booleans(),
    stamp=TEXTS,
)


def unit(spec: Process, *, inputs: dict[Id, str] | None = None, port: str = "20001") -> Unit:
    resource = Resource(id=Id("machine", "process", "web"), spec=spec)
    stamp = replace(stamp_for(resource), inputs=inputs or {})
    values: dict[Ref, Hidden] = {PORT: Hidden(port)}
    return unit_of(resource, stamp, values, Path("/state"), KEYED)


@given(UNITS)
def test_a_unit_survives_its_file(unit: Unit) -> None:
    assert Unit.from_json(unit.to_json()) == unit


@pytest.mark.parametrize(
    "change",
    [
        {"program": Program(command=(Text.of("serve"), Text.of("--more")))},
        {"program": Program(command=(Text.of("serve"),), env=(("A", Text.of("1")),))},
        {"program": Program(command=(Text.of("serve"),), folder=Text.of("x"))},
        {"program": Program(command=(Text.of("serve"),), path=(Text.of("bin"),))},
        {"program": Program(command=(Text.of("serve"),), identity=Identity.UNPRIVILEGED)},
        {"program": Program(command=(Text.of("serve"),), memory_max=1)},
        {"probe": AliveProbe(9.0)},
    ],
    ids=str,
)
def test_what_a_process_takes_in_is_in_its_digest(change: dict[str, Any]) -> None:
    assert unit(replace(BASE, **change)).digest != unit(BASE).digest


@pytest.mark.parametrize(
    "change", [{"grace": 1.0}, {"drain": 9.0}, {"stop_signal": "SIGINT"}, {"start_timeout": 9.0}]
)
def test_what_it_does_not_take_in_is_not(change: dict[str, Any]) -> None:
    changed = unit(replace(BASE, **change))
    assert changed.digest == unit(BASE).digest
    assert changed != unit(BASE)


def test_a_value_and_the_version_of_its_provider_are_in_the_digest() -> None:
    spec = replace(BASE, probe=TcpProbe(Text.of(PORT)))
    digests = {
        unit(spec, inputs={PORT.to: "1"}).digest,
        unit(spec, inputs={PORT.to: "2"}).digest,
        unit(spec, inputs={PORT.to: "1"}, port="20002").digest,
    }
    assert len(digests) == 3


def test_what_is_only_needed_is_not_in_the_digest() -> None:
    stranger = Id("machine", "process", "postgres")
    assert unit(BASE, inputs={stranger: "1"}).digest == unit(BASE, inputs={stranger: "2"}).digest


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(Refused, match="no port"):
        unit(replace(BASE, probe=TcpProbe(Text.of(PORT))), port="http")


def test_a_path_of_the_program_itself_is_not_added_to() -> None:
    program = Program(
        command=(Text.of("serve"),), env=(("PATH", Text.of("/only")),), path=(Text.of("bin"),)
    )
    assert unit(Process(program)).env["PATH"] == "/state/bin:/only"


def test_the_stamp_is_inside_and_unfinished() -> None:
    made = unit(replace(BASE, probe=HttpProbe(Text.of("http://127.0.0.1:", PORT))))
    assert Stamp.from_json(made.stamp).found == ""
    assert made.probe["http"] == "http://127.0.0.1:20001"
