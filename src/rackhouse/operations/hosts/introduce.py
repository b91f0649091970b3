"""The first way into a machine that does not know the rack's key yet: its key is put there once.

As ssh-copy-id does it: by a password, or by a key of the person's own agent. Neither is kept.
"""

from __future__ import annotations

from rackhouse.kit.errors import HostError
from rackhouse.transport.address import Address
from rackhouse.transport.command import command

_INSTALL = """
umask 077
read -r key
cd && mkdir -p .ssh && touch .ssh/authorized_keys && cd .ssh || exit
grep -qxF "$key" authorized_keys && exit
test -z "$(tail -c 1 authorized_keys)" || echo >> authorized_keys || exit
printf '%s\\n' "$key" >> authorized_keys || exit
if command -v restorecon > /dev/null; then restorecon -F . authorized_keys; fi
"""


async def introduce(address: Address, public_key: str, *, password: str = "") -> None:
    """Let `public_key` into the account from now on. Without a password, by what ssh-agent holds or
    the usual keys of this account. Refused when that is not let in, HostError when its home folder
    takes no file.
    """
    from dataclasses import replace

    from rackhouse.transport.ssh import connect

    connection = await connect(replace(address, key=""), password=password)
    try:
        said = await command(connection, ("sh", "-c", _INSTALL), stdin=f"{public_key}\n".encode())
    finally:
        await connection.close()
    if said.code:
        what = f"its key could not be written: {said.err or f'exit code {said.code}'}"
        fix = f"see whether ~{address.user}/.ssh of that machine can be written, and its disk"
        raise HostError(what, where=str(address), fix=fix)
