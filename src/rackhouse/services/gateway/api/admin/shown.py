"""What the console, the command line and Prometheus read: every path of it, for the owner alone."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from rackhouse.services.gateway.api.admin.budgets import Budgets
from rackhouse.services.gateway.api.admin.guard import Handler, owner
from rackhouse.services.gateway.api.admin.health import Upstreams
from rackhouse.services.gateway.api.admin.keys import PeoplesKeys
from rackhouse.services.gateway.api.admin.quality import Measured
from rackhouse.services.gateway.api.admin.spend import Spend
from rackhouse.services.gateway.api.admin.traffic import Traffic
from rackhouse.services.gateway.api.metrics import Told
from rackhouse.services.gateway.model.config import Config
from rackhouse.services.gateway.service.parts import Parts
from rackhouse.services.gateway.service.telemetry.standing import gauges


def routes(config: Config, parts: Parts) -> list[Route]:
    """All of them."""
    traffic = Traffic(parts.journal)
    spend = Spend(parts.journal, config.currency)
    upstreams = Upstreams(config, parts.journal, parts.router.health)
    keys = PeoplesKeys(parts.keys)
    budgets = Budgets(parts.ledger, config.currency)
    told = Told(
        parts.journal,
        gauges(parts.router),
        parts.ledger.gauges,
        parts.limits.gauges,
        parts.quality.gauges,
    )
    paths: Sequence[tuple[str, str, Handler]] = (
        ("GET", "/admin/traffic", traffic.newest),
        ("GET", "/admin/traffic/follow", traffic.follow),
        ("GET", "/admin/traffic/{id}", traffic.one),
        ("GET", "/admin/spend", spend.spent),
        ("GET", "/admin/health", upstreams.health),
        ("GET", "/admin/quality", Measured(parts.quality).report),
        ("GET", "/metrics", told.metrics),
        ("GET", "/admin/keys", keys.all),
        ("POST", "/admin/keys", keys.make),
        ("DELETE", "/admin/keys/{name}", keys.revoke),
        ("GET", "/admin/budgets", budgets.standing),
        ("PUT", "/admin/budgets/{scope}/{name}", budgets.change),
        ("DELETE", "/admin/budgets/{scope}/{name}", budgets.restore),
    )
    return [
        Route(path, owner(config.admin, handler), methods=[method])
        for method, path, handler in paths
    ]
