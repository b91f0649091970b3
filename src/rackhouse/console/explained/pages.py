"""The page that follows an application's lines to its things, and its picture.

What compiles is imported when somebody asks: Kubernetes' types take time and memory.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rackhouse.apply.open import OpenRack, live_apps
from rackhouse.console.answers import page
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.kit.errors import Missing

if TYPE_CHECKING:
    from rackhouse.desired.explain import Explanation, Target

_OWN_STYLE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # the picture brings its own


class Explained:
    """For the owner alone. Reads; changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """The page, and the picture in it."""
        return [
            Route("/applications/{name}/becomes", owner(self.becomes)),
            Route("/applications/{name}/becomes-{target}.svg", owner(self.drawn)),
        ]

    async def becomes(self, request: Request) -> Response:
        """Every line, and what it becomes, on this machine and on a cluster."""
        from rackhouse.desired.explain import Target
        from rackhouse.desired.explain.text import said, sections, title
        from rackhouse.desired.explain.words import named

        found = self._explained(request.path_params["name"], tuple(Target))
        return page(
            request,
            self.desk,
            "explained",
            found=found,
            named=named,
            said=said,
            sections=sections,
            title=title,
        )

    async def drawn(self, request: Request) -> Response:
        """The same on one target, drawn."""
        from rackhouse.desired.explain import Target
        from rackhouse.desired.explain.picture import picture

        target = request.path_params["target"]
        if target not in set(Target):
            raise Missing(f"there is no target {target!r}", fix=f"one of {', '.join(Target)}")
        found = self._explained(request.path_params["name"], (Target(target),))
        headers = {"content-security-policy": _OWN_STYLE}
        return Response(picture(found), media_type="image/svg+xml", headers=headers)

    def _explained(self, name: str, targets: tuple[Target, ...]) -> Explanation:
        from rackhouse.delivery.explaining import explained

        if "/" in name or name in {".", ".."}:  # a folder is for who has a shell here
            raise Missing(f"no application is called {name!r}")
        desk, file = self.desk, self.desk.file()
        now = datetime.fromtimestamp(desk.clock(), UTC)
        apps = live_apps(desk.store, now)
        house = OpenRack(
            rack=file.rack, file=file.path, paths=desk.paths, store=desk.store, apps=apps
        )
        return explained(house, name, targets)
