"""A guestbook: entries in PostgreSQL, a counter in Redis, pictures in S3."""

import contextlib
import os
import uuid

import obstore
import redis.asyncio as redis
from obstore.store import S3Store
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

PICTURE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
PICTURE_MAX = 5 * 1024 * 1024
VERSION = "1"

templates = Jinja2Templates("templates")


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    env = os.environ
    app.state.pictures = S3Store(
        env["S3_BUCKET"],
        endpoint=env["S3_ENDPOINT"],
        region=env["S3_REGION"],
        access_key_id=env["S3_ACCESS_KEY"],
        secret_access_key=env["S3_SECRET_KEY"],
        client_options={"allow_http": True},
    )
    app.state.redis = redis.from_url(env["REDIS_URL"])
    app.state.visits = env["REDIS_PREFIX"] + "visits"
    pool = AsyncConnectionPool(
        env["DATABASE_URL"],
        min_size=1,
        max_size=4,
        open=False,
        kwargs={"row_factory": dict_row},
        check=AsyncConnectionPool.check_connection,  # PostgreSQL may have been started anew
    )
    async with pool:
        app.state.pool = pool
        yield
    await app.state.redis.aclose()


async def index(request: Request) -> Response:
    state = request.app.state
    visits = await state.redis.incr(state.visits)
    async with state.pool.connection() as connection:
        rows = await connection.execute("SELECT * FROM entry ORDER BY id DESC LIMIT 100")
        entries = await rows.fetchall()
    context = {"entries": entries, "visits": visits, "version": VERSION}
    return templates.TemplateResponse(request, "index.html", context)


async def write(request: Request) -> Response:
    state = request.app.state
    async with request.form(max_files=1, max_part_size=PICTURE_MAX) as form:
        name, message = str(form.get("name", "")).strip(), str(form.get("message", "")).strip()
        if not 1 <= len(name) <= 80 or not 1 <= len(message) <= 1000:
            raise HTTPException(
                400, "A name of 1 to 80, a message of 1 to 1000 characters, please."
            )
        key = await keep_picture(state.pictures, form.get("picture"))
    async with state.pool.connection() as connection:
        await connection.execute(
            "INSERT INTO entry (name, message, picture) VALUES (%s, %s, %s)", (name, message, key)
        )
    return RedirectResponse("/", 303)


async def keep_picture(store: S3Store, upload) -> str | None:
    if not getattr(upload, "size", 0):
        return None
    if upload.content_type not in PICTURE_TYPES or upload.size > PICTURE_MAX:
        raise HTTPException(400, "A PNG, JPEG, WebP or GIF of at most 5 MB, please.")
    key = f"{uuid.uuid4()}.{PICTURE_TYPES[upload.content_type]}"
    await obstore.put_async(store, key, await upload.read())
    return key


async def picture(request: Request) -> Response:
    key = request.path_params["key"]
    try:
        found = await obstore.get_async(request.app.state.pictures, key)
    except FileNotFoundError:
        raise HTTPException(404) from None
    kind = next((t for t, ending in PICTURE_TYPES.items() if key.endswith(ending)), "image/png")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(bytes(await found.bytes_async()), media_type=kind, headers=headers)


async def health(request: Request) -> Response:
    state = request.app.state
    async with state.pool.connection() as connection:
        await connection.execute("SELECT 1 FROM entry LIMIT 1")
    await state.redis.ping()
    return JSONResponse({"ready": True, "version": VERSION})


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", index),
        Route("/", write, methods=["POST"]),
        Route("/pictures/{key}", picture),
        Route("/healthz", health),
        Mount("/static", StaticFiles(directory="static")),
    ],
)
