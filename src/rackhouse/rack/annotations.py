"""What the model says of its fields besides their kind. Values; nothing here reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Key:
    """What the file calls the field."""

    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """How the field is written, better than its kind's own example."""

    text: str


@dataclass(frozen=True, slots=True)
class ByName:
    """The file has a mapping from names in place of a list."""


BY_NAME: Final = ByName()
