"""One route as Traefik's dynamic configuration. Pure, and it refuses what Traefik might not read:
one broken file in the watched folder makes it ignore every later change of all the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rackhouse.kit.errors import Refused
from rackhouse.kit.identity import IDENTITY_HEADER, SUBJECT_HEADER

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*|\d+(?:\.\d+){3}")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~@!,;:+-]+/)*[A-Za-z0-9._~@!,;:+-]*")
_ENTRY = re.compile(r"[a-z][a-z0-9-]*")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_IDENTITY = (SUBJECT_HEADER, IDENTITY_HEADER)
# CGI and WSGI make one variable of a dash and an underscore.
_UNTRUSTED = (*_IDENTITY, *(header.replace("-", "_") for header in _IDENTITY))
_SIGN_IN = "/.rackhouse"
_FIRST = 100_000  # before any path of an application
ADMIN = "admin"  # the entry point on which the ingress answers for itself

Block = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A route with its values. `entries` and `door` are entry points, `known` a path on `admin`.

    `verify` is empty for a route that is open, `known` when nobody will ask for it.
    """

    name: str
    hosts: tuple[str, ...]
    path: str
    to: tuple[str, ...]
    entries: tuple[str, ...]
    door: str = ""
    verify: str = ""
    sign_in: str = ""
    known: str = ""


def render(route: Filled) -> str:
    """The file's content: JSON, which is YAML. Refused when a part of it has a wrong shape."""
    _check(route)
    name = route.name
    services = {name: _service(route.to)}
    guards = [f"{name}-clean"]
    middlewares: dict[str, Block] = {
        f"{name}-clean": {"headers": {"customRequestHeaders": dict.fromkeys(_UNTRUSTED, "")}}
    }
    routers = _routers(name, route, _under(route.path), len(route.path), guards)
    if route.verify:
        guards.append(f"{name}-who")
        middlewares[f"{name}-who"] = {
            "forwardAuth": {
                "address": route.verify,
                "trustForwardHeader": False,
                "authResponseHeaders": list(_IDENTITY),
            }
        }
    if route.sign_in:
        services[f"{name}-sign-in"] = _service((route.sign_in,))
        clean = [f"{name}-clean"]
        routers |= _routers(f"{name}-sign-in", route, _under(_SIGN_IN), _FIRST, clean)
    if route.known:
        routers[f"{name}-known"] = {
            "rule": f"Path(`{route.known}`)",
            "entryPoints": [ADMIN],
            "service": "ping@internal",
        }
    body = {"routers": routers, "services": services, "middlewares": middlewares}
    return json.dumps({"http": body}, indent=1)


def _routers(
    name: str, route: Filled, rule: str, priority: int, guards: Sequence[str]
) -> dict[str, Block]:
    """By host on the entry points that speak TLS and on those that do not, and on the door."""
    secure = [entry for entry in route.entries if entry.endswith("https")]
    plain = [entry for entry in route.entries if not entry.endswith("https")]
    common: Block = {"service": name, "middlewares": guards, "priority": priority}
    hosts = " || ".join(f"Host(`{host}`)" for host in route.hosts)
    routers: dict[str, Block] = {}
    if hosts and secure:
        routers[f"{name}-https"] = {
            **common,
            "rule": f"({hosts}) && {rule}",
            "entryPoints": secure,
            "tls": {},
        }
    if hosts and plain:
        routers[f"{name}-http"] = {
            **common,
            "rule": f"({hosts}) && {rule}",
            "entryPoints": plain,
        }
    if route.door:
        routers[f"{name}-door"] = {**common, "rule": rule, "entryPoints": [route.door]}
    return routers


def _service(urls: Sequence[str]) -> Block:
    return {"loadBalancer": {"servers": [{"url": url} for url in urls]}}


def _under(path: str) -> str:
    """What is at `path` or below it; `/api` has no part in `/apiary`."""
    bare = path.rstrip("/")
    return f"(Path(`{bare}`) || PathPrefix(`{bare}/`))" if bare else "PathPrefix(`/`)"


def _check(route: Filled) -> None:
    checks = [
        ("name", _NAME, (route.name,)),
        ("host", _HOST, route.hosts),
        ("path", _PATH, (route.path,)),
        ("entry point", _ENTRY, (*route.entries, *filter(None, (route.door,)))),
    ]
    for what, shape, words in checks:
        for word in words:
            if not shape.fullmatch(word):
                raise _refused(route.name, f"{word!r} is not a {what} that the ingress can take")
    for url in (*route.to, *filter(None, (route.verify, route.sign_in))):
        if not _is_url(url):
            raise _refused(route.name, f"{url!r} is not an address that the ingress can reach")


def _is_url(url: str) -> bool:
    try:
        split = urlsplit(url)
        return split.scheme in {"http", "https"} and bool(split.hostname) and split.port != 0
    except ValueError:
        return False


def _refused(name: str, what: str) -> Refused:
    return Refused(what, where=f"route {name}", fix="mend the route in the application file")
