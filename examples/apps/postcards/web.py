"""Takes orders for postcards; a worker draws them. The queue is BullMQ's, in Redis."""

import contextlib
import os
from pathlib import Path

from bullmq import Queue
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CARDS = Path(os.environ["CARDS"])
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postcards</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; }
  body { padding: 0 1rem; }
  img { max-width: 100%%; } input, button { font: inherit; padding: .5rem; max-width: 100%%; }
</style>
<main><h1>Postcards</h1>%s</main>
</html>
"""
FORM = """<form method="post">
<label>Greeting <input name="greeting" required maxlength="60"></label> <button>Draw it</button>
</form>"""


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    options = {"connection": os.environ["QUEUE_URL"], "prefix": os.environ["QUEUE_PREFIX"]}
    app.state.queue = Queue(os.environ["QUEUE_NAME"], options)
    yield
    await app.state.queue.close()


async def index(request: Request) -> Response:
    cards = sorted(CARDS.glob("*.svg"), key=lambda card: card.stat().st_mtime, reverse=True)[:20]
    links = (f'<p><a href="/cards/{card.stem}">Card {card.stem}</a></p>' for card in cards)
    return HTMLResponse(PAGE % (FORM + "".join(links)))


async def order(request: Request) -> Response:
    async with request.form() as form:
        greeting = str(form.get("greeting", "")).strip()
    if not 1 <= len(greeting) <= 60:
        raise HTTPException(400, "A greeting of 1 to 60 characters, please.")
    options = {"attempts": 3, "backoff": {"type": "fixed", "delay": 200}}
    job = await request.app.state.queue.add("draw", {"greeting": greeting}, options)
    return RedirectResponse(f"/cards/{job.id}", 303)


async def card(request: Request) -> Response:
    number = request.path_params["number"]
    file = CARDS / f"{number}.svg"
    if not file.is_file():
        waiting = f'<meta http-equiv="refresh" content="1"><p>Card {number} is being drawn.</p>'
        return HTMLResponse(PAGE % waiting, status_code=202)
    picture = f'<img src="/cards/{number}.svg" alt="Postcard {number}">'
    return HTMLResponse(PAGE % (picture + '<p><a href="/">Another</a></p>'))


async def drawing(request: Request) -> Response:
    file = CARDS / f"{request.path_params['number']}.svg"
    if not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, media_type="image/svg+xml")


async def health(request: Request) -> Response:
    return JSONResponse({"waiting": await request.app.state.queue.getJobCountByTypes("waiting")})


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", index),
        Route("/", order, methods=["POST"]),
        Route("/cards/{number:int}.svg", drawing),
        Route("/cards/{number:int}", card),
        Route("/healthz", health),
    ],
)
