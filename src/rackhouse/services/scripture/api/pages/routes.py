"""Which page is where."""

from __future__ import annotations

from starlette.routing import Route

from rackhouse.services.scripture.api.pages.desk import Desk, guarded
from rackhouse.services.scripture.api.pages.files import Files
from rackhouse.services.scripture.api.pages.passages import Passages
from rackhouse.services.scripture.api.pages.places import Places
from rackhouse.services.scripture.api.pages.plans import Plans
from rackhouse.services.scripture.api.pages.reading import Reading
from rackhouse.services.scripture.api.pages.searching import Searching
from rackhouse.services.scripture.api.pages.topics import Topics
from rackhouse.services.scripture.api.pages.words import Words


def routes(desk: Desk) -> list[Route]:
    """All of them."""
    places, reading = Places(desk), Reading(desk)
    plans, files, topics = Plans(desk), Files(desk), Topics(desk)
    pages = {
        "/": places.home,
        "/books": places.books,
        "/about": places.about,
        "/go": places.go,
        "/read/{book}": reading.book,
        "/read/{book}/{chapter}": reading.chapter,
        "/read/{book}/{chapter}/{verses}": reading.chapter,
        "/passages": Passages(desk, places).passages,
        "/ask": places.nowhere,
        "/ask/{rest:path}": places.nowhere,
        "/search": Searching(desk, places).search,
        "/words/{number}": Words(desk).word,
        "/topics": topics.topics,
        "/topics/{topic}": topics.topic,
        "/plans": plans.plans,
        "/plan/{plan}": plans.plan,
    }
    others = {
        "/static/{name}": files.static,
        "/manifest.webmanifest": files.manifest,
        "/sw.js": files.worker,
    }
    return [Route(path, guarded(desk, page)) for path, page in (pages | others).items()]
