"""What somebody outside should find: names that are opened answer, all else is shut."""

from __future__ import annotations

from rackhouse.desired.network.internet import doors
from rackhouse.rack.load import load
from unit.desired.network.golden import rack

OPENED = """\
domain: example.org
ingress: {http: 8080, https: 8443}
applications:
  photos: {folder: ./photos, exposure: internet}
"""


def test_opened_names_answer_and_nothing_else_does() -> None:
    found = doors(load(OPENED))
    assert [(door.port, door.open) for door in found] == [
        (80, True),
        (443, True),
        (22, False),
        (5432, False),
        (6443, False),
        (6379, False),
    ]
    assert {door.host for door in found} == {"photos.example.org"}


def test_where_nothing_is_open_all_is_shut() -> None:
    assert doors(rack("home")) == ()
    found = doors(rack("home"), "203.0.113.9")
    assert {door.host for door in found} == {"203.0.113.9"}
    assert not any(door.open for door in found)
    assert {80, 443} <= {door.port for door in found}
