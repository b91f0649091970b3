"""Command lines of Python web servers that listen where `$HOST` and `$PORT` say. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.app.inference.draft import HOST
from rackhouse.app.inference.modules import Application

ASGI_SERVERS: Mapping[str, str] = {
    "uvicorn": f"uvicorn {{app}} --host {HOST} --port $PORT",
    "granian": f"granian --interface asgi {{app}} --host {HOST} --port $PORT",
    "hypercorn": f"hypercorn {{app}} --bind {HOST}:$PORT",
    "daphne": f"daphne -b {HOST} -p $PORT {{app}}",
}
WSGI_SERVERS: Mapping[str, str] = {
    "gunicorn": f"gunicorn {{app}} --bind {HOST}:$PORT",
    "waitress": f"waitress-serve --host={HOST} --port=$PORT {{app}}",
    "granian": f"granian --interface wsgi {{app}} --host {HOST} --port $PORT",
}

_BRING_UVICORN = {"fastapi[standard]", "fastapi[all]", "litestar[standard]"}
_FACTORY = {
    "uvicorn": "--factory {app}",
    "granian": "--factory {app}",
    "waitress": "--call {app}",
    "gunicorn": "'{app}()'",
    "hypercorn": "'{app}()'",
}


def line(found: Application, known: frozenset[str]) -> str:
    """The line of a server that is among the dependencies; empty when none is."""
    if found.protocol == "ASGI" and known & _BRING_UVICORN:
        known |= {"uvicorn"}
    for name, text in servers(found.protocol).items():
        how = _FACTORY.get(name, "") if found.factory else "{app}"
        if name in known and how:
            return text.replace("{app}", how).replace("{app}", found.word)
    return ""


def servers(protocol: str) -> Mapping[str, str]:
    """The servers that would do, the usual one first."""
    return ASGI_SERVERS if protocol == "ASGI" else WSGI_SERVERS
