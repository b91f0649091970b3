"""An application as text, for the store: canonical JSON, and back. Pure.

Defaults are left out and come back as what they are then, so an older text stays readable when the
model grows. Unknown fields (of a newer Rackhouse) are passed over. Says nothing about validity.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from datetime import date
from enum import Enum
from typing import Any, TypeVar, cast

from rackhouse.app.model import App, Placeholder, Template

T = TypeVar("T")
_PLAIN = (str, int, float, bool, type(None))


def encode(app: App) -> str:
    """The canonical text: equal applications have equal texts, others have others."""
    return json.dumps(_plain(app), sort_keys=True, separators=(",", ":"))


def decode(text: str) -> App:
    """The inverse. ValueError, with the reason, when `text` is not an application."""
    try:
        return cast(App, _value(App, json.loads(text)))
    except (TypeError, KeyError, RecursionError, ValueError) as error:
        raise ValueError(f"not an application: {error}") from error


def _plain(value: Any) -> Any:
    """A template is a list of texts and key lists, which nothing else in the model looks like."""
    if isinstance(value, Template):
        return [part if isinstance(part, str) else list(part.keys) for part in value.parts]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        given = {f.name: (getattr(value, f.name), f) for f in dataclasses.fields(value)}
        return {name: _plain(here) for name, (here, f) in given.items() if here != f.default}
    return value


def _value(hint: Any, plain: Any) -> Any:
    """`plain` as a value of the type `hint`. ValueError when it is none."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _first(typing.get_args(hint), plain)
    if origin is tuple:
        return _tuple(typing.get_args(hint), _expect(list, plain))
    return _leaf(hint, plain) if hint in _PLAIN else _made(hint, plain)


def _leaf(hint: type, plain: Any) -> Any:
    if hint is float and type(plain) is int:
        return float(plain)
    return _expect(hint, plain)


def _made(hint: Any, plain: Any) -> Any:
    if hint is Template:
        return Template(tuple(map(_part, _expect(list, plain))))
    if hint is date:
        return date.fromisoformat(_expect(str, plain))
    if issubclass(hint, Enum):
        return hint(plain)
    hints = _hints(hint)
    here = {key: value for key, value in _expect(dict, plain).items() if key in hints}
    return hint(**{key: _value(hints[key], value) for key, value in here.items()})


def _first(hints: tuple[Any, ...], plain: Any) -> Any:
    for hint in hints:
        try:
            return _value(hint, plain)
        except (TypeError, ValueError):
            continue
    raise ValueError(f"{plain!r} is none of {hints}")


def _tuple(hints: tuple[Any, ...], plain: list[Any]) -> tuple[Any, ...]:
    if hints[-1] is Ellipsis:
        return tuple(_value(hints[0], item) for item in plain)
    return tuple(_value(hint, item) for hint, item in zip(hints, plain, strict=True))


def _part(plain: Any) -> str | Placeholder:
    if isinstance(plain, str):
        return plain
    return Placeholder(tuple(_expect(str, key) for key in _expect(list, plain)))


def _expect(type_: type[T], plain: Any) -> T:
    """Exactly that type: True is no number here."""
    if type(plain) is not type_:
        raise ValueError(f"{plain!r} is not {type_.__name__}")
    return plain


@functools.cache
def _hints(class_: type) -> dict[str, Any]:
    return typing.get_type_hints(class_)
