"""Which page is at which path."""

from __future__ import annotations

from starlette.routing import Route

from rackhouse.services.study.api.pages.asking import Asking
from rackhouse.services.study.api.pages.desk import Desk, Page
from rackhouse.services.study.api.pages.keeping import Keeping


def pages(desk: Desk) -> list[Route]:
    """Every one."""
    asking = Asking(desk)
    keeping = Keeping(desk, asking)
    some: list[tuple[str, str, Page]] = [
        ("GET", "/", asking.home),
        ("GET", "/ask", asking.blank),
        ("POST", "/ask", asking.ask),
        ("POST", "/ask/stream", asking.stream),
        ("GET", "/conversations/{id}", asking.conversation),
        ("POST", "/conversations/{id}/delete", keeping.delete),
        ("POST", "/conversations/{id}/share", keeping.share),
        ("GET", "/passages/{code}", asking.passage),
        ("POST", "/passages/{code}/notes", keeping.note),
        ("POST", "/passages/{code}/notes/{id}/delete", keeping.unnote),
        ("GET", "/history", keeping.history),
        ("GET", "/memory", keeping.memory),
        ("POST", "/memory", keeping.remember),
        ("POST", "/memory/{id}/forget", keeping.forget),
        ("GET", "/handed", keeping.handed),
        ("POST", "/handed/tokens", keeping.token),
        ("POST", "/handed/{kind}/{id}/revoke", keeping.revoke),
        ("GET", "/shared/{secret}", keeping.shared),
    ]
    routes = [Route(path, desk.guarded(page), methods=[method]) for method, path, page in some]
    return [*routes, Route("/static/{name}", desk.static, methods=["GET"])]
