"""Id, Ref, Text, Resource: a thing that is wanted, and values that exist only later."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

S = TypeVar("S", covariant=True)


class Hidden:
    """A value that must not be printed, logged, pickled into a journal or raised."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Call it inside a target's `ensure` and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, order=True)
class Id:
    """The name of one thing on one target: `machine/process/hello.web@r8`."""

    target: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.target}/{self.kind}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Id:
        """The inverse of `str`. ValueError when there are not three parts."""
        target, kind, name = text.split("/", 2)
        return cls(target, kind, name)

    def ref(self, output: str) -> Ref:
        """The later value `output` of this thing."""
        return Ref(self, output)


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A value that some resource will have; printed as `${vault/secret/hello.db.value}`."""

    to: Id
    output: str

    def __str__(self) -> str:
        return f"${{{self.to}.{self.output}}}"


Values = Mapping[Ref, Hidden]


@dataclass(frozen=True, slots=True)
class Text:
    """A string with holes. Printed and digested unfilled; apply alone fills it."""

    parts: tuple[str | Ref, ...] = ()

    @classmethod
    def of(cls, *parts: str | Ref | Text) -> Text:
        """Join strings, references and other texts into one, neighbouring strings merged."""
        flat: list[str | Ref] = []
        for part in parts:
            for piece in part.parts if isinstance(part, Text) else (part,):
                if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                    flat[-1] += piece
                elif piece != "":
                    flat.append(piece)
        return cls(tuple(flat))

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    @property
    def refs(self) -> frozenset[Ref]:
        """The holes."""
        return frozenset(part for part in self.parts if isinstance(part, Ref))

    def fill(self, values: Values) -> str:
        """The string. KeyError when a hole has no value: apply must have asked for all."""
        return "".join(p if isinstance(p, str) else values[p].reveal() for p in self.parts)


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[S]):
    """One wanted thing.

    `owner` is the application's name, or `rack`. `uid` tells two applications of one name apart, so
    that kept data is never handed to a stranger. `needs` is order without a value; `follows` is
    less: order among what is written together, where what is out of sight is passed over, and no
    part of what the thing is. `claims` are names that no two living resources may hold at once
    (`volume:radicale.data`), `keep` marks what holds data and leaves only with `--purge`, `once` a
    job: done is done.
    """

    id: Id
    spec: S
    owner: str = "rack"
    uid: str = ""
    needs: frozenset[Id] = frozenset()
    follows: frozenset[Id] = frozenset()
    claims: frozenset[str] = frozenset()
    keep: bool = False
    once: bool = False

    @cached_property
    def refs(self) -> frozenset[Ref]:
        """Every hole of the spec."""
        found: set[Ref] = set()
        _collect(self.spec, found)
        return frozenset(found)

    @cached_property
    def before(self) -> frozenset[Id]:
        """What must be there first: `needs`, and whatever the spec takes a value from."""
        return self.needs | {ref.to for ref in self.refs}

    @cached_property
    def text(self) -> str:
        """The canonical, printable form: JSON with references by name, never by value."""
        body = {
            "spec": plain(self.spec),
            "uid": self.uid,
            "before": sorted(map(str, self.before)),
            "claims": sorted(self.claims),
            "keep": self.keep,
            "once": self.once,
        }
        return _to_json(body)

    @cached_property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change exactly when `text` does."""
        return hashlib.sha256(f"{self.id} {self.text}".encode()).hexdigest()[:12]


_to_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_AS_IT_IS = frozenset((str, int, float, bool, type(None)))


def plain(value: Any) -> Any:
    """A spec as JSON values, tagged by class so that two kinds never digest alike."""
    cls = type(value)
    if cls in _AS_IT_IS:
        return value
    if cls is tuple:
        return [plain(item) for item in value]
    if cls is Text or cls is Ref or cls is Id:
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(cls):
        return {"": cls.__name__, **{name: plain(getattr(value, name)) for name in _fields(cls)}}
    if cls is frozenset:
        return sorted(plain(item) for item in value)
    raise TypeError(f"a spec holds frozen values only, not {cls.__name__}")


def _collect(value: Any, found: set[Ref]) -> None:
    """Add every Ref in `value` to `found`. What ten thousand resources ask for has to be quick."""
    cls = type(value)
    if cls in _AS_IT_IS:
        return
    if cls is Text:
        found.update(part for part in value.parts if type(part) is Ref)
    elif cls is Ref:
        found.add(value)
    elif cls is tuple or cls is frozenset:
        for item in value:
            _collect(item, found)
    elif dataclasses.is_dataclass(cls):
        for name in _fields(cls):
            _collect(getattr(value, name), found)


@cache
def _fields(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))
