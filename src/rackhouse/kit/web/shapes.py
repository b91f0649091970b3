"""A problem as JSON has it. The names are the interface: see contracts/."""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True, kw_only=True):
    """`param` names what of the request is meant, `at` where in it; `perhaps` would be right."""

    code: str
    message: str
    fix: str
    param: str | None = None
    at: int | None = None
    perhaps: tuple[str, ...] = ()


class Problem(Struct, frozen=True, kw_only=True):
    """Every error."""

    error: Fault
