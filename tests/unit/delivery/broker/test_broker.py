"""Who is lent a token of which application, who is not, and that no token is in any log."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rackhouse.delivery.broker import app
from rackhouse.delivery.broker.asking import MOST, asked, lent
from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.delivery.broker.pace import Pace
from rackhouse.kit.errors import Refused, Unavailable
from rackhouse.resources.core import Hidden
from rackhouse.twin.kube.hand import create
from unit.delivery.broker.place import JOB, READER, Place

SPACE = "/api/v1/namespaces/hello"


@pytest.fixture
def place(caplog: pytest.LogCaptureFixture) -> Place:
    caplog.set_level(logging.DEBUG)
    return Place()


def refusal(said: object) -> tuple[int, str]:
    """The code, and what is said."""
    return said.status_code, said.json()["what"]  # type: ignore[attr-defined]


async def test_a_job_is_lent_ten_minutes_of_the_account_of_its_own_application(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await place.ask()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    access = lent(answer.json()).access
    own = place.server(access.token.reveal())
    review = {"spec": {"resourceAttributes": {"namespace": "hello", "verb": "patch"}}}
    review["spec"]["resourceAttributes"] |= {"group": "apps", "resource": "deployments"}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    assert (await own.ask("POST", path, body=review))["status"]["allowed"] is True
    review["spec"]["resourceAttributes"]["namespace"] = "other"
    assert (await own.ask("POST", path, body=review))["status"]["allowed"] is False
    assert "hello: lent to a job of home/hello until" in caplog.text
    assert access.token.reveal() not in caplog.text
    assert JOB not in caplog.text


@pytest.mark.parametrize(
    ("application", "repository", "token", "code", "said"),
    [
        ("other", "home/hello", JOB, 403, "other is not of the repository home/hello"),
        ("bare", "home/hello", JOB, 403, "bare is not of the repository home/hello"),
        ("hello", "home/other", JOB, 403, "its token sees no repository home/other"),
        ("hello", "home/hello", READER, 403, "its token may not write home/hello"),
        ("hello", "home/hello", "over-and-out", 403, "Gitea does not know its token"),
        ("kube-system", "home/hello", JOB, 404, "the rack has not brought kube-system"),
        ("gone", "home/hello", JOB, 404, "the rack has not brought gone to this cluster"),
        ("hello", "home/../hello", JOB, 403, "the repository is no OWNER/NAME"),
        ("hello", "../hello", JOB, 403, "the repository is no OWNER/NAME"),
        ("hello/../other", "home/hello", JOB, 403, "no application is called so"),
        ("hello", "home/hello", "", 403, "no token of a job came with it"),
        ("hello", "home/hello", "x" * 5000, 403, "no token of a job came with it"),
    ],
)
async def test_nobody_else_is(
    place: Place,
    caplog: pytest.LogCaptureFixture,
    application: str,
    repository: str,
    token: str,
    code: int,
    said: str,
) -> None:
    answer = await place.ask(application, repository, token)
    assert answer.status_code == code, answer.text
    assert said in answer.json()["what"]
    assert not token or token not in answer.text + caplog.text
    assert not [it for it in place.cluster.accounts.values() if it.name == "releaser"]


async def test_the_name_that_counts_is_the_one_that_gitea_has(place: Place) -> None:
    assert (await place.ask(repository="Home/Hello")).status_code == 200
    place.jobs.tokens = {JOB: {"home/renamed": "write"}}
    code, said = refusal(await place.ask(repository="home/renamed"))
    assert (code, said) == (403, "hello is not of the repository home/renamed")


async def test_an_application_of_two_repositories_is_of_the_one_that_the_rack_names(
    place: Place,
) -> None:
    place.jobs.tokens[JOB]["home/second"] = "write"
    assert refusal(await place.ask(repository="home/second"))[0] == 403
    assert (await place.ask()).status_code == 200


async def test_a_namespace_that_calls_itself_so_is_not_the_racks(place: Place) -> None:
    create(place.cluster, "namespaces", {"metadata": {"name": "mine"}})
    account = {"name": "releaser", "namespace": "mine"}
    notes = {"rackhouse.dev/repository": "home/hello"}
    body = {"metadata": {**account, "annotations": notes}}
    create(place.cluster, "serviceaccounts", body)
    assert refusal(await place.ask("mine"))[0] == 404


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_gitea_is_away(place: Place, code: int) -> None:
    place.jobs.code = code
    assert refusal(await place.ask()) == (503, f"Gitea answers {code}")


@pytest.mark.parametrize("text", ["", "<html>", "[]", "null", "{}", '{"permissions": true}'])
async def test_what_is_no_answer_of_giteas_is_none(text: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=text)

    gitea = Gitea("http://git.test", httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    with pytest.raises(Unavailable, match=r"Gitea (answers something else|does not answer)"):
        await gitea.writes("home/hello", Hidden(JOB))


async def test_gitea_is_not_followed_elsewhere(place: Place) -> None:
    place.jobs.code = 307
    assert refusal(await place.ask()) == (403, "its token sees no repository home/hello")


async def test_the_api_server_is_away(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.away = True
    code, said = refusal(await place.ask())
    assert code == 503
    assert "the cluster's API server" in said
    assert "own-1b2d" not in said + caplog.text


async def test_its_own_token_is_over(place: Place) -> None:
    place.token = await place.own()
    later = place.cluster.clock() + timedelta(hours=2)
    place.cluster.clock = lambda: later
    code, said = refusal(await place.ask())
    assert (code, said) == (503, "it refuses the token or certificate")


@given(st.text("aZ0.-_/%?#@:\\é ", max_size=9), st.text("az0-./%? ", max_size=5))
@example("home/hello", "hello")
@example("home/..", "hello")
def test_what_is_asked_is_put_into_paths_and_stays_where_it_was_put(
    repository: str, application: str
) -> None:
    question = {"repository": repository, "application": application}
    try:
        found = asked(json.dumps(question).encode())
    except Refused:
        return
    for path in (f"/api/v1/repos/{found.repository}", f"/api/v1/namespaces/{found.application}"):
        url = httpx.URL(f"http://git.test{path}")
        assert (url.path, url.query, url.fragment) == (path, b"", "")
        assert not {"", ".", ".."} & set(path.split("/")[1:])


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 5000, b'{"repository": 1}'])
async def test_what_is_no_question(place: Place, body: bytes) -> None:
    assert refusal(await place.post(body)) == (403, "it is no question of a job's")
    assert not place.jobs.asked


async def test_what_is_too_large_is_not_read_to_its_end(place: Place) -> None:
    question = {"application": "hello", "repository": "home/hello", "x": "y" * MOST}
    code, said = refusal(await place.post(json.dumps(question).encode()))
    assert (code, said) == (403, f"the question is larger than {MOST} bytes")


async def test_what_does_not_come_to_its_end_is_not_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr(app, "_PATIENCE", 0.01)
    async with place.http() as http:
        headers = {"authorization": f"Bearer {JOB}"}
        answer = await http.post("/token", content=slowly(), headers=headers)
    assert refusal(answer) == (403, "the question did not come to its end")


async def test_who_asks_too_often_waits_a_minute(place: Place) -> None:
    async with place.http() as http:
        codes = [(await http.post("/token")).status_code for _ in range(40)]
        assert set(codes[:30]) == {403}
        assert set(codes[30:]) == {429}
        place.now += 60
        assert (await http.post("/token")).status_code == 403


def test_the_pace_of_one_is_not_that_of_another_and_what_it_keeps_is_bounded() -> None:
    pace = Pace(lambda: 0.0)
    assert [pace.allows("a") for _ in range(31)] == [True] * 30 + [False]
    assert pace.allows("b")
    for number in range(5000):
        pace.allows(str(number))
    assert len(pace._left) <= 1024


async def test_it_says_that_it_is_alive(place: Place) -> None:
    async with place.http() as http:
        assert (await http.get("/healthz")).text == "ok"
