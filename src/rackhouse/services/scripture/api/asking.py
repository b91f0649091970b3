"""What is asked in the address."""

from __future__ import annotations

import re
from datetime import date

from starlette.requests import Request

from rackhouse.kit.web.problem import BadRequest


def asked(request: Request, name: str, example: str, *, needed: bool = True) -> str:
    """A parameter that may be there once, and has to be where it is `needed`."""
    said = request.query_params.getlist(name)
    if not said and not needed:
        return ""
    if len(said) != 1:
        times = f"{len(said)} times" if said else "not"
        fix = f"say it once, as ?{name}={example}"
        raise BadRequest(f"{name} is {times} in the address", fix=fix, param=name)
    return said[0]


def counted(said: str, name: str, otherwise: int, most: int) -> int:
    """A parameter that is a number up to `most`; `otherwise` where nothing is said. BadRequest."""
    if not said:
        return otherwise
    if said.isascii() and said.isdecimal() and len(said) < 10 and int(said) <= most:
        return int(said)
    raise BadRequest(
        f"{name} is {said[:20]!r}",
        fix=f"say a number up to {most:,}",
        param=name,
    )


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(1583, 4000)  # of this calendar, and with years on both sides


def dated(said: str, name: str) -> date | None:
    """A parameter that is a day, as `2026-12-24`; None where nothing is said. BadRequest."""
    if not said:
        return None
    if _DAY.fullmatch(said) and said.isascii() and int(said[:4]) in _YEARS:
        try:
            return date.fromisoformat(said)
        except ValueError:
            pass
    raise BadRequest(f"{name} is {said[:20]!r}", fix="say a day, as 2026-12-24", param=name)
