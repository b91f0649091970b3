"""Pages: a visitor says a name once, and is known from then on."""

import contextlib
import html
import os
from pathlib import Path
from string import Template

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sessions import KEPT, Sessions

COOKIE = "my-app"
PAGE = Template((Path(__file__).parent / "page.html").read_text())
FORM = """<form method="post">
  <label for="name">What is your name?</label>
  <input id="name" name="name" required maxlength="40" autocomplete="given-name">
  <button>That is me</button>
</form>"""


async def index(request: Request) -> Response:
    session = await request.app.state.sessions.read(request.cookies.get(COOKIE, ""))
    if "name" in session:
        return page(f"<h1>Hello, {html.escape(session['name'])}.</h1>{FORM}")
    return page(f"<h1>Hello.</h1>{FORM}")


async def introduce(request: Request) -> Response:
    async with request.form(max_files=0) as form:
        name = str(form.get("name", "")).strip()
    if not 1 <= len(name) <= 40:
        raise HTTPException(400, "A name of 1 to 40 characters, please.")
    sessions, number = request.app.state.sessions, request.cookies.get(COOKIE, "")
    session = await sessions.read(number)
    # A number that we never gave is not taken up: whoever sent it may know it.
    number = await sessions.write(number if session else "", {**session, "name": name})
    answer = RedirectResponse("/", 303)
    secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    answer.set_cookie(COOKIE, number, max_age=KEPT, httponly=True, samesite="lax", secure=secure)
    return answer


async def health(request: Request) -> Response:
    await request.app.state.sessions.read("nobody")
    return JSONResponse({"ready": True})


def page(content: str) -> Response:
    return HTMLResponse(PAGE.substitute(content=content))


def web(open_sessions) -> Starlette:
    """The application on what `open_sessions()` opens while it runs."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette):
        async with open_sessions() as app.state.sessions:
            yield

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", index),
            Route("/", introduce, methods=["POST"]),
            Route("/healthz", health),
        ],
    )


@contextlib.asynccontextmanager
async def in_redis():
    async with Redis.from_url(os.environ["REDIS_URL"]) as store:
        yield Sessions(store, os.environ["REDIS_PREFIX"])


app = web(in_redis)
