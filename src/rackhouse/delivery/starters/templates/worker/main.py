"""A page that takes jobs and shows what became of them; worker.py performs them."""

import contextlib
import html
import os
from pathlib import Path
from string import Template

from redis import Redis
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jobs import Jobs

PAGE = Template((Path(__file__).parent / "page.html").read_text())
FORM = """<h1>Work for a worker</h1>
<form method="post">
  <label for="job">A word, and a worker turns it round</label>
  <input id="job" name="job" required maxlength="60" autocomplete="off">
  <button>Have it done</button>
</form>"""


def index(request: Request) -> Response:
    waiting, done = request.app.state.jobs.state()
    items = "".join(f"<li>{html.escape(result)}</li>" for result in done)
    state = f'<p role="status">{waiting} waiting</p><ul>{items}</ul>'
    return HTMLResponse(PAGE.substitute(content=FORM + state))


async def order(request: Request) -> Response:
    async with request.form(max_files=0) as form:
        job = str(form.get("job", "")).strip()
    if not 1 <= len(job) <= 60:
        raise HTTPException(400, "A word of 1 to 60 letters, please.")
    await run_in_threadpool(request.app.state.jobs.add, job)
    return RedirectResponse("/", 303)


def health(request: Request) -> Response:
    waiting, _ = request.app.state.jobs.state()
    return JSONResponse({"waiting": waiting})


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    with Redis.from_url(os.environ["QUEUE_URL"], decode_responses=True) as store:
        app.state.jobs = Jobs(store, os.environ["QUEUE"])
        yield


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", index),
        Route("/", order, methods=["POST"]),
        Route("/healthz", health),
    ],
)
