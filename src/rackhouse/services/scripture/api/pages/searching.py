"""The page of a search. What is a reference leads to where it points."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api.asking import counted
from rackhouse.services.scripture.api.finding.search import ordered, referred, searched
from rackhouse.services.scripture.api.pages import columns
from rackhouse.services.scripture.api.pages.desk import Desk, moved
from rackhouse.services.scripture.api.pages.places import Places, place_of_reference
from rackhouse.services.scripture.model.canon.sections import SECTIONS
from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.references.called import called
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.search.query import read
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.service.search import Asked, within

_LIMIT = 25
_FURTHEST = 100_000


@dataclass(frozen=True, slots=True)
class Form:
    """What is written in it."""

    q: str
    within: str
    order: str
    chosen: tuple[Translation, ...]

    def with_(self, **other: str) -> str:
        """The address of the same search, with something else in it."""
        told = {"q": self.q, "in": self.within, "order": self.order}
        told |= {"translation": ",".join(each.about.id for each in self.chosen)} | other
        return f"/search?{urlencode({key: value for key, value in told.items() if value})}"

    @property
    def query(self) -> str:
        """What links to chapters say: the translation that was searched first."""
        return columns.written([self.chosen[0].about.id], "")


class Searching:
    """`/search?q=`."""

    def __init__(self, desk: Desk, places: Places) -> None:
        self._desk = desk
        self._places = places

    async def search(self, request: Request) -> Response:
        """What was found, or an empty form."""
        form = self._form(request)
        if not form.q:
            return self._desk.page(
                request, "search", by_cookie=True, form=form, found=None, sections=_PARTS
            )
        if not form.within and (reference := referred(form.q)):
            return moved(place_of_reference(reference, _beside(request)))
        try:
            said = Asked(
                query=read(form.q),
                translations=form.chosen,
                within=within(form.within),
                best=ordered(form.order),
                skip=counted(request.query_params.get("after", ""), "after", 0, _FURTHEST),
                limit=_LIMIT,
            )
        except BadRequest as problem:
            return self._desk.page(
                request,
                "search",
                status=problem.status,
                form=form,
                found=None,
                problem=problem,
                sections=_PARTS,
            )
        found = await searched(self._desk.searches, said)
        return self._desk.page(
            request,
            "search",
            by_cookie=True,
            form=form,
            found=found,
            skipped=said.skip,
            meant=_meant(form.q),
            sections=_PARTS,
        )

    def _form(self, request: Request) -> Form:
        asked, held = request.query_params, self._desk.library
        said = ",".join(asked.getlist("translation"))
        if not said:
            said = ",".join(request.cookies.get(columns.COOKIE, "").split("."))
            said = said if columns.kept(request, held) else ""
        chosen = held.chosen(said).translations[: columns.MOST]
        q = asked.get("q", "").strip()
        return Form(q, asked.get("in", "").strip(), asked.get("order", ""), chosen)


_PARTS = tuple(each for each in SECTIONS if len(each.books) > 1)


def _beside(request: Request) -> str:
    said = request.query_params.getlist("translation")
    ids = [each for each in ",".join(said).split(",") if each]
    return columns.written(ids, "") if ids else ""


def _meant(q: str) -> tuple[str, ...]:
    """The references that it may have been meant as: `Jhon 3`, `the golden rule`."""
    if passage := called(q):
        return (str(passage),)
    if not any(map(str.isdigit, q)):
        return ()
    try:
        parse(q)
    except BadReference as problem:
        return problem.perhaps
    return ()
