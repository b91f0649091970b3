"""What an upstream means by a status that is not 200."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Task
from rackhouse.services.gateway.model.problem import Refused

_WORDS = 500  # characters of what it says that are passed on
_LATER = 3600.0  # seconds: no longer is an upstream left alone for its own word
_OVER = re.compile(
    r"context.{0,40}(length|window|size|limit)|prompt is too long|too many tokens", re.IGNORECASE
)
_UNABLE = re.compile(r"(does not|doesn't|not) support|unsupported", re.IGNORECASE)
_SPENT = re.compile(r"credit balance is too low", re.IGNORECASE)  # Anthropic's 400
_OWN = ("chat", "embedding")  # what every server of that protocol has


class _Error(msgspec.Struct):
    message: str = ""
    code: str | int | None = None
    param: str | None = None


class _Nested(msgspec.Struct):
    error: _Error


class _Flat(msgspec.Struct):
    """vLLM, text-embeddings-inference, FastAPI."""

    error: str = ""
    message: str = ""
    detail: Any = ""  # FastAPI's own is a list


def failed(task: Task, status: int, body: bytes, retry_after: str) -> Failed:
    """Why, whose fault, and who may be asked next."""
    if status < 400:
        elsewhere = status >= 300
        why = "sends elsewhere, which is not followed" if elsewhere else f"answered {status}"
        return Failed(why, asked=not elsewhere, status=status)
    error = _said(body)
    spent = error.code == "insufficient_quota" or _SPENT.search(error.message)
    if status in (401, 402, 403) or spent:
        return Failed("does not accept our key, or our account", asked=False, status=status)
    if status == 429:
        wait = _seconds(retry_after)
        why = "has too much to do"
        return Failed(why, asked=False, fault=False, status=status, retry_after=wait)
    if status in (404, 405):
        lacks = task not in _OWN
        why = f"has no {task.value}" if lacks else "has no such model"
        return Failed(why, asked=False, fault=not lacks, status=status)
    if status >= 500 or status == 408:
        unsure = status not in (500, 501, 503, 529)  # something before it may have given up
        # llama.cpp says 500, and why, to a chat that its template does not take.
        doubtful = status in (500, 501) and bool(error.message)
        return Failed(
            f"answered {status}",
            asked=unsure,
            status=status,
            retry_after=_seconds(retry_after),
            doubtful=doubtful,
        )
    return _refused(status, error)


def _refused(status: int, error: _Error) -> Failed:
    """It is healthy and did not want to."""
    over = status == 413 or error.code == "context_length_exceeded" or _OVER.search(error.message)
    unable = _UNABLE.search(error.message)
    code = error.code if isinstance(error.code, str) else ""  # vLLM repeats the status
    refusal = Refused(
        error.message[:_WORDS] or f"the upstream answered {status}",
        status=status,
        code="context_length_exceeded" if over else code,
        param=error.param or "",
        fix="" if error.message else "its own log may say why",
    )
    return Failed(
        f"refused it with {status}",
        asked=False,
        fault=False,
        status=status,
        refusal=refusal,
        final=status in (400, 422) and not over and not unable,
    )


def _said(body: bytes) -> _Error:
    try:
        return msgspec.json.decode(body, type=_Nested).error
    except (ValueError, RecursionError):
        pass
    try:
        flat = msgspec.json.decode(body, type=_Flat)
    except (ValueError, RecursionError):
        return _Error()
    return _Error(message=flat.message or flat.error or str(flat.detail))


def _seconds(said: str) -> float:
    """Of `retry-after` in seconds; a date, or nonsense, is none."""
    try:
        seconds = float(said)
    except ValueError:
        return 0.0
    return min(seconds, _LATER) if seconds > 0 else 0.0
