"""`strategy:` read, and its matrix multiplied out as GitHub does it. Pure.

The product of the lists, the first key turning slowest; less what `exclude` fits; then each
`include` is added to every combination whose own values it leaves alone, or is one more.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows.reader import EMPTY, Reader, is_expression
from rackhouse.workflows.syntax import STRATEGY

MOST = 256  # combinations of one job
Combination = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Strategy:
    """What `strategy:` says."""

    matrix: tuple[Combination, ...] = ({},)
    dynamic: bool = False
    fail_fast: bool = True
    max_parallel: int = 0


def strategy(reader: Reader, node: Node, path: str) -> Strategy:
    """Read `strategy:`."""
    said = reader.mapping(node, path, STRATEGY)
    matrix, dynamic = _matrix(reader, said.get("matrix", EMPTY), f"{path}.matrix")
    fail_fast, most = said.get("fail-fast"), said.get("max-parallel")
    return Strategy(
        matrix=matrix,
        dynamic=dynamic,
        fail_fast=reader.flag(fail_fast, f"{path}.fail-fast", otherwise=True)
        if fail_fast
        else True,
        max_parallel=reader.whole(most, f"{path}.max-parallel") if most else 0,
    )


def expand(
    axes: Mapping[str, Sequence[str]],
    include: Sequence[Combination] = (),
    exclude: Sequence[Combination] = (),
) -> tuple[Combination, ...]:
    """The combinations; one empty one when there is nothing to combine."""
    product = itertools.product(*axes.values()) if axes else ()
    own = [dict(zip(axes, values, strict=True)) for values in product]
    own = [it for it in own if not any(_fits(it, out) for out in exclude)]
    full = [dict(it) for it in own]
    more: list[dict[str, str]] = []
    for extra in include:
        hosts = [number for number, it in enumerate(own) if _leaves_alone(it, extra)]
        for number in hosts:
            full[number].update(extra)
        if not hosts:
            more.append(dict(extra))
    return (*full, *more) or ({},)


def _fits(combination: Combination, part: Combination) -> bool:
    return all(combination.get(key) == value for key, value in part.items())


def _leaves_alone(combination: Combination, extra: Combination) -> bool:
    return all(combination.get(key, value) == value for key, value in extra.items())


def _matrix(reader: Reader, node: Node, path: str) -> tuple[tuple[Combination, ...], bool]:
    """The combinations, and whether they are made while it runs."""
    if is_expression(node):
        return ({},), True
    said = reader.mapping(node, path)
    if any(is_expression(value) for value in said.values()):
        return ({},), True
    lists = {key: value for key, value in said.items() if key not in {"include", "exclude"}}
    axes = {key: _values(reader, value, f"{path}.{key}") for key, value in lists.items()}
    parts = [_parts(reader, said.get(key, EMPTY), f"{path}.{key}") for key in _BESIDE]
    count = math.prod(len(values) for values in axes.values()) if axes else 0
    if count + len(parts[0]) > MOST:
        what = f"it makes {count + len(parts[0])} jobs of one; {MOST} is the most"
        reader.say(node, "workflow-matrix", path, what, "shorten its lists")
        return ({},), False
    _slips(reader, said, axes, path)
    found = expand(axes, *parts)
    if node.pairs and found == ({},):
        what, fix = "nothing is left of it", "let `exclude` leave at least one combination"
        reader.say(node, "workflow-matrix", path, what, fix)
    return found, False


_BESIDE = ("include", "exclude")


def _slips(reader: Reader, said: Mapping[str, Node], axes: Mapping[str, object], path: str) -> None:
    """An `exclude` with a key that no combination has takes nothing out."""
    for number, item in enumerate(said.get("exclude", EMPTY).items):
        for key, _ in item.pairs:
            if key.text not in axes:
                where = f"{path}.exclude[{number}].{key.text}"
                what = f"{key.text!r} is none of the matrix' own keys, so this takes nothing out"
                reader.say(key, "workflow-matrix", where, what, f"use one of {', '.join(axes)}")


def _values(reader: Reader, node: Node, path: str) -> list[str]:
    if node.kind is not Kind.SEQUENCE:
        what = "a list of values is expected"
        reader.say(node, "workflow-type", path, what, "write `[a, b]`, or `- a` lines")
    elif not node.items:
        reader.say(node, "workflow-matrix", path, "the list is empty", "give it a value")
    for number, item in enumerate(node.items):
        reader.exact(item, f"{path}[{number}]")
    return [_text(item) for item in node.items]


def _parts(reader: Reader, node: Node, path: str) -> list[Combination]:
    found: list[Combination] = []
    for number, item in enumerate(reader.items(node, path)):
        where = f"{path}[{number}]"
        pairs = reader.mapping(item, where)
        for key, value in pairs.items():
            reader.exact(value, f"{where}.{key}")
        found.append({key: _text(value) for key, value in pairs.items()})
    return found


def _text(node: Node) -> str:
    """A scalar's text; of a list or mapping, its JSON."""
    if node.kind is Kind.SCALAR:
        return "" if node.empty else node.text
    return json.dumps(_plain(node), ensure_ascii=False)


def _plain(node: Node) -> object:
    if node.kind is Kind.SEQUENCE:
        return [_plain(item) for item in node.items]
    if node.kind is Kind.MAPPING:
        return {key.text: _plain(value) for key, value in node.pairs}
    if node.plain and node.text in {"true", "false"}:
        return node.text == "true"
    return None if node.empty else node.text
