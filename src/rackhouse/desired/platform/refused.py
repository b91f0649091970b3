"""What no cluster can have, said with how to mend it. Pure."""

from __future__ import annotations

from rackhouse.desired.kube.placement import WEAR
from rackhouse.desired.platform.wanted import first, nodes
from rackhouse.kit.errors import FileError, Problem
from rackhouse.rack.model import Rack

RULES = {
    "databases-on-cards": (
        "A database writes all day, and every write wears flash: cards and sticks die of it within "
        "months (k3s#5042, k3s#11313), and with them what they hold."
    ),
}


def refuse(rack: Rack, cluster: str) -> None:
    """FileError where data would have to lie on a card."""
    there, data = nodes(rack, cluster), rack.data
    if not there or any(node.disk not in WEAR for node in there):
        return
    kept = {
        ("data", "postgres"): data.postgres,
        ("data", "cache"): data.cache,
        ("data", "objects"): data.objects if data.objects and not data.objects.at else None,
        ("platform", "forge"): rack.platform.forge if cluster == first(rack) else None,
    }
    problems = [
        Problem(
            line=0,
            rule="databases-on-cards",
            path=f"{part}.{name}",
            what=f"every node of {cluster} has a card or a stick for a disk",
            fix=f"give one node an SSD and say so (`disk: ssd`), or write `{name}: none`",
        )
        for (part, name), said in kept.items()
        if said is not None
    ]
    if problems:
        raise FileError("rack.yaml", problems)
