"""The machines of a cluster: one is asked about itself, and any server about the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from rackhouse.kit.errors import HostError, Refused, Unavailable
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Connection
from rackhouse.transport.command import Said, command

PATIENCE = 60.0  # seconds that servers may take to answer again: one of them is being restarted
GRACE = 600  # seconds that a drain waits
_NOTHING, _SILENT, _RUNS = 10, 11, 12
_KNOWN = "test -s /etc/rancher/node/password"  # what a machine shows when it comes back
# A node that still runs is drained; one that is lost has nothing to give away.
_DELETE = f"""
kubectl() {{ /usr/local/bin/k3s kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml "$@"; }}
[ -e /var/lib/rancher/k3s/server/db ] || exit {_NOTHING}
there=$(kubectl --request-timeout=5s get node "$1" --ignore-not-found -o name) || exit {_SILENT}
[ -n "$there" ] || exit 0
set -e
if kubectl wait --for=condition=Ready "node/$1" --timeout=1s > /dev/null 2>&1; then
    [ -z "$2" ] || exit {_RUNS}
    kubectl drain "$1" --ignore-daemonsets --delete-emptydir-data --timeout={GRACE}s
fi
kubectl delete node "$1" --timeout=120s
"""


@dataclass(frozen=True)
class Servers:
    """`machines` by node, of which `names` are servers, in the order in which they are asked.
    `listed` are the nodes of the rack file, also those that have not joined.
    """

    machines: Mapping[str, Address]
    names: Sequence[str]
    connect: Callable[[Address], Awaitable[Connection]]
    listed: Sequence[str] = ()

    async def knows_its_cluster(self, node: str) -> bool:
        """Whether that machine has been in a cluster with the disk that it has now."""
        said = await self._run(node, ("sh", "-c", _KNOWN))
        return said.code == 0

    async def delete(self, node: str) -> str:
        """Have another server drain and delete a node; what it said. Unavailable: none answers.

        Nothing where no server has a cluster's state, or none knows that node. Refused for one
        that runs, is in the rack file, and was forgotten: its K3s would join again by itself.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while True:
            said = await self._asked(node)
            if said is None:
                return ""
            if said.code == 0:
                return said.out.strip()
            if said.code == _RUNS:
                what = f"{node} is in the rack file and runs, and has not joined the rack"
                fix = f"`rackhouse hosts add {node}`; or stop its K3s, and take it out of the list"
                raise Refused(what, fix=fix)
            if said.code not in {_SILENT, None}:
                last = "\n".join((said.out + said.err).strip().splitlines()[-8:])
                fix = f"`rackhouse cluster nodes`; by hand: k3s kubectl delete node {node}"
                raise HostError(f"{node} cannot leave the cluster: {last}", fix=fix)
            if loop.time() > end:
                what = f"no server answers, so {node} cannot be deleted from its cluster"
                fix = "look at `systemctl status k3s` on the servers; more than half must be up"
                raise Unavailable(what, fix=fix)
            await asyncio.sleep(1)

    async def _asked(self, node: str) -> Said | None:
        """How the first server that answers ended; None where there is nothing to ask about."""
        forgotten = "yes" if node in self.listed and node not in self.machines else ""
        argv = ("sh", "-c", _DELETE, "sh", node, forgotten)
        silent = None
        for server in self.names:
            if server == node:
                continue
            try:
                said = await self._run(server, argv, GRACE + 180.0)
            except Unavailable:
                silent = Said(_SILENT, "", "")
                continue
            if said.code not in {_NOTHING, _SILENT}:
                return said
            silent = silent if said.code == _NOTHING else said
        return silent

    async def _run(self, node: str, argv: Sequence[str], limit: float = 60.0) -> Said:
        address = self.machines[node]
        connection = await self.connect(address)
        try:
            return await command(connection, argv, sudo=address.sudo, limit=limit)
        finally:
            await connection.close()
