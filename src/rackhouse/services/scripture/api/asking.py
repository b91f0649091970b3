"""What is asked in the address."""

from __future__ import annotations

from starlette.requests import Request

from rackhouse.services.scripture.model.problem import BadRequest


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
