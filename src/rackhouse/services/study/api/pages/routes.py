"""Which page is at which path."""

from __future__ import annotations

from starlette.routing import Route

from rackhouse.services.study.api.kept.conversations import Conversations
from rackhouse.services.study.api.kept.notes import Notes
from rackhouse.services.study.api.pages.asking import Asking
from rackhouse.services.study.api.pages.desk import Desk, Page
from rackhouse.services.study.api.pages.keeping import Keeping
from rackhouse.services.study.api.pages.marking import Marking

_SCRIPTURES = ("/read/{rest:path}", "/books", "/search", "/about")


def pages(desk: Desk) -> list[Route]:
    """Every one."""
    asking = Asking(desk)
    keeping, marking = Keeping(desk, asking), Marking(desk)
    # What the script of a reading page asks for, and what is taken along: the API's own answers,
    # under the one path by which the pages share a host with scripture's.
    talks, marks = Conversations(desk.kept, desk.who), Notes(desk.kept, desk.who, desk.scripture)
    some: list[tuple[str, str, Page]] = [
        ("GET", "/", asking.home),
        ("GET", "/ask", asking.blank),
        ("POST", "/ask", asking.ask),
        ("POST", "/ask/stream", asking.stream),
        ("GET", "/ask/conversations/{id}", asking.conversation),
        ("POST", "/ask/conversations/{id}/delete", keeping.delete),
        ("POST", "/ask/conversations/{id}/share", keeping.share),
        ("GET", "/ask/passages/{code}", asking.passage),
        ("POST", "/ask/passages/{code}/colour", marking.colour),
        ("POST", "/ask/passages/{code}/notes", marking.note),
        ("POST", "/ask/passages/{code}/notes/{id}/delete", marking.unnote),
        ("GET", "/ask/history", keeping.history),
        ("GET", "/ask/notes", marking.all),
        ("GET", "/ask/memory", keeping.memory),
        ("POST", "/ask/memory", keeping.remember),
        ("POST", "/ask/memory/{id}/forget", keeping.forget),
        ("GET", "/ask/handed", keeping.handed),
        ("POST", "/ask/handed/tokens", keeping.token),
        ("POST", "/ask/handed/{kind}/{id}/revoke", keeping.revoke),
        ("GET", "/ask/shared/{secret}", keeping.shared),
    ]
    routes = [Route(path, desk.guarded(page), methods=[method]) for method, path, page in some]
    routes += [Route(path, desk.guarded(asking.elsewhere)) for path in _SCRIPTURES]
    return [
        *routes,
        Route("/ask/conversations/{id}/export", talks.exported, methods=["GET"]),
        Route("/ask/mine", talks.everything, methods=["GET"]),
        Route("/ask/marks", marks.all, methods=["GET"]),
        Route("/ask/marks/{verse:int}", marks.highlight, methods=["PUT"]),
        Route("/ask/marks/{verse:int}", marks.plain, methods=["DELETE"]),
        Route("/ask/static/{name}", desk.static, methods=["GET"]),
    ]
