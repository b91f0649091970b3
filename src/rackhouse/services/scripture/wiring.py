"""The one place where the service's parts are put together."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.types import ASGIApp

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.settings import Settings
from rackhouse.services.scripture.store import imports, shelves
from rackhouse.services.scripture.store.files import texts
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.sword import bibles, works


def opened(settings: Settings) -> ASGIApp:
    """The application, with its texts in memory: imported first where they are not there yet."""
    held = imports.kept(settings.folder, origins(settings))
    return create(Library(held, shelves.kept(settings.folder, works.bound(settings.sword))))


def origins(settings: Settings) -> Iterator[Origin]:
    """Where texts come from; the first is meant where none is named."""
    yield from imports.packages()
    yield from bibles.origins(settings.sword)
    yield from texts.origins(settings.texts)
