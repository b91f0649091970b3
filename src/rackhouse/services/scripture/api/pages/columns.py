"""Which translations a page shows, side by side: as its address says, else as the reader has it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from starlette.requests import Request

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.scripture.model.problem import TooMuch
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.service.library import Library

MOST = 4
COOKIE = "reading"  # `asv.kjv`: written by the script, and read where the address says nothing


@dataclass(frozen=True)
class Columns:
    """The first is the one that is read; the others stand beside it."""

    translations: tuple[Translation, ...]
    query: str = ""

    @property
    def language(self) -> str:
        """Of the first."""
        return self.translations[0].about.language

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Of all."""
        return tuple(each.about.id for each in self.translations)


def said(request: Request) -> bool:
    """Whether the address says it."""
    return "in" in request.query_params or "with" in request.query_params


def of(request: Request, held: Library) -> Columns:
    """Those of the address: `?in=asv&with=kjv,web`. NotFound, TooMuch."""
    asked = request.query_params
    first = asked.get("in", "").strip()
    beside = ",".join(asked.getlist("with"))
    default = held.translations[0].about.id
    # `chosen` knows all of them by id; a reader's page is of the words as they are now.
    chosen = held.chosen(",".join((first or default, beside))).translations
    if len(chosen) > MOST:
        raise TooMuch(
            f"these are {len(chosen)} translations, and {MOST} fit beside each other",
            fix=f"name {MOST} of them",
            param="with",
        )
    return Columns(chosen, written([each.about.id for each in chosen], default))


def kept(request: Request, held: Library) -> str:
    """What the reader had last, as the query of an address. Empty where that is nothing special."""
    default = held.translations[0].about.id
    ids = list(dict.fromkeys(request.cookies.get(COOKIE, "").lower().split(".")))[:MOST]
    try:
        held.chosen(",".join(ids))
    except NotFound:  # a translation of another day
        return ""
    return written(ids, default) if ids[0] else ""


def written(ids: list[str], default: str) -> str:
    """As the query of an address; empty where it is the default alone."""
    asked = {} if ids[0] == default else {"in": ids[0]}
    if ids[1:]:
        asked["with"] = ",".join(ids[1:])
    return f"?{urlencode(asked, safe=',')}" if asked else ""
