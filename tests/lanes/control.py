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
from lanes.processes import Crew, DidNotStart, free_port

_TRIES = 3  # a port that was free may be taken a moment later
SERVICES = "10.96.0.0/16"


class ControlPlane:
    """One API server with its store, at `address`; `url` is where it is reached from here.

    `kubeconfig` leads there as an administrator, and `hand` is a test's own way in.
    """

    def __init__(
        self, crew: Crew, address: str = "127.0.0.1", port: int = 0, url: str = ""
    ) -> None:
        self.crew = crew
        self.folder = crew.folder
        self.authority = Authority(self.folder)
        self.accounts = self.authority.key("accounts.key")
        self.address = address
        self.port = port or free_port()
        self.url = url or self.there
        self.kubeconfig = self.authority.kubeconfig("admin", self.url, "admin", ADMINISTRATORS)
        self.hand = Hand(self.authority, self.url)
        self.version = ""

    @property
    def there(self) -> str:
        """Where it is reached from beside it."""
        return f"https://{self.address}:{self.port}"

    def start(self, *more: str) -> None:
        """Both programs, until the API is ready. DidNotStart when it is not to be."""
        store = f"http://127.0.0.1:{free_port()}"
        etcd(self.crew, store, f"http://127.0.0.1:{free_port()}")
        self._arguments = [*_arguments(self, store), *more]
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
        self.hand.close()
        self.crew.stop_all()


@contextmanager
def control_plane(folder: Path) -> Iterator[ControlPlane]:
    """One on this machine's loopback that is ready; stopped at the end."""
    for attempt in range(_TRIES):
        made = ControlPlane(Crew(_fresh(folder / str(attempt))))
        try:
            made.start()
        except DidNotStart as error:
            made.stop()
            if attempt == _TRIES - 1 or "address already in use" not in str(error):
                raise
        else:
            break
    try:
        yield made
    finally:
        made.stop()


def etcd(crew: Crew, url: str, peer: str) -> None:
    """A store of one member; the API server waits for it."""
    crew.start(
        "etcd",
        [
            str(assets() / "etcd"),
            f"--data-dir={crew.folder / 'etcd'}",
            f"--listen-client-urls={url}",
            f"--advertise-client-urls={url}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        ],
    )


def _arguments(of: ControlPlane, store: str) -> list[str]:
    serving = of.authority.server("apiserver", of.address)
    return [
        str(assets() / "kube-apiserver"),
        f"--etcd-servers={store}",
        f"--bind-address={of.address}",
        f"--advertise-address={of.address}",
        f"--secure-port={of.port}",
        f"--tls-cert-file={serving.certificate}",
        f"--tls-private-key-file={serving.key}",
        f"--client-ca-file={of.authority.file}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={of.accounts}",
        f"--service-account-signing-key-file={of.accounts}",
        f"--service-cluster-ip-range={SERVICES}",
        "--authorization-mode=Node,RBAC",
        "--endpoint-reconciler-type=none",
    ]


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder
