"""How much a body may become: a few bytes of JSON can be many objects, or so deep that whoever
goes through them finds no end. Of a small body the length and one pass over it tell enough.
"""

from __future__ import annotations

from typing import Final

from rackhouse.services.gateway.model.problem import BadRequest, TooLarge

VALUES: Final = 2**19  # each takes a hundred bytes, or two
DEEP: Final = 128  # lists and objects within each other
_NOT_OPENING: Final = bytes(set(range(256)) - set(b"[{"))
_OTHERS: Final = bytes(set(range(256)) - set(b'[]{}"'))
_ALIKE: Final = bytes.maketrans(b"{}", b"[]")


def few(sent: bytes) -> None:
    """TooLarge for more values than one process should hold for one request."""
    if len(sent) > VALUES and sum(map(sent.count, (b",", b"[", b"{"))) > VALUES:
        raise TooLarge(f"the body has more than {VALUES} values")


def shallow(sent: bytes) -> None:
    """BadRequest for JSON that is nested deeper than anybody goes through."""
    if len(sent.translate(None, _NOT_OPENING)) > DEEP and deeper(sent, DEEP):
        raise BadRequest(f"the body is nested more than {DEEP} deep", fix="send it flatter")


def deeper(sent: bytes, deep: int) -> bool:
    """Whether JSON, which is known to be some, has more than so many levels."""
    if b"\\" in sent:
        sent = sent.replace(b"\\\\", b"").replace(b'\\"', b"")
    # What is left of a text are its brackets, if any: of two quotes side by side none is needed to
    # know what lies within a text.
    left = sent.translate(_ALIKE, _OTHERS).replace(b'""', b"")
    left = b"".join(left.split(b'"')[::2])
    for _ in range(deep):
        if not left:
            return False
        left = left.replace(b"[]", b"")
    return bool(left)
