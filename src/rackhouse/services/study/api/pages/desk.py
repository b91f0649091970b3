"""What every page has in common: templates, files, who asks, and how an answer is sent."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rackhouse.kit.look.assets import OURS, Assets
from rackhouse.kit.look.pages import GUARD, HTML, environment
from rackhouse.kit.web.problem import BadRequest, NotFound, Problem
from rackhouse.services.study.api import reading
from rackhouse.services.study.api.pages import view
from rackhouse.services.study.api.who import Who, asks
from rackhouse.services.study.model.evidence import Translation
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.seams import Scripture
from rackhouse.services.study.service.study import Study

_HERE = Path(__file__).parents[2]
_FOR_EVER = "public, max-age=31536000, immutable"
Page = Callable[[Request], Awaitable[Response]]


class Desk:
    """What pages are made with."""

    def __init__(self, study: Study, who: Who, kept: Kept, scripture: Scripture) -> None:
        self.study = study
        self.kept = kept
        self.scripture = scripture
        self.who = who
        self.assets = Assets(OURS, _HERE / "static", at="/ask/static")
        self._templates = environment(_HERE / "templates", self.assets)
        self._templates.filters |= view.FILTERS
        self._templates.globals["named"] = view.named

    async def person(self, request: Request) -> str:
        """Who asks. Unauthorized, Forbidden, Away."""
        return await asks(self.who, request)

    async def translations(self) -> tuple[Translation, ...]:
        """What is held."""
        return tuple(await self.scripture.translations())

    def part(self, name: str, /, **values: object) -> str:
        """`templates/<name>.html` by itself."""
        return self._templates.get_template(f"{name}.html").render(values)

    def page(self, name: str, /, *, status: int = 200, **values: object) -> Response:
        """`templates/<name>.html`: a person's own, so nobody keeps it on the way."""
        headers = {**GUARD, "cache-control": "no-store", "content-type": HTML}
        return Response(self.part(name, **values).encode(), status, headers)

    def guarded(self, page: Page) -> Page:
        """The page, or what is wrong as a page."""

        @functools.wraps(page)
        async def answered(request: Request) -> Response:
            try:
                return await page(request)
            except Problem as problem:
                return self.page("problem", status=problem.status, problem=problem)

        return answered

    async def static(self, request: Request) -> Response:
        """A file by the address that a page has of it."""
        asset = self.assets.found(request.url.path)
        if asset is None:
            raise NotFound("there is no such file", fix="load the page again: it names another")
        headers = {"cache-control": _FOR_EVER, "x-content-type-options": "nosniff"}
        return Response(asset.content, 200, headers | {"content-type": asset.kind})


async def form(request: Request) -> dict[str, list[str]]:
    """What a form sends. BadRequest, TooLarge."""
    said = await reading.whole(request, 4 * reading.MOST)
    try:
        return parse_qs(said.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise BadRequest("the form cannot be read", fix="load the page, and try again") from None


def first(fields: dict[str, list[str]], name: str) -> str:
    """The first of a name, "" where there is none."""
    return fields.get(name, [""])[0]


def moved(path: str) -> Response:
    """To another of our own pages."""
    place = quote(path, safe="/?=&#-._~")
    return RedirectResponse(place, 303, {**GUARD, "cache-control": "no-store"})
