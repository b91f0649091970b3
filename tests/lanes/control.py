"""etcd and kube-apiserver as a cluster has them: TLS, RBAC, its admission. No node, no controller.

An ordinary user can start them. They listen on the loopback alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lanes.binaries import assets
from lanes.certificates import ADMINISTRATORS, Authority
from lanes.hand import Hand
from lanes.processes import Crew, DidNotStart, answers, free_port

_TRIES = 3  # a port that was free may be taken a moment later
SERVICES = "10.96.0.0/16"


class ControlPlane:
    """One API server with its store. `kubeconfig` leads there as an administrator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.crew = Crew(folder)
        self.authority = Authority(folder)
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = self.authority.kubeconfig("admin", self.url, "admin", ADMINISTRATORS)
        self.hand = Hand(self.authority, self.url)
        self.version = ""

    def start(self) -> None:
        """Both programs, until the API is ready. DidNotStart when it is not to be."""
        store, peers = free_port(), free_port()
        etcd(self.crew, self.folder / "etcd", store, peers)
        key = self.authority.key("accounts.key")
        self._arguments = api_server(
            self.authority, key, f"http://127.0.0.1:{store}", self.port, "127.0.0.1"
        )
        self.start_api()
        self.version = self.hand.ask("GET", "/version")["gitVersion"]

    def start_api(self) -> None:
        """The API server alone, until it is ready."""
        self.crew.start("kube-apiserver", self._arguments)
        self.crew.wait("kube-apiserver", self.hand.ready)

    def stop_api(self) -> None:
        """Have the API server be away."""
        self.crew.stop("kube-apiserver")

    def stop(self) -> None:
        """Nothing of it is left running."""
        self.crew.stop_all()


@contextmanager
def control_plane(folder: Path) -> Iterator[ControlPlane]:
    """One that is ready; stopped at the end."""
    for attempt in range(_TRIES):
        made = ControlPlane(_fresh(folder / str(attempt)))
        try:
            made.start()
        except DidNotStart:
            made.stop()
            if attempt == _TRIES - 1:
                raise
        else:
            break
    try:
        yield made
    finally:
        made.stop()


def etcd(crew: Crew, data: Path, port: int, peers: int, host: str = "127.0.0.1") -> None:
    """A store of one member."""
    url, peer = f"http://{host}:{port}", f"http://{host}:{peers}"
    crew.start(
        "etcd",
        [
            str(assets() / "etcd"),
            f"--data-dir={data}",
            f"--listen-client-urls={url}",
            f"--advertise-client-urls={url}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        ],
    )
    crew.wait("etcd", lambda: answers(host, port))


def api_server(
    authority: Authority, accounts: Path, store: str, port: int, address: str, *more: str
) -> list[str]:
    """Its command line."""
    serving = authority.server("apiserver", address)
    return [
        str(assets() / "kube-apiserver"),
        f"--etcd-servers={store}",
        f"--bind-address={address}",
        f"--advertise-address={address}",
        f"--secure-port={port}",
        f"--tls-cert-file={serving.certificate}",
        f"--tls-private-key-file={serving.key}",
        f"--client-ca-file={authority.file}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={accounts}",
        f"--service-account-signing-key-file={accounts}",
        f"--service-cluster-ip-range={SERVICES}",
        "--authorization-mode=Node,RBAC",
        "--endpoint-reconciler-type=none",
        *more,
    ]


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder
