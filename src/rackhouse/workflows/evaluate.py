"""What an expression is worth, as far as it can be known before the run. Pure.

Three-valued: UNKNOWN is what only the run can tell, and `false && UNKNOWN` is false all the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Final

from rackhouse.workflows.expression import Call, Literal, Lookup, Tree, Value, inside, parse, spans


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
Known = Mapping[str, Value]  # "github.ref": "refs/heads/main"
Worth = Value | _Unknown

_RUN_TELLS = {"success", "failure", "cancelled"}


def facts(*, event: str, ref: str, default_branch: str = "", repository: str = "") -> Known:
    """What is known of an event, by the names that expressions have for it."""
    short = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    known = {
        "event_name": event,
        "ref": ref,
        "ref_name": short,
        "ref_type": "tag" if ref.startswith("refs/tags/") else "branch",
        "repository": repository,
        "event.repository.default_branch": default_branch,
    }
    return {f"{root}.{key}": it for root in ("github", "gitea") for key, it in known.items() if it}


def of_combination(combination: Mapping[str, str]) -> Known:
    """`matrix.*` of one combination, what is inside of its values too; `matrix`: that is all."""
    found: dict[str, Value] = {"matrix": None}
    waiting: list[tuple[str, object]] = [
        (f"matrix.{key}", _parsed(text)) for key, text in combination.items()
    ]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{key}.{name}", inner) for name, inner in value.items()]
        elif value is None or isinstance(value, str | float | bool):
            found[key.lower()] = value
    return found


def evaluate(tree: Tree, known: Known) -> Worth:
    """The value, or UNKNOWN."""
    if isinstance(tree, Literal):
        return tree.value
    if isinstance(tree, Lookup):
        if not all(isinstance(part, str) and part != "*" for part in tree.parts):
            return UNKNOWN
        return _looked_up(".".join(map(str, tree.parts)).lower(), known)
    if tree.name in {"&&", "||"}:
        return _either(tree, known)
    given = [evaluate(one, known) for one in tree.given]
    return _call(tree.name, given)


def filled(text: str, known: Known) -> str | None:
    """`text` with its expressions replaced by what they are worth; None when one is unknown."""
    parts, end = [], 0
    try:
        for span in spans(text):
            worth = evaluate(parse(inside(text, span)), known)
            if worth is UNKNOWN:
                return None
            parts += [text[end : span[0]], shown(worth)]
            end = span[1]
    except ValueError:
        return None
    return "".join([*parts, text[end:]])


def surely_false(condition: str, known: Known) -> bool:
    """Whether an `if:` is false whatever the run brings."""
    text = condition.strip()
    if text.startswith("${{") and text.endswith("}}"):
        text = text[3:-2]
    try:
        worth = evaluate(parse(text), known) if text else True
    except ValueError:
        return False
    return worth is not UNKNOWN and not _truthy(worth)


def shown(value: Value) -> str:
    """A value as text, as an expression puts it into one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else value or ""


def _looked_up(key: str, known: Known) -> Worth:
    if key in known:
        return known[key]
    whole = any(name.startswith(f"{key}.") for name in known)
    absent = key.startswith("matrix.") and "matrix" in known
    return None if absent and not whole else UNKNOWN


def _either(tree: Call, known: Known) -> Worth:
    """`&&` and `||` answer one of their sides, and need not know both."""
    left, right = (evaluate(one, known) for one in tree.given)
    ends = tree.name == "||"  # the truth of the left side that ends it
    if left is UNKNOWN:
        decided = right is not UNKNOWN and _truthy(right) is ends
        return right if decided else UNKNOWN
    return left if _truthy(left) is ends else right


def _call(name: str, given: list[Worth]) -> Worth:
    name = name.lower()
    if name == "always":
        return True
    if name in _RUN_TELLS or any(one is UNKNOWN for one in given):
        return UNKNOWN
    values = [one for one in given if one is not UNKNOWN]
    if name == "!":
        return not _truthy(values[0])
    if len(values) != 2:
        return UNKNOWN
    return _pair(name, values[0], values[1])


def _pair(name: str, left: Value, right: Value) -> Worth:
    if name in {"startswith", "endswith", "contains"}:
        whole, part = shown(left).lower(), shown(right).lower()
        if name == "contains":
            return part in whole
        return whole.startswith(part) if name == "startswith" else whole.endswith(part)
    if name in {"==", "!="}:
        return _equal(left, right) is (name == "==")
    low, high = _number(left), _number(right)
    orders = {"<": low < high, "<=": low <= high, ">": low > high, ">=": low >= high}
    return orders.get(name, UNKNOWN)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right):
        return left == right
    return _number(left) == _number(right)


def _number(value: Value) -> float:
    if isinstance(value, str):
        try:
            return float(value or 0)
        except ValueError:
            return float("nan")
    return float(value or 0)


def _truthy(value: Value) -> bool:
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def _parsed(text: str) -> object:
    if text[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return {"true": True, "false": False}.get(text, text)
