"""Takes orders for postcards; a worker draws them. The queue is BullMQ's, in Redis."""

import contextlib
import os
from pathlib import Path
from string import Template

from bullmq import Queue
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CARDS = Path(os.environ["CARDS"])
PAGE = Template(Path("page.html").read_text())
FORM = """<form method="post">
  <label for="greeting">A greeting, and a worker draws a card for it</label>
  <input id="greeting" name="greeting" required maxlength="60" autocomplete="off">
  <button>Draw it</button>
</form>"""


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    options = {"connection": os.environ["QUEUE_URL"], "prefix": os.environ["QUEUE_PREFIX"]}
    app.state.queue = Queue(os.environ["QUEUE_NAME"], options)
    yield
    await app.state.queue.close()


def page(content: str, **options) -> Response:
    return HTMLResponse(PAGE.substitute(content=content), **options)


def picture(number: str) -> str:
    return f'<img src="/cards/{number}.svg" alt="Postcard {number}" width="600" height="400">'


async def index(request: Request) -> Response:
    cards = sorted(CARDS.glob("*.svg"), key=lambda card: card.stat().st_mtime, reverse=True)[:20]
    items = (f'<li><a href="/cards/{card.stem}">{picture(card.stem)}</a></li>' for card in cards)
    return page(f'{FORM}<ul class="cards">{"".join(items)}</ul>' if cards else FORM)


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
        waiting = f'<p role="status">Card {number} is being drawn…</p>'
        return page(waiting, status_code=202, headers={"Refresh": "1"})
    return page(f'{picture(number)}<p><a href="/">Another one</a></p>')


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
