"""A JSON API: notes are listed, written and removed."""

import contextlib
import json
import os

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from notes import Notes

LONGEST = 1000


async def about(request: Request) -> Response:
    return JSONResponse({"name": "my-app", "notes": "/notes"})


async def newest(request: Request) -> Response:
    return JSONResponse(await request.app.state.notes.newest())


async def add(request: Request) -> Response:
    try:
        text = (await request.json())["text"].strip()
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        raise HTTPException(400, 'send JSON: {"text": "..."}') from None
    if not 1 <= len(text) <= LONGEST:
        raise HTTPException(400, f"a note has 1 to {LONGEST} characters")
    note = await request.app.state.notes.add(text)
    return JSONResponse(note, 201, {"Location": f"/notes/{note['id']}"})


async def remove(request: Request) -> Response:
    if not await request.app.state.notes.remove(request.path_params["number"]):
        raise HTTPException(404, "there is no such note")
    return Response(status_code=204)


async def health(request: Request) -> Response:
    await request.app.state.notes.newest()
    return JSONResponse({"ready": True})


async def problem(request: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def api(open_notes) -> Starlette:
    """The application on what `open_notes()` opens while it runs."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette):
        async with open_notes() as app.state.notes:
            yield

    return Starlette(
        lifespan=lifespan,
        exception_handlers={HTTPException: problem},
        routes=[
            Route("/", about),
            Route("/notes", newest),
            Route("/notes", add, methods=["POST"]),
            Route("/notes/{number:int}", remove, methods=["DELETE"]),
            Route("/healthz", health),
        ],
    )


app = api(lambda: Notes.open(os.environ["DATABASE_URL"]))
