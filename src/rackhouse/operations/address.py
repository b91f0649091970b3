"""Where the rack answers, for commands that need an address: the ingress's ports, the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rackhouse.kit.errors import Missing
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.view import view
from rackhouse.resources.core import Id

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def port(house: OpenRack, name: str) -> int:
    """The number that the port of that name got: `https`, `postgres`. Missing before `up`."""
    values = house.store.values(Id("machine", "port", name))
    if "number" not in values:
        raise Missing(f"{name} has no port yet: it was never up", fix="run `rackhouse up` first")
    return int(values["number"].reveal())


def https_origins(house: OpenRack) -> tuple[str, ...]:
    """The origins of the console and of every application, as git's URL patterns."""
    domain, number = house.rack.domain, port(house, "https")
    return (f"https://{domain}:{number}", f"https://*.{domain}:{number}")


def console_url(house: OpenRack, *, plain: bool = False) -> str:
    """The console by name with TLS, or (`plain`) by address without."""
    if plain:
        return f"http://localhost:{port(house, 'console')}"
    return f"https://{house.rack.domain}:{port(house, 'https')}"


def application_url(house: OpenRack, name: str, *, plain: bool = False) -> str:
    """Where the application of that name is reached. Missing when there is none, or no route."""
    seen = view(house)
    app = seen.application(name)
    if app is None:
        hint = did_you_mean(name, [a.name for a in seen.applications])
        raise Missing(f"there is no application {name!r}.{hint}", fix="see `rackhouse status`")
    url = app.plain if plain else app.url
    if not url:
        raise Missing(f"{name} has no route", fix="give it a resource of type route")
    return url
