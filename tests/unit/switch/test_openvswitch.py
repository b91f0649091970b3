"""What Open vSwitch is told, and what it is understood to say."""

from __future__ import annotations

import json
from typing import Any

from rackhouse.resources.switch import Port
from rackhouse.targets.switch.openvswitch import OpenVSwitch
from rackhouse.targets.switch.speech import Belongs
from rackhouse.targets.switch.target import words

SPEECH = OpenVSwitch()
EMPTY: Any = ["set", []]


def said(*ports: tuple[str, Any, Any, Any], bridge: str = "switch0", error: Any = EMPTY) -> str:
    """Three tables as `ovs-vsctl --format=json` prints them."""
    ids = [["uuid", f"port-{name}"] for name, *_ in ports]
    rows = [[id, *port, ["uuid", "i"]] for id, port in zip(ids, ports, strict=True)]
    tables = (
        (["_uuid", "name", "vlan_mode", "tag", "trunks", "interfaces"], rows),
        (["name", "ports"], [[bridge, ids[0] if len(ids) == 1 else ["set", ids]]]),
        (["_uuid", "error"], [[["uuid", "i"], error]]),
    )
    return "".join(json.dumps({"headings": h, "data": d}) + "\n" for h, d in tables)


def test_ports_of_the_bridge_are_read() -> None:
    found = SPEECH.read(
        said(
            ("lan3", "access", 20, EMPTY),
            ("lan16", "trunk", EMPTY, ["set", [30, 10, 20]]),
            ("lan4", EMPTY, 7, 9),
            ("switch0", EMPTY, EMPTY, EMPTY),
            ("lan05", "access", 1, EMPTY),
        )
    )
    assert found == {
        3: Belongs(20, (), "access"),
        16: Belongs(0, (10, 20, 30), "trunk"),
        4: Belongs(7, (9,), ""),
    }
    assert SPEECH.read(said(("lan3", "access", 20, EMPTY), bridge="other")) == {}


def test_trouble_is_heard_and_is_no_other_state() -> None:
    found = SPEECH.read(said(("lan3", "access", 20, EMPTY), error="No such device"))
    assert found[3] == Belongs(20, (), "access")
    assert found[3].trouble == "No such device"


def test_a_change_is_one_transaction_and_goes_back_as_one() -> None:
    now = {3: Belongs(30, (), "access"), 4: None, 16: Belongs(0, (10,), "trunk")}
    then = {
        3: SPEECH.wanted(Port(20)),
        4: SPEECH.wanted(Port(0, (10, 20))),
        16: Belongs(0, (10,), "trunk"),
    }
    head = "ovs-vsctl --timeout=20 -- --may-exist add-br switch0"
    assert SPEECH.move(now, then) == (
        f"{head} -- --may-exist add-port switch0 lan3"
        " -- set port lan3 vlan_mode=access tag=20 'trunks=[]'"
        " -- --may-exist add-port switch0 lan4"
        " -- set port lan4 vlan_mode=trunk 'tag=[]' trunks=10,20"
    )
    assert SPEECH.move(then, now) == (
        f"{head} -- --may-exist add-port switch0 lan3"
        " -- set port lan3 vlan_mode=access tag=30 'trunks=[]'"
        " -- --if-exists del-port switch0 lan4"
    )


def test_both_kinds_of_frames() -> None:
    assert SPEECH.wanted(Port(5, (10,))) == Belongs(5, (10,), "native-untagged")


def test_for_people() -> None:
    assert words(Belongs(20)) == "VLAN 20"
    assert words(Belongs(0, (10, 20))) == "VLANs 10, 20 tagged"
    assert words(Belongs(5, (10,))) == "VLAN 5 and VLANs 10 tagged"
    assert words(Belongs()) == "no VLAN"
    assert words(None) == "nothing"
