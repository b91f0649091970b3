"""A fake of what Gitea tells a job about its repository: by the job's own token, and in no field
that Gitea's OpenAPI description does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.gitea.gitea import MODELS, OPERATIONS

_ANSWER = MODELS[OPERATIONS["GET /repos/{owner}/{repo}"]["answers"]["200"]]["fields"]


@dataclass
class Jobs:
    """What each token may do to each repository, `write` or `read`; `code`: it answers this."""

    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    code: int = 200
    asked: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/api/v1/repos/{owner}/{name}", self.answer)])

    async def answer(self, request: Request) -> Response:
        name = "{owner}/{name}".format(**request.path_params)
        self.asked.append(name)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if self.code != 200:
            return JSONResponse({"message": "it does not go well"}, self.code)
        if kind != "token" or token not in self.tokens:
            return JSONResponse({"message": "user does not exist"}, 401)
        repositories = {it.lower(): it for it in self.tokens[token]}
        if name.lower() not in repositories:
            return JSONResponse({"message": "not found"}, 404)
        full = repositories[name.lower()]
        may = {"admin": False, "push": self.tokens[token][full] == "write", "pull": True}
        found = {"full_name": full, "name": full.partition("/")[2], "permissions": may}
        assert found.keys() <= _ANSWER.keys()
        return JSONResponse(found)
