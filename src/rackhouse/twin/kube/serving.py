"""The twin on a port of this machine's loopback, with a kubeconfig, for whoever speaks HTTPS."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import yaml
from starlette.applications import Starlette
from websockets.exceptions import InvalidState

from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.certificates import Certificate, make
from rackhouse.twin.kube.cluster import Cluster

_PATIENCE = 20  # seconds until a server has started or ended
_LAST_WORDS = 1  # seconds for answers that are being sent when it ends


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is. `authority` is the PEM of who vouches for it."""

    url: str
    authority: str

    def kubeconfig(self, context: str = "twin", token: str = "twin") -> str:
        """The file with which clients find it."""
        trusted = base64.b64encode(self.authority.encode()).decode()
        cluster = {"server": self.url, "certificate-authority-data": trusted}
        found = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": cluster}],
            "users": [{"name": context, "user": {"token": token}}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        }
        return yaml.safe_dump(found, sort_keys=False)


@contextlib.contextmanager
def serve(
    cluster: Cluster, folder: Path, *, port: int = 0, expired: bool = False
) -> Iterator[Served]:
    """Serve it in a thread of its own until the end of the block.

    `folder` takes the certificate and its key. `port` 0 takes a free one; with `expired` the
    certificate's time is over.
    """
    certificate = make(cluster.clock(), expired=expired)
    files = _written(certificate, folder)
    with contextlib.closing(_listen(port)) as listener:
        server = _Server(_config(create_app(cluster, driven=True), files))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            yield Served(f"https://127.0.0.1:{listener.getsockname()[1]}", certificate.authority)
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tried again while a WebSocket is leaving by itself, to which uvicorn cannot say so."""
        for _ in range(_PATIENCE * 20):
            try:
                return await super().shutdown(sockets)
            except InvalidState:
                await asyncio.sleep(0.05)
        return None


def _written(certificate: Certificate, folder: Path) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    chain, key = folder / "twin.crt", folder / "twin.key"
    chain.write_text(certificate.chain)
    key.touch(mode=0o600)
    key.write_text(certificate.key)
    return chain, key


def _listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), reuse_port=False)


def _config(app: Starlette, files: tuple[Path, Path]) -> uvicorn.Config:
    chain, key = files
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="websockets-sansio",
        log_level="critical",
        access_log=False,
        ssl_certfile=str(chain),
        ssl_keyfile=str(key),
        timeout_graceful_shutdown=_LAST_WORDS,
    )


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the twin of Kubernetes did not start")
        time.sleep(0.005)
