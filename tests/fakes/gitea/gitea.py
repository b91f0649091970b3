"""A fake of Gitea: keeps things and answers as it does. It takes no request and gives no answer
that Gitea's own OpenAPI description does not know, and fails the test on one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.gitea.history import History

DESCRIPTION = json.loads(
    (Path(__file__).parents[2] / "unit" / "gitea" / "openapi.json").read_text()
)
OPERATIONS, MODELS = DESCRIPTION["operations"], DESCRIPTION["models"]
_LIST = re.compile(r"/(teams|tokens|hooks|members|secrets)$")
_TYPES = {"string": str, "boolean": bool, "integer": int, "object": dict}


@dataclass
class Fake:
    """What it has: things by the path where they are asked for. `asked`: what changed something."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    user: str = "root"
    password: str = "secret"
    made: int = 0
    history: History = field(default_factory=History)

    def app(self) -> Starlette:
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(routes=[Route("/api/v1/{path:path}", self.answer, methods=methods)])

    async def answer(self, request: Request) -> Response:
        import base64

        wanted = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {wanted}":
            return JSONResponse({"message": "invalid credentials"}, 401)
        path = "/" + request.path_params["path"]
        operation = _operation(request.method, path)
        raw = await request.body()
        body = json.loads(raw) if raw else {}
        _check_body(OPERATIONS[operation]["body"], body)
        if request.method != "GET":
            self.asked.append(f"{request.method} {path}")
        query = dict(request.query_params)
        assert set(query) <= set(OPERATIONS[operation]["query"]), f"{operation} has no {query}"
        if (said := self.history.answer(request.method, path, body, query)) is not None:
            code, answer = said
        else:
            code, answer = self._do(request.method, path, body, query)
        answers = OPERATIONS[operation]["answers"]
        assert str(code) in answers, f"{operation} never answers {code}"
        if answer is None:
            return Response(status_code=code)
        if isinstance(answer, bytes):
            return Response(answer, code, media_type="application/gzip")
        return JSONResponse(_shaped(answers[str(code)], answer), code)

    def _do(
        self, method: str, path: str, body: Mapping[str, Any], query: Mapping[str, str]
    ) -> tuple[int, Any]:
        match method:
            case "GET":
                return self._get(path, query)
            case "POST":
                return 201, self._make(path, body)
            case "PUT" if "/actions/secrets/" in path:
                there = path in self.things
                self.things[path] = {"name": path.rpartition("/")[2], **body}
                return (204 if there else 201), None
            case "PUT":
                team, name = path.removeprefix("/teams/").split("/members/")
                if f"/users/{name}" not in self.things:
                    return 404, {"message": "no such user"}
                self.things[path] = {"login": name, "id": int(team)}
                return 204, None
        key = self._key(path)
        if key is None:
            return 404, {"message": "not found"}
        if method == "DELETE":
            gone = self.things.pop(key)
            inside = f"{key}/"
            self.things = {it: at for it, at in self.things.items() if not it.startswith(inside)}
            assert gone is not None
            return 204, None
        self.things[key] |= {**body, **({"is_admin": body["admin"]} if "admin" in body else {})}
        return 200, self.things[key]

    def _get(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        if path == "/version":
            return 200, {"version": "1.27.3"}
        if path in self.things and not _LIST.search(path):
            return 200, self.things[path]
        if not _LIST.search(path):
            return 404, {"message": "not found"}
        under = [it for key, it in sorted(self.things.items()) if key.startswith(f"{path}/")]
        first = (int(query.get("page", 1)) - 1) * int(query.get("limit", 30))
        found = [{key: value for key, value in it.items() if key != "sha1"} for it in under]
        return 200, found[first : first + int(query.get("limit", 30))]

    def _make(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.made += 1
        thing = {**body, "id": self.made}
        if path == "/admin/users":
            key = f"/users/{body['username']}"
            thing |= {"login": body["username"], "is_admin": False}
        elif path == "/orgs":
            key = f"/orgs/{body['username']}"
        elif path.endswith("/repos"):
            key = f"/repos/{path.split('/')[2]}/{body['name']}"
        elif path.endswith("/branch_protections"):
            key = f"{path}/{body['rule_name']}"
        else:
            key = f"{path}/{self.made}"
        if path.endswith("/tokens"):
            thing |= {"sha1": f"{self.made:040x}"}
        self.things[key] = thing
        return thing

    def _key(self, path: str) -> str | None:
        path = path.removeprefix("/admin")
        if path in self.things:
            return path
        if found := re.fullmatch(r"/teams/(\d+)", path):
            ends = f"/teams/{found[1]}"
            return next((it for it in self.things if it.endswith(ends)), None)
        return None


def _operation(method: str, path: str) -> str:
    for name in OPERATIONS:
        verb, template = name.split(" ")
        if verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return str(name)
    raise AssertionError(f"Gitea knows no {method} {path}")


def _check_body(model: str | None, body: Mapping[str, Any]) -> None:
    if model is None:
        assert not body
        return
    said = MODELS[model]
    assert set(said["required"]) <= body.keys(), f"{model} needs {said['required']}"
    for key, value in body.items():
        kind = said["fields"][key]  # an unknown field would be ignored in silence
        assert isinstance(value, list if isinstance(kind, list) else _TYPES[kind]), (model, key)
        assert value in said.get("enums", {}).get(key, [value]), (model, key, value)


def _shaped(model: str | None, answer: Any) -> Any:
    """With the fields that it has, and no others."""
    if model is None:
        return answer
    if found := re.fullmatch(r"List\[(\w+)\]", model):
        return [_shaped(found[1], each) for each in answer]
    return {key: value for key, value in answer.items() if key in MODELS[model]["fields"]}
