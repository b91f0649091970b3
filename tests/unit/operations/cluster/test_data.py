"""What an application is called where its data is: the same as what desired makes there."""

from __future__ import annotations

import pytest

from rackhouse.app.score import parse
from rackhouse.desired.kube.platform import CACHE, OBJECTS, POSTGRES, Party
from rackhouse.kit.errors import Missing
from rackhouse.operations.cluster.data import _role

APP = parse("""
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {web: {image: docker.io/library/nginx:1.29.3}}
resources:
  db: {type: postgres}
  visits: {type: redis}
  mails: {type: queue, id: mails}
""")
SHARED = parse("""
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {web: {image: docker.io/library/nginx:1.29.3}}
resources: {texts: {type: vector, id: main}}
""")


@pytest.mark.parametrize(
    ("to", "need", "role"),
    [
        (POSTGRES, None, "hello.db"),
        (POSTGRES, "db", "hello.db"),
        (CACHE, "visits", "hello.visits"),
        (CACHE, "mails", "shared.queue.mails"),
    ],
)
def test_a_need_is_called_as_it_is_made(to: Party, need: str | None, role: str) -> None:
    assert _role(APP, to, need) == role


def test_what_is_shared_is_called_by_its_id() -> None:
    assert _role(SHARED, POSTGRES, None) == "shared.postgres.main"


@pytest.mark.parametrize(
    ("to", "need", "said"),
    [
        (OBJECTS, None, "hello has no s3"),
        (CACHE, None, "hello has several: mails, visits"),
        (POSTGRES, "visits", "hello has no postgres 'visits', but: db"),
    ],
)
def test_what_is_not_clear_is_asked(to: Party, need: str | None, said: str) -> None:
    with pytest.raises(Missing, match=said) as found:
        _role(APP, to, need)
    assert found.value.fix
