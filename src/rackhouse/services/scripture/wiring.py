"""The one place where the service's parts are put together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from starlette.types import ASGIApp

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.growing import Growing
from rackhouse.services.scripture.service.companions import Companions
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.settings import Settings
from rackhouse.services.scripture.store import imports, links, shelves, topics
from rackhouse.services.scripture.store.files import texts
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.sword import bibles, modules, works


def opened(settings: Settings) -> ASGIApp:
    """The application, with its texts in memory: imported first where they are not there yet."""
    return Growing(partial(_whole, settings), partial(_part, settings))


def _whole(settings: Settings) -> ASGIApp:
    held = imports.kept(settings.folder, origins(settings))
    library = Library(held, shelves.kept(settings.folder, works.bound(settings.sword)))
    return create(library, companions(settings), ask=settings.ask)


def _part(settings: Settings) -> ASGIApp | None:
    """With the texts that are imported already."""
    held = imports.there(settings.folder, origins(settings))
    return create(Library(held, more=True), ask=settings.ask) if held else None


def companions(settings: Settings) -> Companions:
    """What stands beside the texts, of the sources that are there and are not left out."""
    there = [it for it in modules.found(settings.sword) if it.name.lower() not in settings.without]
    return Companions(links=links.held(settings.texts), topics=topics.held(there))


def origins(settings: Settings) -> Iterator[Origin]:
    """Where texts come from; the first is meant where none is named."""
    yield from imports.packages()
    yield from bibles.origins(settings.sword)
    yield from texts.origins(settings.texts)
