"""What K3s runs on machines now: asked of them, not remembered and not assumed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from rackhouse.desired.k3s.paths import DATA, UNITS
from rackhouse.desired.k3s.standing import Runs
from rackhouse.kit.errors import RackhouseError
from rackhouse.rack.values import Release
from rackhouse.rack.words import Role
from rackhouse.transport.address import Address
from rackhouse.transport.command import command

_ROLES = {"k3s": Role.SERVER, "k3s-agent": Role.AGENT}
_STAMPS = "/var/lib/rackhouse/stamps/farewell"
# The process, where there is one: between two releases the unit already names the next.
_ASK = f"""
for unit in k3s k3s-agent; do
    file={UNITS}/$unit.service
    [ -e "$file" ] || continue
    pid=$(systemctl show -p MainPID --value "$unit" 2> /dev/null) || pid=0
    program=$(tr '\\0 ' '\\n\\n' < "/proc/${{pid:-0}}/cmdline" 2> /dev/null | grep -m1 '/k3s$')
    [ -n "$program" ] || program=$(sed -n 's/^ExecStart=\\([^ ]*\\).*/\\1/p' "$file" | head -n 1)
    echo "$unit $("$program" --version 2> /dev/null | head -n 1)"
done
[ ! -e {DATA}/server/db ] || echo data
for stamp in {_STAMPS}/k3s-data.json {_STAMPS}/k3s-agent-data.json; do
    [ ! -e "$stamp" ] || echo begun
done
"""
_LINE = re.compile(r"^(k3s|k3s-agent) (?:.*?v1\.(\d+)\.(\d+)\+k3s(\d+))?", re.MULTILINE)


async def running(addresses: Mapping[str, Mapping[str, str]]) -> Mapping[str, Runs | None]:
    """By node; None: it does not answer."""
    found = await asyncio.gather(*(_asked(Address.parse(each)) for each in addresses.values()))
    return dict(zip(addresses, found, strict=True))


def read(said: str) -> Runs:
    """From the lines that the question above prints."""
    data, begun = (word in said.splitlines() for word in ("data", "begun"))
    line = _LINE.search(said)
    if line is None:
        return Runs(data=data, begun=begun)
    unit, *numbers = line.groups()
    release = Release(*map(int, numbers)) if all(numbers) else None
    return Runs(role=_ROLES[unit], release=release, data=data, begun=begun)


async def _asked(address: Address) -> Runs | None:
    from rackhouse.transport.ssh import connect

    try:
        connection = await connect(address)
        try:
            said = await command(connection, ("sh", "-c", _ASK), sudo=address.sudo)
        finally:
            await connection.close()
    except RackhouseError:
        return None
    return read(said.out) if said.code == 0 else None
