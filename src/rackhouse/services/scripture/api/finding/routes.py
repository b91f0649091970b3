"""Which path is answered by what."""

from __future__ import annotations

from starlette.routing import Route

from rackhouse.services.scripture.api.finding.chance import Chance
from rackhouse.services.scripture.api.finding.companions import Companions
from rackhouse.services.scripture.api.finding.plans import Plans
from rackhouse.services.scripture.api.finding.search import Search
from rackhouse.services.scripture.service.companions import NONE
from rackhouse.services.scripture.service.companions import Companions as Held
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.search import Searches


def routes(held: Library, searches: Searches, companions: Held = NONE) -> list[Route]:
    """All of them."""
    plans, chance, beside = Plans(), Chance(held), Companions(companions)
    return [
        Route("/v1/search", Search(held, searches).search),
        Route("/v1/plans", plans.plans),
        Route("/v1/plans/{plan}/days/{date}", plans.day),
        Route("/v1/days/{date}", chance.of_day),
        Route("/v1/random", chance.random),
        Route("/v1/references/{ref}/cross", beside.cross),
        Route("/v1/topics", beside.topics),
        Route("/v1/topics/{topic}", beside.topic),
    ]
