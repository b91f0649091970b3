"""The broker inside a pod: what the pod mounts, read, and the app served over HTTPS until a signal.

Its own token is read anew for each question, since the kubelet replaces it.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from logging.config import dictConfig
from pathlib import Path

import httpx
import uvicorn

from rackhouse.delivery.broker.app import Broker, create_app
from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.delivery.broker.pace import Pace
from rackhouse.delivery.broker.previews import sweeping
from rackhouse.kit.errors import HostError
from rackhouse.kit.files import read_text
from rackhouse.resources.core import Hidden
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.server import Server

_LAST_WORDS = 5  # seconds for answers that are being sent when it ends
_LOG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "rackhouse.broker": {"handlers": ["out"], "level": "INFO"},
        "uvicorn": {"handlers": ["out"], "level": "WARNING"},
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """`keys` has tls.crt, tls.key and authority.pem; `account` has token and ca.crt. `gitea` and
    `server` (the API server) are addresses.
    """

    gitea: str
    server: str
    keys: Path
    account: Path

    def access(self) -> Access:
        """The API server, as the pod's own account has it now. HostError where that lacks."""
        authority, token = _text(self.account / "ca.crt"), _text(self.account / "token")
        return Access(server=self.server, authority=authority, token=Hidden(token.strip()))

    @asynccontextmanager
    async def opens(self) -> AsyncIterator[Server]:
        """That server, for the time of one question."""
        server = Server(self.access())
        try:
            yield server
        finally:
            await server.close()


def made(mounted: Mounted) -> Broker:
    """The broker of that pod. HostError where it mounts no authority."""
    trust = ssl.create_default_context(cadata=_text(mounted.keys / "authority.pem"))
    gitea = Gitea(mounted.gitea, httpx.AsyncClient(verify=trust, trust_env=False))
    return Broker(gitea=gitea, opens=mounted.opens, pace=Pace(time.monotonic))


def serve(mounted: Mounted, address: str, port: int) -> None:
    """Until a signal; what was lent, and what refused, is a line of the pod's log."""
    broker = made(mounted)
    how = config(mounted, broker, address, port)
    dictConfig(_LOG)
    asyncio.run(_serve(uvicorn.Server(how), broker))


async def _serve(server: uvicorn.Server, broker: Broker) -> None:
    previews = asyncio.create_task(sweeping(broker))
    try:
        await server.serve()
    finally:
        previews.cancel()


def config(mounted: Mounted, broker: Broker, address: str, port: int) -> uvicorn.Config:
    """How it is served."""
    return uvicorn.Config(
        create_app(broker),
        host=address,
        port=port,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        ssl_certfile=str(mounted.keys / "tls.crt"),
        ssl_keyfile=str(mounted.keys / "tls.key"),
        limit_concurrency=64,
        timeout_graceful_shutdown=_LAST_WORDS,
    )


def _text(file: Path) -> str:
    text = read_text(file)
    if not text:
        raise HostError(f"{file} is not there", fix="the rack's apply mounts it: run it again")
    return text
