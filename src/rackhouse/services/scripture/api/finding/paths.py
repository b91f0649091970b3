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
PATHS = (SEARCH,)
