"""One build of what is held for all that measure it, in one worker; closed questions are told by
their means alone.
"""

from __future__ import annotations

import pytest

from retrieval import held, queries
from retrieval.held import Texts
from retrieval.measuring import Result, measured
from retrieval.queries import Query


@pytest.fixture(scope="session")
def words() -> Texts:
    """What every machine has, where nobody can embed a query."""
    return held.texts(meaning=False)


@pytest.fixture(params=[*queries.SETS])
def asked(request: pytest.FixtureRequest) -> str:
    """The name of a set."""
    name: str = request.param
    return name


def worth(texts: Texts, name: str) -> Result:
    """Of what the service finds, printed so that a failure says it all."""
    some = queries.read(queries.SETS[name])
    if texts.vectors is None:
        found = measured(some, lambda _, query: texts.found(query.text))
    else:
        meant = texts.meant([query.text for query in some])
        found = measured(some, lambda at, query: _found(texts, query, at, meant))
    print(f"{name}: {found.every} | mean over kinds: {found.even}")
    for kind, (many, mean) in found.kinds.items():
        print(f"  {kind} ({many}): {mean}")
    return found


def _found(texts: Texts, query: Query, at: int, meant: held.Vectors) -> list[int]:
    return texts.found(query.text, meant[at])
