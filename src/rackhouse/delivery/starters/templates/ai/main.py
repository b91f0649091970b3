"""A page with a question, which a language model answers."""

import html
import os
from pathlib import Path
from string import Template

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from model import NoModel, ask

PAGE = Template((Path(__file__).parent / "page.html").read_text())
FORM = """<h1>Ask.</h1>
<form method="post">
  <label for="question">A question for the model</label>
  <input id="question" name="question" required maxlength="2000" autocomplete="off">
  <button>Ask it</button>
</form>"""
NONE = (
    '<p role="status">This rack has no model yet: nothing will answer until LLM_URL names one.</p>'
)


async def index(request: Request) -> Response:
    return page(FORM if os.environ.get("LLM_URL") else FORM + NONE)


async def answer(request: Request) -> Response:
    async with request.form(max_files=0) as form:
        question = str(form.get("question", "")).strip()
    if not 1 <= len(question) <= 2000:
        raise HTTPException(400, "A question of 1 to 2000 characters, please.")
    asked = f"{FORM}<p><strong>{html.escape(question)}</strong></p>"
    try:
        words = await run_in_threadpool(ask, question)
    except NoModel as error:
        return page(f'{asked}<p role="alert">{html.escape(str(error))}</p>', 503)
    return page(f'{asked}<p style="white-space: pre-wrap">{html.escape(words)}</p>')


async def health(request: Request) -> Response:
    return JSONResponse({"ready": True, "model": bool(os.environ.get("LLM_URL"))})


def page(content: str, status: int = 200) -> Response:
    return HTMLResponse(PAGE.substitute(content=content), status)


app = Starlette(
    routes=[
        Route("/", index),
        Route("/", answer, methods=["POST"]),
        Route("/healthz", health),
    ]
)
