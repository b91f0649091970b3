"""What the console, the command line and Prometheus read: every path of it, for the owner alone."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.api.admin.health import Upstreams
from rackhouse.services.gateway.api.admin.quality import Measured
from rackhouse.services.gateway.api.admin.spend import Spend
from rackhouse.services.gateway.api.admin.traffic import Traffic
from rackhouse.services.gateway.api.metrics import Told
from rackhouse.services.gateway.model.config import Config
from rackhouse.services.gateway.model.problem import Problem, Unauthorized
from rackhouse.services.gateway.service.parts import Parts
from rackhouse.services.gateway.service.telemetry.standing import gauges

Handler = Callable[[Request], Awaitable[Response]]


def routes(config: Config, parts: Parts) -> list[Route]:
    """All of them."""
    traffic = Traffic(parts.journal)
    spend = Spend(parts.journal, config.currency)
    upstreams = Upstreams(config, parts.journal, parts.router.health)
    paths: dict[str, Handler] = {
        "/admin/traffic": traffic.newest,
        "/admin/traffic/follow": traffic.follow,
        "/admin/traffic/{id}": traffic.one,
        "/admin/spend": spend.spent,
        "/admin/health": upstreams.health,
        "/admin/quality": Measured(parts.quality).report,
        "/metrics": Told(parts.journal, gauges(parts.router)).metrics,
    }
    return [
        Route(path, _owner(config.admin, handler), methods=["GET"])
        for path, handler in paths.items()
    ]


def _owner(secret: str, handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            given = http.token(request.scope)
            if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
                raise Unauthorized(
                    "this is not the rack's own key", fix="it is `admin` of the file"
                )
            return await handler(request)
        except Problem as problem:
            return JSONResponse(http.said(problem), problem.status)

    return guarded
