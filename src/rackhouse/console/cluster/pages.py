"""The pages of the clusters: which there are, one of them as it is now, and one of its pods.

What asks a cluster is imported when the first is: Kubernetes' types take time and memory, and most
racks have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rackhouse.apply.clusters import joined
from rackhouse.console.answers import page
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.kit.errors import Missing

if TYPE_CHECKING:
    from rackhouse.console.cluster.looking import Looking

_MOST = 300  # pods in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cluster of the rack file, or one that joined and left it."""

    name: str
    nodes: tuple[str, ...]
    joined: bool
    named: bool  # by the rack file


class Clusters:
    """For the owner alone. Reads; changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @cached_property
    def looking(self) -> Looking:
        """The latest look at each cluster."""
        from rackhouse.console.cluster.looking import Looking

        return Looking(lambda: self.desk.file().rack.name, self.desk.clock)

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/clusters", owner(self.clusters)),
            Route("/clusters/{name}", owner(self.cluster)),
            Route("/clusters/{name}/pods/{namespace}/{pod}", owner(self.pod)),
        ]

    async def clusters(self, request: Request) -> Response:
        """Every cluster that the rack file names, or that has joined."""
        file, known = self.desk.file(), joined(self.desk.store)
        rows = {it.name: it.nodes for it in file.rack.clusters}
        found = [
            Row(name=name, nodes=rows.get(name, ()), joined=name in known, named=name in rows)
            for name in sorted({*rows, *known})
        ]
        return page(request, self.desk, "cluster/clusters", file=file, clusters=found)

    async def cluster(self, request: Request) -> Response:
        """One that has joined; with `?compare=1`, what differs from what was applied."""
        from rackhouse.console.cluster.drawing import chart, said
        from rackhouse.console.cluster.drift import drift
        from rackhouse.console.picture.bar import bar

        name, file = request.path_params["name"], self.desk.file()
        text = self._kubeconfig(name)
        look = await self.looking.at(name, text)
        compared = None
        if "compare" in request.query_params:
            compared = await drift(name, text, file.rack.name, self.desk.paths, self.desk.store)
        scene = look.scene
        return page(
            request,
            self.desk,
            "cluster/cluster",
            file=file,
            cluster=name,
            look=look,
            scene=scene,
            pods=(*scene.troubled, *scene.serving)[:_MOST] if scene else (),
            chart=chart(scene) if scene else None,
            drift=compared,
            bar=bar,
            said=said,
        )

    async def pod(self, request: Request) -> Response:
        """One pod, with the last lines of its log."""
        from rackhouse.console.cluster.pod import detail

        name, where, pod = (request.path_params[it] for it in ("name", "namespace", "pod"))
        file = self.desk.file()
        found = await detail(file.rack.name, self._kubeconfig(name), where, pod)
        return page(request, self.desk, "cluster/pod", file=file, cluster=name, found=found)

    def _kubeconfig(self, name: str) -> str:
        known = joined(self.desk.store)
        if name not in known:
            raise Missing(f"no cluster {name!r} has joined", fix="rackhouse cluster add NAME")
        return known[name].reveal()
