"""The API: what it answers, to whom it says why not, and that its contract is written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rackhouse.console.actions import PlanAnswer, StepAnswer
from rackhouse.console.api import OPERATIONS, ROOT, parse_release
from rackhouse.console.openapi import document
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.operations.view import to_json
from rackhouse.supervisor.unit import Phase
from unit.console.desk import Bench
from unit.console.house import log, state

CONTRACT = Path(__file__).parents[3] / "contracts" / "console.openapi.json"


def test_the_contract_is_what_the_code_says() -> None:
    """To write it anew: `python -m rackhouse.console.openapi > contracts/console.openapi.json`."""
    assert json.loads(CONTRACT.read_text()) == document()


def check(answer: Any, path: str, verb: str = "get") -> None:
    """The answer is what the contract promises."""
    whole = document()
    content = whole["paths"][ROOT + path][verb]["responses"]["200"]["content"]
    schema = {**content["application/json"]["schema"], "components": whole["components"]}
    jsonschema.validate(answer, schema)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/status", "/status"),
        ("/applications", "/applications"),
        ("/applications/guestbook", "/applications/{name}"),
        ("/parts/cache", "/parts/{name}"),
        ("/journal?limit=1", "/journal"),
    ],
)
async def test_answers_are_what_the_contract_promises(
    console: Bench, path: str, pattern: str
) -> None:
    answer = await console.program().get(ROOT + path)
    assert answer.status_code == 200
    check(answer.json(), pattern)


async def test_status_is_what_the_command_line_prints(console: Bench) -> None:
    answer = await console.program().get("/api/v1/status")
    assert answer.json() == json.loads(json.dumps(to_json(console.desk.view)))


async def test_secrets_are_in_no_answer(console: Bench) -> None:
    for operation in OPERATIONS:
        if operation.verb == "GET" and operation.name not in {"events", "follow", "plan"}:
            path = operation.path.replace("{name}", "guestbook")
            text = (await console.program().get(ROOT + path)).text
            assert "very-secret-token" not in text
            assert "hunter2" not in text


@pytest.mark.parametrize(
    ("path", "status", "what"),
    [
        ("/applications/guestbok", 404, "no application is called 'guestbok'. Did you mean"),
        ("/parts/postgre", 404, "no part is called 'postgre'. Did you mean 'postgres'?"),
        ("/parts/<script>", 404, "no part is called '<script>'."),
        ("/logs/..", 404, ""),
        ("/logs/nothing", 404, "nothing called 'nothing' has a log."),
        ("/logs/guestbook?count=-1", 400, "count is '-1' and not a number"),
        ("/journal?limit=x", 400, "limit is 'x' and not a number"),
        ("/nothing", 404, "Not Found"),
    ],
)
async def test_what_is_wrong_is_said(console: Bench, path: str, status: int, what: str) -> None:
    answer = await console.program().get(ROOT + path)
    assert answer.status_code == status
    assert answer.json()["what"].startswith(what)
    assert answer.headers["content-type"] == "application/json"


async def test_logs_name_the_unit_when_there_are_several(console: Bench) -> None:
    log(console.house, "guestbook.worker@r2", ["busy"])
    program = console.program()
    one = await program.get("/api/v1/logs/guestbook.web@r2?count=1")
    assert one.text == "served / in 3 ms\n"
    assert one.headers["content-type"].startswith("text/plain")
    both = await program.get("/api/v1/logs/guestbook?count=1")
    assert both.text.splitlines() == [
        "guestbook.web@r2  served / in 3 ms",
        "guestbook.worker@r2  busy",
    ]


async def test_a_unit_that_is_given_up_is_tried_again(console: Bench) -> None:
    program = console.program()
    answer = await program.post("/api/v1/retry", json={"unit": "trial.web@r1"})
    assert answer.status_code == 200
    assert not (console.house.paths.states / "trial.web@r1.json").exists()
    check(answer.json(), "/retry", "post")


@pytest.mark.parametrize("unit", ["nothing", "", "../units/cache", "cache.json"])
async def test_no_other_file_is_touched_by_that(console: Bench, unit: str) -> None:
    answer = await console.program().post("/api/v1/retry", json={"unit": unit})
    assert answer.status_code == 404
    assert (console.house.paths.units / "cache.json").exists()


class Asked:
    """What the console had done, instead of doing it: the real ones are tried end to end."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.done: list[tuple[str, int | None]] = []

    async def plan(self) -> PlanAnswer:
        step = StepAnswer(verb="delete", id="machine/route/notes", why="no longer in the files")
        notes = ("? postgres: cannot be reached",)
        return PlanAnswer(steps=(step,), notes=notes, complete=False)

    async def rollback(self, application: str, release: int | None) -> None:
        if self.error:
            raise self.error
        self.done.append((application, release))

    def retry(self, unit: str) -> None:
        raise AssertionError(unit)


