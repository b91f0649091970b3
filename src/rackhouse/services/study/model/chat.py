"""What a model says in one turn."""

from __future__ import annotations

from msgspec import Struct


class Spoke(Struct, frozen=True, kw_only=True):
    """A piece of text."""

    text: str


class Called(Struct, frozen=True, kw_only=True):
    """A tool that it asks for; `arguments` as it wrote them."""

    id: str
    name: str
    arguments: str


class Used(Struct, frozen=True, kw_only=True):
    """Tokens that it wrote, as the gateway counts them."""

    tokens: int


Delta = Spoke | Called | Used
