"""Messages: four bytes of length, big-endian, then a JSON value. JSON without the module `json`.

python3-minimal lacks it. What JSON writes is also Python but for three names, so Python's own
parser reads it; nothing is evaluated.
"""

from __future__ import annotations

import ast
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Json

_NAMES = {"true": True, "false": False, "null": None}
_ESCAPED = {**{code: f"\\u{code:04x}" for code in range(32)}, 34: '\\"', 92: "\\\\"}


def read() -> Json:
    """The next message. EOFError when the other side is gone."""
    size = int.from_bytes(_exactly(4), "big")
    return loads(_exactly(size).decode())


def write(value: Json) -> None:
    """Send a message."""
    body = dumps(value).encode("utf-8", "replace")
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()


def loads(text: str) -> Json:
    """The value of a JSON text that keeps characters beyond ASCII as they are."""
    return _value(ast.parse(text, mode="eval").body)


def dumps(value: Json) -> str:
    """The canonical JSON text: keys in order, no spaces."""
    if isinstance(value, str):
        return '"' + value.translate(_ESCAPED) + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{dumps(k)}:{dumps(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dumps, value)) + "]"
    return {True: "true", False: "false", None: "null"}[value] if _is_name(value) else repr(value)


def _is_name(value: Json) -> bool:
    return value is None or isinstance(value, bool)


def _value(node: ast.expr | None) -> Json:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Dict):
        return {_value(key): _value(node.values[i]) for i, key in enumerate(node.keys)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return _NAMES[node.id]
    raise ValueError("not JSON")


def _exactly(count: int) -> bytes:
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        raise EOFError
    return data
