"""Answers: pages, JSON, errors in both, and the small bodies that the console reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from rackhouse.console.desk import Desk
from rackhouse.console.guard import visit_of
from rackhouse.kit import errors
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.view import to_json

_LARGEST = 16 * 1024  # bytes of a body
_STATUS = {
    errors.UsageError: 400,
    errors.FileError: 422,
    errors.Refused: 409,
    errors.Missing: 404,
    errors.NotReady: 503,
    errors.Unavailable: 503,
}


def page(request: Request, desk: Desk, name: str, code: int = 200, **values: object) -> Response:
    """The page `templates/<name>.html`."""
    values |= {"visit": visit_of(request), "path": request.scope["path"], "now": desk.clock()}
    text = desk.templates.get_template(f"{name}.html").render(values)
    return HTMLResponse(text, code)


def data(value: object, status: int = 200) -> Response:
    """Any view as JSON."""
    return JSONResponse(to_json(value), status)


def problem(error: RackhouseError) -> Response:
    """An error as JSON: what, where, the fix, and whether trying again may help."""
    body = {
        "error": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "fix": error.fix,
        "retry": error.retry,
    }
    return JSONResponse(body, status_of(error))


def status_of(error: RackhouseError) -> int:
    """The HTTP status of an error."""
    return next((_STATUS[c] for c in type(error).__mro__ if c in _STATUS), 500)


async def read_body(request: Request) -> Mapping[str, str]:
    """The fields of a form, or of a flat JSON object; of a session only with its own token.

    HTTPException 413 when it is too long, 400 when it is neither, 403 without the token.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise HTTPException(413, "too long")
    fields = _fields(request.headers.get("content-type", ""), body)
    visit = visit_of(request)
    given = fields.get("csrf", "") or request.headers.get("x-csrf-token", "")
    if visit.session and given != visit.csrf:
        raise HTTPException(403, "this form is of another session: load the page again")
    return fields


def _fields(kind: str, body: bytes) -> Mapping[str, str]:
    try:
        text = body.decode()
        if kind.startswith("application/json"):
            fields = json.loads(text or "{}")
            return {str(name): str(value) for name, value in fields.items()}
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=32))
    except (ValueError, AttributeError) as error:
        raise HTTPException(400, "neither a form nor a JSON object") from error
