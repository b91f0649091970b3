"""What building something large took goes back to the system, and what is held for good is not
looked at again: the C library would keep the one, and the collector would stop all for the other.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def settle() -> None:
    """In any thread, when it is built: others wait for as long as a collection takes."""
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
