"""Whether a machine that joins has joined already, by what only one should have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.kit.errors import Refused
from rackhouse.transport.address import Address

_CLONED = (
    "one machine under two names, or a copied card: there, rm /etc/machine-id /etc/ssh/ssh_host_*;"
    " systemd-machine-id-setup; ssh-keygen -A; or write the card anew"
)


def refuse_known(node: str, address: Address, known: Mapping[str, Mapping[str, str]]) -> None:
    """Refused where another node has this host key, or is reached at this very address."""
    for name, words in sorted(known.items()):
        other = Address.parse(words)
        if name == node:
            continue
        if other.host_key == address.host_key:
            what = f"it shows the host key of {name}, which has joined as {other}"
            raise Refused(what, where=node, fix=_CLONED)
        if (other.host, other.port, other.jump) == (address.host, address.port, address.jump):
            what = f"{name} has joined at that address ({other.host}), with another host key"
            fix = f"two machines have it, or --at is wrong; or {name} is gone: hosts forget {name}"
            raise Refused(what, where=node, fix=fix)


def refuse_twin(node: str, machine_id: str | None, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Refused where another node has this machine id."""
    for name, theirs in sorted(facts.items()):
        if machine_id and name != node and theirs.get("machine_id") == machine_id:
            raise Refused(f"it has the machine id of {name}", where=node, fix=_CLONED)


def refuse_shared(node: str, duplicates: Mapping[str, list[str]] | None) -> None:
    """Refused where another machine on its wire answers for one of its addresses."""
    for address, others in sorted((duplicates or {}).items()):
        what = f"another machine has its address {address} too: MAC address {', '.join(others)}"
        fix = "find that one (the switch knows the port of its MAC address), and give it another"
        raise Refused(what, where=node, fix=fix)
