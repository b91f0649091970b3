"""The paths of what helps to find a place, described."""

from __future__ import annotations

from rackhouse.services.scripture.api.finding import shapes
from rackhouse.services.scripture.api.paths import Parameter, Path

_TRANSLATION = Parameter(
    name="translation", says="Which, apart by commas, once.", example="kjv,asv"
)
_IN = Parameter(
    name="in",
    says="Where: `ot`, `nt`, `gospels`, a book, or any reference.",
    example="Genesis 1-11",
)
_DATE = Parameter(name="date", says="A day.", example="2026-12-24", where="path", required=True)
SEARCH = Path(
    path="/v1/search",
    says="The verses that have the words.",
    answer=shapes.Search,
    parameters=(
        Parameter(
            name="q",
            says='Words, all of them; a "phrase in quotes"; the beginning of one, as shepher*;'
            " -without. Case and accents do not matter.",
            example="god so loved",
            required=True,
        ),
        _TRANSLATION,
        _IN,
        Parameter(name="order", says="`canon` or `best`.", example="best"),
        Parameter(name="limit", says="How many verses, at most 100; 20.", example="20"),
        Parameter(name="after", says="The `next` of the answer before.", example="20"),
    ),
)
PLANS = Path(path="/v1/plans", says="The reading plans.", answer=shapes.Plans)
PLAN_DAY = Path(
    path="/v1/plans/{plan}/days/{date}",
    says="What a plan has for a day.",
    answer=shapes.PlanDay,
    parameters=(
        Parameter(
            name="plan",
            says="Its id.",
            example="bible-in-a-year",
            where="path",
            required=True,
        ),
        _DATE,
        Parameter(
            name="start",
            says="When one began; the first of January where nothing is said.",
            example="2026-03-01",
        ),
    ),
)
DAY = Path(
    path="/v1/days/{date}",
    says="The verse of a day.",
    answer=shapes.DayVerse,
    parameters=(_DATE, _TRANSLATION),
)
CHANCE = Path(
    path="/v1/random",
    says="A verse by chance; without a seed another one each time.",
    answer=shapes.Chance,
    parameters=(
        Parameter(name="seed", says="Any text: the same gives the same again.", example="7"),
        Parameter(name="topic", says="One of those that /v1/plans lists.", example="hope"),
        _IN,
        _TRANSLATION,
    ),
)
_FEW = Parameter(name="limit", says="How many, at most 200; 20.", example="20")
CROSS = Path(
    path="/v1/references/{ref}/cross",
    says="Cross-references, where a source of them is installed.",
    answer=shapes.Cross,
    parameters=(
        Parameter(
            name="ref", says="A reference.", example="John 3:16", where="path", required=True
        ),
        _FEW,
    ),
)
TOPICS = Path(
    path="/v1/topics",
    says="Subjects of a topical work, where one is installed: by name, or of a verse.",
    answer=shapes.Topics,
    parameters=(
        Parameter(name="q", says="What it is called.", example="faith"),
        Parameter(name="ref", says="Which verses it is to name.", example="John 3:16"),
        _FEW,
    ),
)
TOPIC = Path(
    path="/v1/topics/{topic}",
    says="One of them, with the verses that it names.",
    answer=shapes.Topic,
    parameters=(
        Parameter(name="topic", says="Its id.", example="faith", where="path", required=True),
    ),
)
PATHS = (SEARCH, PLANS, PLAN_DAY, DAY, CHANCE, CROSS, TOPICS, TOPIC)
