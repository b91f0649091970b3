"""Desk: what every handler of the console is given. Made once, by `app.create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jinja2 import Environment

from rackhouse.console.actions import Actions
from rackhouse.console.doors import origins
from rackhouse.console.house import RackFile
from rackhouse.console.passes import Passes
from rackhouse.console.rates import Rates
from rackhouse.console.settings import Settings
from rackhouse.console.watch import Watch
from rackhouse.kit.paths import Paths
from rackhouse.operations.view import RackView
from rackhouse.store.forge import Forge
from rackhouse.store.protocol import Store

CONSOLE = "console"  # the part's name, and the application's in its own route


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`clock` answers Unix seconds; `own` this machine's addresses on its networks; `file` the rack
    file as it is now.
    """

    settings: Settings
    store: Store
    forge: Forge
    passes: Passes
    watch: Watch
    actions: Actions
    templates: Environment
    file: Callable[[], RackFile]
    clock: Callable[[], float]
    own: Callable[[], frozenset[str]]
    failures: Rates = field(default_factory=Rates)

    @property
    def paths(self) -> Paths:
        """The state folder."""
        return Paths(self.settings.root)

    @property
    def view(self) -> RackView:
        """The rack as it is now, a quarter of a second old at most."""
        return self.watch.view()

    @property
    def plain(self) -> str:
        """The console's own door. `localhost`, while applications are at 127.0.0.1: cookies know
        no ports, and so the two never see each other's.
        """
        return f"http://localhost:{self.settings.port}"

    @property
    def loopback(self) -> str:
        """The same door as programs and the ingress call it. Nobody signs in here."""
        return f"http://127.0.0.1:{self.settings.port}"

    def named(self) -> frozenset[str]:
        """The origins that the ingress serves the console at."""
        mine = (route for route in self.view.routes if route.application == CONSOLE)
        return frozenset(origin for route in mine for origin in origins(route, self.own()))

    def sign_in(self, origin: str) -> str:
        """The console's origin for somebody who came to an application's `origin`.

        By name with TLS, or from a plain door of this machine the plain one. "" for somebody on
        the network, whom the console does not answer.
        """
        host = urlsplit(origin).hostname
        if host in self.own():
            return ""
        safe = (other for other in sorted(self.named()) if other.startswith("https:"))
        return self.plain if host == "127.0.0.1" else next(safe, self.plain)
