"""What servers a workflow wants, and where."""

from __future__ import annotations

import pytest

from rackhouse.delivery.runner.services import servers_of
from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Hidden
from rackhouse.workflows.model import Job, Service, Triggers, Workflow


def of(*services: Service) -> Workflow:
    jobs = (Job(name="it", title="it", services=services),)
    return Workflow(path="ci.yml", title="CI", on=Triggers(), jobs=jobs)


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ((), 5432),
        (("5432",), 5432),
        (("5432:5432",), 5432),
        (("15432:5432/tcp",), 15432),
        (("127.0.0.1:15432:5432",), 15432),
        (("8008:8008", "15432:5432"), 15432),
    ],
)
def test_ports(ports: tuple[str, ...], expected: int) -> None:
    servers, found = servers_of([of(Service(name="db", image="postgres:16", ports=ports))], {})
    assert list(servers) == [expected]
    assert found == {("db", "5432"): expected}


def test_a_port_that_is_none_is_refused_with_its_line() -> None:
    service = Service(name="db", image="redis", ports=("all",), line=7)
    with pytest.raises(Refused, match=r"its port 'all'") as caught:
        servers_of([of(service)], {})
    assert caught.value.where == "ci.yml, line 7"


def test_secrets_are_filled_in() -> None:
    variables = {"POSTGRES_PASSWORD": "${{ secrets.DB }}-x", "OTHER": "${{ secrets.NONE }}"}
    workflow = of(Service(name="db", image="postgres", variables=variables))
    servers, _ = servers_of([workflow], {"DB": Hidden("word")})
    assert {n: v.reveal() for n, v in servers[5432].variables.items()} == {
        "POSTGRES_PASSWORD": "word-x",
        "OTHER": "",
    }
    assert "word" not in repr(servers)
