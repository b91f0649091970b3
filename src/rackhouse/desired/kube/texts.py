"""Texts as Kubernetes takes them: quantities, and words that it would expand. Pure.

The kubelet replaces `$(NAME)` in commands and variables, and reads `$$` as `$`. An application file
means neither.
"""

from __future__ import annotations

import re

from rackhouse.resources.core import Text

_EXPANDED = re.compile(r"\$(?=[$(])")


def word(text: Text) -> str:
    """A text without holes, written so that the kubelet hands over exactly it."""
    return _EXPANDED.sub("$$", plain(text))


def plain(text: Text) -> str:
    """A text without holes, as it is."""
    assert not text.refs, f"{text} has a value that is known later"
    return str(text)


def quantity(count: int) -> str:
    """`512Mi`; bytes where they are no whole number of a larger unit."""
    for unit, size in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if count and count % size == 0:
            return f"{count // size}{unit}"
    return str(count)
