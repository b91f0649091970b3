"""What RouterOS would be told. Golden: no device has ever heard it.

To write it anew after a change that was meant: `PYTHONPATH=tests python -m
unit.switch.test_routeros`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

from rackhouse.desired.network.fabric import fabric
from rackhouse.desired.network.switch import switches
from rackhouse.resources.switch import Port
from rackhouse.targets.switch.routeros import RouterOS
from rackhouse.targets.switch.speech import Belongs
from unit.desired.network.golden import rack

GOLDEN = Path(__file__).parents[2] / "scenarios" / "switch" / "routeros.txt"
SPEECH = RouterOS()
# As `print terse` prints them (MikroTik's documentation, Bridge VLAN Table).
SAID = GOLDEN.with_name("routeros.print.txt")


def conversation() -> str:
    """A port goes to another VLAN, the uplink loses one and gets one, a port is new."""
    now = {
        3: Belongs(30, (), "admit-only-untagged-and-priority-tagged"),
        5: None,
        16: Belongs(0, (10, 20, 30), "admit-only-vlan-tagged"),
    }
    then = {
        3: SPEECH.wanted(Port(20)),
        5: SPEECH.wanted(Port(999)),
        16: SPEECH.wanted(Port(0, (10, 20, 40))),
    }
    parts = {
        "look": SPEECH.look,
        "before the change": SPEECH.armed(SPEECH.move(then, now), 20),
        "the change": SPEECH.move(now, then),
        "over a new connection": SPEECH.confirmed,
    }
    return "\n".join(f"# {name}\n{text}\n" for name, text in parts.items())


def test_the_conversation_is_as_it_lies_there() -> None:
    assert conversation() == GOLDEN.read_text()


def test_what_it_prints_is_understood() -> None:
    assert SPEECH.read(SAID.read_text()) == {
        1: Belongs(20, (), "admit-only-untagged-and-priority-tagged"),
        3: Belongs(1, (), "admit-all"),
        16: Belongs(0, (10, 20, 21, 22), "admit-only-vlan-tagged"),
    }


def test_a_switch_that_is_as_the_rack_file_says_is_told_nothing() -> None:
    home = rack("home")
    specs = [each.spec for each in switches(home, {"sw1": {}}).resources.values()]
    wanted = {
        port.number: SPEECH.wanted(spec)
        for port, spec in zip(fabric(home).ports, specs, strict=True)
    }
    assert SPEECH.move(wanted, wanted) == ""


def test_the_way_back_is_one_line_of_the_scheduler() -> None:
    armed = SPEECH.armed('/a "b" $c\n/d', 20).splitlines()
    assert armed[1].count("on-event=") == 1
    assert r"/a \"b\" \$c\r\n/d\r\n/system scheduler remove" in armed[1]


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(conversation())
