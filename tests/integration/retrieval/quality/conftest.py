"""One build of what is held for all that measure it, in one worker; closed questions are told by
their means alone.
"""

from __future__ import annotations

import pytest

from retrieval import held, queries
from retrieval.held import Texts
from retrieval.measuring import Result


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
    found = held.worth(texts, queries.read(queries.SETS[name]))
    print(f"{name}: {found.every} | mean over kinds: {found.even}")
    for kind, (many, mean) in found.kinds.items():
        print(f"  {kind} ({many}): {mean}")
    return found
