"""What every page has in common: the templates, the files, how an answer is sent."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rackhouse.kit.look.assets import OURS, Assets
from rackhouse.kit.look.pages import GUARD, HTML, environment
from rackhouse.kit.web import answers
from rackhouse.kit.web.problem import NotFound, Problem
from rackhouse.services.scripture.api.pages import setting
from rackhouse.services.scripture.api.pages.sent import Shelf, sent
from rackhouse.services.scripture.service.companions import NONE, Companions
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.search import Searches

_HERE = Path(__file__).parents[2]
Page = Callable[[Request], Awaitable[Response]]


def own_day() -> date:
    """Today, where the service is."""
    return datetime.now().astimezone().date()


class Desk:
    """A library, and what its pages are made with."""

    def __init__(
        self,
        held: Library,
        searches: Searches,
        companions: Companions = NONE,
        today: Callable[[], date] = own_day,
        ask: str = "",
    ) -> None:
        self.library = held
        self.companions = companions
        self.searches = searches
        self.today = today
        self._shelf = Shelf()
        self.assets = Assets(OURS, _HERE / "static")
        self._templates = environment(_HERE / "templates", self.assets)
        self._templates.filters |= setting.FILTERS
        self._templates.globals["translations"] = held.translations
        self._templates.globals["ask"] = self.ask = ask
        self._templates.globals["topical"] = companions.topics is not None
        # Of all that a page is made of: the words, the look, and how it is written.
        parts = [each.digest for each in held.translations] + [self.assets.digest, ask]
        parts += [each.read_text() for each in sorted((_HERE / "templates").iterdir())]
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        self._templates.globals["version"] = self.digest

    def page(
        self,
        request: Request,
        name: str,
        /,
        *,
        status: int = 200,
        by_cookie: bool = False,
        lasting: bool = False,
        **values: object,
    ) -> Response:
        """`templates/<name>.html`, with its ETag. `lasting`: its address always shows the same."""
        body = self._templates.get_template(f"{name}.html").render(values).encode()
        if status != 200:
            headers = {**GUARD, "cache-control": "no-store", "content-type": HTML}
            return Response(body, status, headers)
        page = sent(request, body, by_cookie=by_cookie)
        if lasting:
            self._shelf.put(request, page)
        return page.answer(request)

    def again(self, request: Request) -> Response | None:
        """A lasting page that was asked for before."""
        page = self._shelf.again(request)
        return page.answer(request) if page else None

    def problem(self, request: Request, problem: Problem) -> Response:
        """What is wrong, and how to mend it, for a person."""
        return self.page(request, "problem", status=problem.status, problem=problem)


def guarded(desk: Desk, page: Page) -> Page:
    """The page, or what is wrong as a page."""

    @functools.wraps(page)
    async def answered(request: Request) -> Response:
        try:
            return await page(request)
        except Problem as problem:
            return desk.problem(request, problem)

    return answered


def unknown(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What is answered where no path is: a page for whoever reads pages."""

    async def answered(request: Request, error: Exception) -> Response:
        of_programs = request.url.path.startswith("/v1/")
        if of_programs or "text/html" not in request.headers.get("accept", ""):
            return await answers.unknown(request, error)
        problem = NotFound("there is no such page", fix="begin with a book")
        return desk.problem(request, problem)

    return answered


def moved(path: str, *, status: int = 303) -> Response:
    """To another of our own pages."""
    place = quote(path, safe="/?=&#%+,:;@-._~")
    headers = {**GUARD, "cache-control": "no-store"}
    return RedirectResponse(place, status, headers)
