"""A token of an application's account `releaser`, lent to a job of the repository that it is from.

Which repository that is, the account itself says: the rack's apply wrote it there.
"""

from __future__ import annotations

from typing import Any

from rackhouse.delivery.broker.asking import Asked, Lent
from rackhouse.delivery.onrack.identity import issued, not_there
from rackhouse.desired.kube.releasing import RELEASER, REPOSITORY
from rackhouse.kit.errors import Refused
from rackhouse.targets.kube.server import Server


async def lend(server: Server, asked: Asked) -> Lent:
    """Ten minutes of that account. `asked.repository` may be written by whoever asks.

    Missing where the rack has not brought the application there; Refused where it comes from
    another repository, or from none.
    """
    await check_from(server, asked)
    found = await issued(server, asked.application)
    return Lent(
        server=server.access.server,
        authority=server.access.authority,
        token=found.token,
        expires=found.expires,
    )


async def check_from(server: Server, asked: Asked) -> None:
    """Refused, Missing unless the rack says that the application comes from that repository."""
    path = f"/api/v1/namespaces/{asked.application}/serviceaccounts/{RELEASER}"
    try:
        account: dict[str, Any] | None = await server.ask("GET", path, fine=(404,))
    except Refused:  # nobody bound us there
        account = None
    if account is None:
        raise not_there(server, asked.application)
    notes = account["metadata"].get("annotations") or {}
    if notes.get(REPOSITORY) != asked.repository:
        raise Refused(
            f"{asked.application} is not of the repository {asked.repository}",
            fix=f"the rack file says which one it is of: applications.{asked.application}",
        )
