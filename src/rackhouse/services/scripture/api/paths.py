"""How a path of the interface is described."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One that is asked with, in the address."""

    name: str
    says: str
    example: str
    where: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One path that is read. `plain`: it answers in plain text too."""

    path: str
    says: str
    answer: type[msgspec.Struct]
    parameters: tuple[Parameter, ...] = ()
    plain: bool = False
