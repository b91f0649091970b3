"""What building a collection took goes back to the system. The C library would keep it otherwise:
a hundred megabytes of a bible in two translations.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress


def settle() -> None:
    """In any thread: others go on meanwhile."""
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
