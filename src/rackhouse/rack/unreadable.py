"""What stands in the model for a value that could not be read, so that the rest can be checked.

Whoever touches it gives up: a rule that looks at a mistyped role would otherwise report nonsense,
and one that does not can still report what it finds, in the same answer. It never leaves `load`.
"""

from __future__ import annotations

from typing import Any, NoReturn


class Unreadable(Exception):
    """A value was asked for that could not be read. No error: nobody is told."""


class _Unread:
    """Raises on every use."""

    __slots__ = ()

    def _give_up(self, *_: object) -> NoReturn:
        raise Unreadable

    __getattr__ = __iter__ = __len__ = __contains__ = __bool__ = _give_up
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _give_up
    __add__ = __radd__ = __sub__ = __mul__ = __rmul__ = __getitem__ = _give_up
    __str__ = __repr__ = __format__ = _give_up


UNREAD: Any = _Unread()
