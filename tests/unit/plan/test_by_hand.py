"""What somebody changed is said, and, where the target can tell, what it is now."""

from __future__ import annotations

from rackhouse.plan.verdict import verdict
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Observed, Seen, Stamp
from rackhouse.resources.switch import Port

ID = Id("switch.sw1", "port", "3")
WANTED = Resource(id=ID, spec=Port(20))


def _verdict(why: str) -> str | None:
    stamp = Stamp(rack="test", digest=WANTED.digest).finished("as it was left")
    seen = Seen(id=ID, stamp=stamp, found="otherwise", why=why)
    return verdict(WANTED, Observed(seen={ID: seen}))


def test_what_it_is_now_is_said_where_it_is_known() -> None:
    assert _verdict("VLAN 30") == "changed by hand: VLAN 30"
    assert _verdict("") == "changed by hand"
