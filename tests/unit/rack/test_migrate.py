"""Older files: read as today's, rewritten with comments and layout kept."""

from __future__ import annotations

import pytest

from rackhouse.kit.errors import FileError
from rackhouse.rack import load
from rackhouse.rack.migrate import MIGRATIONS, migrate
from rackhouse.rack.model import CURRENT

OLD = """\
# our rack
version: 0    # the first one
expose: lan   # expose: everyone in the house

machines:
  pi-1: {role: server, "ip": 10.0.0.11, disk: nvme}   # ip by hand
  pi-2:
    role: agent
    ip:   10.0.0.12
network: {vlans: {home: {id: 7, subnet: 10.0.0.0/24}}}
"""
NEW = """\
# our rack
version: 1    # the first one
exposure: lan   # expose: everyone in the house

nodes:
  pi-1: {role: server, "address": 10.0.0.11, disk: nvme}   # ip by hand
  pi-2:
    role: agent
    address:   10.0.0.12
network: {vlans: {home: {id: 7, subnet: 10.0.0.0/24}}}
"""


def test_keys_are_renamed_and_everything_else_stays() -> None:
    migrated = migrate(OLD)
    assert migrated.text == NEW
    assert migrated.version == 0
    assert "line 3: 'expose' is called 'exposure' now" in migrated.changes
    assert len(migrated.changes) == 4


def test_migrating_twice_changes_nothing_more() -> None:
    assert migrate(migrate(OLD).text) == type(migrate(OLD))(NEW, CURRENT)


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_line_ends_are_kept(ends: str) -> None:
    assert migrate(OLD.replace("\n", ends)).text == NEW.replace("\n", ends)


def test_an_older_file_is_read_as_if_it_were_migrated_and_says_so() -> None:
    old, new = load(OLD), load(NEW)
    assert (old.version, new.version) == (0, CURRENT)
    assert old.nodes == new.nodes
    assert old.exposure == "lan"


def test_problems_of_an_older_file_are_on_its_own_lines() -> None:
    with pytest.raises(FileError) as caught:
        load(OLD.replace("role: agent", "role: agnt"))
    assert [(problem.line, problem.rule) for problem in caught.value.problems] == [
        (8, "wrong-value")
    ]


def test_a_file_without_a_version_is_in_the_first_numbered_format_for_ever() -> None:
    assert migrate("rack: home\n").version == 1


@pytest.mark.parametrize("text", ["version: 0\nmachines: [", "version: 0\na: *b\n", "version: x\n"])
def test_a_file_that_cannot_be_read_is_left_alone(text: str) -> None:
    assert migrate(text).text == text


def test_there_is_a_way_from_every_older_format() -> None:
    assert sorted(MIGRATIONS) == list(range(CURRENT))
