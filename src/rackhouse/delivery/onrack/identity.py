"""Who releases: the account `releaser` of the application's namespace, for ten minutes.

Somebody who may asks for a token (TokenRequest); it is in memory alone, and ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rackhouse.desired.kube.releasing import RELEASER, SECONDS
from rackhouse.kit.errors import Missing
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.server import Server


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and until when it is good (RFC 3339)."""

    token: Hidden
    expires: str


async def token(server: Server, application: str) -> Hidden:
    """A token of that application's account. Missing where the rack has not made the account."""
    return (await issued(server, application)).token


async def issued(server: Server, application: str) -> Issued:
    """The same, with its end."""
    path = f"/api/v1/namespaces/{application}/serviceaccounts/{RELEASER}/token"
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": SECONDS},
    }
    answer = await server.ask("POST", path, body=body, fine=(404,))
    if answer is None:
        raise not_there(server, application)
    status = answer["status"]
    return Issued(Hidden(str(status["token"])), str(status["expirationTimestamp"]))


def with_token(access: Access, token: Hidden) -> Access:
    """The same server, as the one whose token that is and as nobody else."""
    return replace(access, certificate="", key=Hidden(""), token=token)


def not_there(server: Server, application: str) -> Missing:
    """The error for an application that the rack has not brought to that cluster."""
    return Missing(
        f"the rack has not brought {application} to this cluster",
        where=server.where,
        fix="name it in the rack file with its cluster, and `rackhouse release` it once from there",
    )
