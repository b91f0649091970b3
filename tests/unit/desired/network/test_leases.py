"""Machines ask a real dnsmasq for their addresses, through the compiled rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.desired.network import dnsmasq, nftables
from unit.desired.network import alone
from unit.desired.network.golden import rack

SCRIPT = Path(__file__).with_name("leases.sh")
GIVEN = """\
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface"
echo "$ip by $router in $domain, names from $dns"
"""


@pytest.mark.slow
def test_every_machine_gets_the_address_of_the_file(tmp_path: Path) -> None:
    alone.skip_where_rules_cannot_be_tried(tmp_path, "dnsmasq", "ip", "busybox")
    if alone.run("ip", "link", "add", "name", "a", "type", "veth").returncode:
        pytest.skip("this machine lets no test make network interfaces in a namespace")
    home = rack("home")
    (tmp_path / "dnsmasq.conf").write_text(dnsmasq.render(home))
    (tmp_path / "rules.nft").write_text(nftables.render(home))
    (tmp_path / "given").write_text(GIVEN)
    (tmp_path / "given").chmod(0o700)
    asked = alone.run("sh", SCRIPT, tmp_path)
    assert not asked.returncode, asked.stderr
    pi, stranger, forge, desk, visitor, *names = asked.stdout.splitlines()
    assert pi == "10.20.20.11 by 10.20.20.1 in home.arpa, names from 10.20.20.1"  # by its name
    assert stranger == "stranger gets nothing"  # in a VLAN without a range
    assert forge.startswith("10.20.30.20 by")  # by its MAC address, whatever it calls itself
    assert desk.startswith("10.20.40.10 by")
    address = visitor.split()[0]
    assert address.startswith("10.20.50.1")
    assert names == [
        "git.home.arpa is 10.20.20.5",  # the rack's, whatever a visitor calls itself
        f"git.dhcp.home.arpa is {address}",
        "pi-2.home.arpa is 10.20.20.12",
    ]
