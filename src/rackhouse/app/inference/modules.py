"""Finds the application object in Python files, by its shape, without running them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rackhouse.app.inference.draft import Listing

ASGI = ("fastapi", "starlette", "litestar", "quart", "blacksheep", "sanic")
WSGI = ("flask", "bottle", "falcon", "pyramid")

_CLASSES = {
    **dict.fromkeys(("FastAPI", "Starlette", "Litestar", "Quart", "Sanic"), "ASGI"),
    **dict.fromkeys(("Flask", "Bottle"), "WSGI"),
}
_OBJECT = re.compile(rf"^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?({'|'.join(_CLASSES)})\(", re.MULTILINE)
_FACTORY = re.compile(r"^(?:async )?def ((?:create|make|build|get)_app)\(", re.MULTILINE)
_USUAL = ("main", "app", "server", "asgi", "wsgi", "application", "api", "web", "__init__")


@dataclass(frozen=True, slots=True)
class Application:
    """An application object, or (`factory`) a function that makes one."""

    path: str
    name: str
    protocol: str  # ASGI or WSGI
    factory: bool = False

    @property
    def word(self) -> str:
        """`main:app`, as servers call it."""
        return f"{module(self.path)}:{self.name}"


def applications(listing: Listing, known: frozenset[str]) -> list[Application]:
    """All that are there, the likeliest first; factories only where there is no object."""
    files = modules(listing)
    found = [
        Application(path, match[1], _CLASSES[match[2]])
        for path in files
        for match in _OBJECT.finditer(listing[path])
    ]
    if found or not known.intersection(ASGI + WSGI):
        return found
    protocol = "WSGI" if known.intersection(WSGI) else "ASGI"
    return [
        Application(path, match[1], protocol, factory=True)
        for path in files
        for match in _FACTORY.finditer(listing[path])
    ]


def modules(listing: Listing) -> list[str]:
    """Python files with text, the likeliest first: near the top, by a usual name."""

    def rank(path: str) -> tuple[int, int, str]:
        stem = path.removesuffix(".py").rsplit("/", 1)[-1]
        return path.count("/"), _USUAL.index(stem) if stem in _USUAL else len(_USUAL), path

    return sorted((path for path in listing if path.endswith(".py") and listing[path]), key=rank)


def module(path: str) -> str:
    """`src/shop/__init__.py` is `shop`."""
    dotted = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    return dotted.removesuffix(".__init__")
