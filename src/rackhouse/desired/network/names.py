"""What the interfaces are called on the machines that route and switch. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.rack.model import Rack


@dataclass(frozen=True, slots=True, kw_only=True)
class Interfaces:
    """Interface names. `wan` leads to the provider, `trunk` to the switch; fifteen letters each
    at most (Linux). Those of VLANs and of switch ports follow from their numbers.
    """

    wan: str = "wan"
    trunk: str = "trunk"
    port: str = "lan"

    def vlan(self, id: int) -> str:
        """`vlan20`: the router's interface in a VLAN."""
        return f"vlan{id}"

    def socket(self, number: int) -> str:
        """`lan3`: the socket of a Linux machine that is the switch."""
        return f"{self.port}{number}"


USUAL = Interfaces()


def names_of(rack: Rack) -> Interfaces:
    """What the rack file calls the router's."""
    router = rack.network.router
    return Interfaces(wan=router.wan, trunk=router.trunk) if router else USUAL
