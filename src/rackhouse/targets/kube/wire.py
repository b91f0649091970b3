"""Connections to one API server: whom we believe, who we are, how long we wait. Asks nothing."""

from __future__ import annotations

import os
import ssl

import httpx

from rackhouse.kit.errors import Refused
from rackhouse.targets.kube.kubeconfig import Access

_CONNECT = 5.0  # seconds until a machine that is there has answered


def client(
    access: Access,
    *,
    at_once: int | None,
    patience: float | None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """`at_once` connections at most; `patience` seconds for what it says next; None: no end."""
    return httpx.AsyncClient(
        base_url=access.server,
        headers=headers(access),
        verify=trust(access) if transport is None else True,
        transport=transport,
        timeout=httpx.Timeout(patience, connect=_CONNECT),
        limits=httpx.Limits(max_connections=at_once),
        trust_env=False,  # a proxy of somebody's shell is no way to a rack
    )


def headers(access: Access) -> dict[str, str]:
    """Who we are, where that is a token."""
    token = access.token.reveal()
    return {"authorization": f"Bearer {token}"} if token else {}


def named(access: Access) -> dict[str, str]:
    """Whose certificate it has to show, where that is not its address's: for httpx."""
    return {"sni_hostname": access.server_name} if access.server_name else {}


def trust(access: Access) -> ssl.SSLContext:
    """Whom we believe, and who we are."""
    context = ssl.create_default_context(cadata=access.authority or None)
    if access.unchecked:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if access.certificate:
        _show(context, access)
    return context


def _show(context: ssl.SSLContext, access: Access) -> None:
    """Load our certificate. OpenSSL wants a file: this one is in memory and has no name."""
    with os.fdopen(os.memfd_create("certificate"), "w+") as file:
        file.write(f"{access.certificate}\n{access.key.reveal()}\n")
        file.flush()
        try:
            context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
        except ssl.SSLError:
            what = "the kubeconfig's client certificate and key do not fit each other"
            raise Refused(what, where=access.server, fix="join with another kubeconfig") from None