@pytest.fixture
def asked(console: Bench) -> Asked:
    made = Asked()
    object.__setattr__(console.desk, "actions", made)
    return made


@pytest.mark.usefixtures("asked")
async def test_a_plan_is_shown(console: Bench) -> None:
    answer = (await console.program().get("/api/v1/plan")).json()
    check(answer, "/plan")
    assert answer == {
        "steps": [{"verb": "delete", "id": "machine/route/notes", "why": "no longer in the files"}],
        "notes": ["? postgres: cannot be reached"],
        "complete": False,
    }


@pytest.mark.parametrize(
    ("given", "release"), [({}, None), ({"release": 1}, 1), ({"release": "r1"}, 1)]
)
async def test_goes_back_to_a_release(
    console: Bench, asked: Asked, given: dict[str, object], release: int | None
) -> None:
    answer = await console.program().post("/api/v1/applications/guestbook/rollback", json=given)
    assert answer.status_code == 200
    check(answer.json(), "/applications/{name}/rollback", "post")
    assert asked.done == [("guestbook", release)]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("nothing", {}, 404), ("guestbook", {"release": "x"}, 400)],
)
async def test_goes_nowhere_when_it_is_not_clear_where(
    console: Bench, asked: Asked, name: str, body: dict[str, str], status: int
) -> None:
    answer = await console.program().post(f"/api/v1/applications/{name}/rollback", json=body)
    assert answer.status_code == status
    assert asked.done == []


async def test_a_refusal_comes_with_its_fix(console: Bench, asked: Asked) -> None:
    asked.error = Missing("guestbook has no earlier release r9", fix="there are: r1")
    answer = await console.program().post("/api/v1/applications/guestbook/rollback")
    assert answer.status_code == 404
    assert answer.json() == {
        "error": "Missing",
        "what": "guestbook has no earlier release r9",
        "where": "",
        "fix": "there are: r1",
        "retry": False,
    }


async def test_a_bug_is_owned_up_to_and_not_shown(
    console: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_it(_: object) -> object:
        raise ZeroDivisionError("secret inner thing")

    monkeypatch.setattr("rackhouse.console.api.data", break_it)
    with pytest.raises(ZeroDivisionError):  # for the server's log
        await console.program().get("/api/v1/status")
    client = console.program()
    client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]  # httpx's own
    answer = await client.get("/api/v1/status")
    assert answer.status_code == 500
    assert "bug in Rackhouse" in answer.text
    assert "secret" not in answer.text


async def test_a_broken_disk_leaves_the_last_that_was_seen(
    console: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> object:
        raise Missing("the store is gone")

    before = console.desk.view
    monkeypatch.setattr(console.desk.watch, "_look", fail)
    console.look()
    assert console.desk.view is before


def test_a_release_is_a_number_or_nothing() -> None:
    assert [parse_release(text) for text in ("", "3", "r3")] == [None, 3, 3]
    for text in ("x", "3.5", "-1", "rr3", "9" * 20):
        with pytest.raises(UsageError):
            parse_release(text)


async def test_states_that_change_are_seen_at_the_next_look(console: Bench) -> None:
    state(console.house, "cache", phase=Phase.CRASHED, why="gone")
    console.look()
    answer = await console.program().get("/api/v1/parts/cache")
    assert answer.json()["phase"] == "crashed"
