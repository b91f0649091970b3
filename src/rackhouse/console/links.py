"""One-time links, made where no page is: by `rackhouse up` and `rackhouse open`."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from rackhouse.console.passes import Kind, Passes
from rackhouse.kit.paths import Paths
from rackhouse.operations.view import RouteView
from rackhouse.resources.machine import Access


def one_time_link(paths: Paths, origin: str, now: float) -> str:
    """A link that signs its reader in at the console's `origin`, once, within ten minutes."""
    token = _issue(paths, now)
    return f"{origin}/sign-in?token={token}"


def application_link(paths: Paths, application: str, origin: str, path: str, now: float) -> str:
    """A link that lets its reader in to one application at one `origin`, once, within ten minutes.

    For a device on the network, which the console does not answer. It leads to `path`.
    """
    token = _issue(paths, now, application=application, origin=origin)
    return f"{origin}/.rackhouse/sign-in?ticket={token}&to={quote(path, safe='')}"


def device_links(
    paths: Paths, route: RouteView, addresses: Collection[str], now: float
) -> tuple[str, ...]:
    """Where another device reaches a route that is open to the network, at each of this machine's
    `addresses`. Where the application asks who it is, each lets one browser in (see above).
    """
    if not route.lan_port:
        return ()
    origins = [f"http://{address}:{route.lan_port}" for address in sorted(addresses)]
    if route.access is Access.OPEN:
        return tuple(f"{origin}{route.path}" for origin in origins)
    return tuple(
        application_link(paths, route.application, origin, route.path, now) for origin in origins
    )


def _issue(paths: Paths, now: float, *, application: str = "", origin: str = "") -> str:
    passes = Passes(paths.sign_ins)
    try:
        return passes.issue(Kind.LINK, now, application=application, origin=origin)
    finally:
        passes.close()
