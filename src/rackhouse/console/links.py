"""One-time links, made where no page is: by `rackhouse up` and `rackhouse open`."""

from __future__ import annotations

from urllib.parse import quote

from rackhouse.console.passes import Kind, Passes
from rackhouse.kit.paths import Paths


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


def _issue(paths: Paths, now: float, *, application: str = "", origin: str = "") -> str:
    passes = Passes(paths.sign_ins)
    try:
        return passes.issue(Kind.LINK, now, application=application, origin=origin)
    finally:
        passes.close()
