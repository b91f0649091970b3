"""A desk with a rack file, applications that have releases, and clusters in memory; for tests.

Commands are run in this process: nothing of theirs outlives them, as no supervisor is started.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rackhouse.app.codec import encode
from rackhouse.app.sources import read_source
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.cli import main
from rackhouse.delivery.releases import candidate, register
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import JSON, Server
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.hand import create
from rackhouse.twin.kube.nodes.node import Node, join
from rackhouse.twin.kube.serving import Served, serve

SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: NAME}
containers:
  web:
    image: docker.io/library/nginx:1.29.3
    variables: {GREETING: "SAID"}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""

LOCAL: Body = {
    "metadata": {
        "name": "local-path",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
    },
    "provisioner": "rancher.io/local-path",
    "volumeBindingMode": "Immediate",
}
MERGE = "application/merge-patch+json"


def cluster() -> Cluster:
    """One with a node, and with a class that makes volumes."""
    made = Cluster()
    join(made, Node(name="n-1"))
    create(made, "storageclasses.storage.k8s.io", LOCAL)
    return made


@dataclass
class Desk:
    """Where commands are typed. `clusters` maps each cluster's name to what serves it."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    clusters: dict[str, Served] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "rack.yaml"

    def writes(self, text: str) -> None:
        """Another rack file."""
        self.file.write_text(text)

    def run(self, argv: str, code: int = 0) -> str:
        """What a command says, both ways. It has to end with that code, and without a traceback."""
        where = ["--file", str(self.file), "--home", str(self.folder / "home")]
        self.capture.readouterr()
        found = main.run([*where, *argv.split()])
        out, err = self.capture.readouterr()
        assert found == code, f"{argv}: {found}\n{out}\n{err}"
        assert "Traceback" not in err, err
        return f"{out}\n{err}"

    def json(self, argv: str, code: int = 0) -> Any:
        """What a command answers to a program."""
        said = self.run(f"{argv} --json", code)
        return json.JSONDecoder().raw_decode(said.lstrip())[0]

    def apply(self) -> str:
        return self.run("apply --only clusters --yes")

    def settled(self) -> None:
        """A plan finds nothing to do."""
        assert self.run("plan --only clusters").startswith("nothing to do\n")

    def kubeconfig(self, name: str, **words: str) -> Path:
        """A file that leads to that cluster."""
        file = self.folder / f"{name}.kubeconfig"
        file.write_text(self.clusters[name].kubeconfig(**words))
        return file

    def joins(self, name: str) -> None:
        self.run(f"cluster add {name} --kubeconfig {self.kubeconfig(name)}")

    @contextmanager
    def house(self) -> Iterator[OpenRack]:
        made = open_rack(self.file, root=self.folder / "home", now=datetime.now(UTC))
        try:
            yield made
        finally:
            made.close()

    def release(self, name: str, said: str = "hello", score: str = SCORE) -> None:
        """A new release of an application is live, as its folder says."""
        source = self.folder / name
        source.mkdir(exist_ok=True)
        (source / "score.yaml").write_text(score.replace("NAME", name).replace("SAID", said))
        with self.house() as house:
            row = register(house.store, name)
            app = candidate(house.store, read_source(source), row.name)
            assert app.release is not None
            made = ReleaseRow(
                application=name,
                number=app.release.number,
                status=ReleaseStatus.NEW,
                digest=app.release.digest,
                app=encode(app),
                made=0.0,
                by="test",
            )
            number = house.store.add_release(made).number
            house.store.set_release_status(name, number, ReleaseStatus.LIVE)

    def leaves(self, name: str) -> None:
        """The application is wanted no more; `rackhouse remove` is about this machine too."""
        with self.house() as house:
            house.store.drop_application(name)

    def ask(self, name: str, path: str) -> Any:
        """What is there, as anybody sees it; None where there is nothing."""
        return asyncio.run(self._by_hand(name, "GET", path))

    def makes(self, name: str, path: str, body: dict[str, Any]) -> Any:
        """Somebody makes a thing that is none of the rack's."""
        return asyncio.run(self._by_hand(name, "POST", path, body))

    def edits(
        self, name: str, path: str, patch: dict[str, Any], manager: str = "kubectl-edit"
    ) -> None:
        """Somebody changes a thing, as `kubectl edit` does, or another manager of its fields."""
        asyncio.run(self._by_hand(name, "PATCH", path, patch, manager))

    def deletes(self, name: str, path: str) -> None:
        """Somebody takes a thing away."""
        asyncio.run(self._by_hand(name, "DELETE", path))

    async def _by_hand(
        self, name: str, method: str, path: str, body: Any = None, manager: str = "kubectl-edit"
    ) -> Any:
        server = Server(read(self.clusters[name].kubeconfig()))
        query = {} if body is None else {"fieldManager": manager}
        kind = MERGE if method == "PATCH" else JSON
        try:
            answer = await server.send(method, path, query=query, body=body, kind=kind)
            assert answer.code < 300 or answer.code == 404, answer.body
            return answer.body if answer.code < 300 else None
        finally:
            await server.close()


@contextmanager
def desk(folder: Path, capture: pytest.CaptureFixture[str], *names: str) -> Iterator[Desk]:
    """With clusters of these names."""
    with ExitStack() as stack:
        made = Desk(folder, capture)
        for name in names:
            place = folder / f"server-{name}"
            made.clusters[name] = stack.enter_context(serve(cluster(), place))
        yield made
