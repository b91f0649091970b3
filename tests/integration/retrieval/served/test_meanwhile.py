"""What changes while others search: each of them gets an answer, the old one or the new one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fakes.models.desk import Desk
from fakes.models.script import Act, Does
from fakes.models.waiting import until

from .conftest import Service, given


@contextmanager
def searching(service: Service, holds: Callable[[dict[str, Any]], bool]) -> Iterator[list[int]]:
    """Somebody searches all the time. Every answer has to hold; how many there were."""
    answers, over, wrong = [0], threading.Event(), []

    def work() -> None:
        while not over.is_set():
            body = {"collections": ["c"], "query": "grace"}
            answer = service.client.post("/v1/search", json=body)
            if answer.status_code != 200 or not holds(answer.json()):
                wrong.append(answer.text)
            answers[0] += 1

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join(20)
    assert not wrong, wrong[0]


def test_documents_come_and_go_while_others_search(service: Service) -> None:
    service.put()
    service.post(given("stays", one="grace"))

    def holds(found: dict[str, Any]) -> bool:
        return "stays" in {each["document"] for each in found["hits"]}

    with searching(service, holds) as answers:
        for _ in range(3):
            service.post(given("goes", two="grace and truth"))
            assert len(service.search("grace")["hits"]) == 2
            assert service.client.delete("/v1/collections/c/documents/goes").status_code == 204
            assert len(service.search("grace")["hits"]) == 1
        until(lambda: answers[0] > 20)


def test_another_model_takes_over_while_others_search(service: Service, gateway: Desk) -> None:
    service.put()
    service.post(given("d", one="grace"))

    def holds(found: dict[str, Any]) -> bool:
        return len(found["hits"]) == 1

    with searching(service, holds):
        made = service.put(model="none")
        (job,) = made["jobs"]
        assert made["state"] == "changing"
        assert service.ended(job)["state"] == "failed"  # the gateway has no such model
        found = service.client.get("/v1/collections/c").json()
        assert (found["model"], found["state"]) == ("chat", "ready")
        gateway.scripts["first"].always = Act(does=Does.ERROR, status=503)
        service.client.put("/v1/collections/c", json={"model": "chat"})
        assert service.client.get("/v1/collections/c").json()["state"] == "ready"
