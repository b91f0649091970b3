"""Which Rackhouse this is, to the byte: what runs longer than a command has to be told apart.

The number alone would not do: who follows the sources has a new Rackhouse with each pull.
"""

from __future__ import annotations

import functools
import sys
import zlib
from pathlib import Path

from rackhouse import __version__

_PACKAGE = Path(__file__).parents[1]


@functools.cache
def code_version() -> str:
    """`0.1.0+3fa2c1d0`: the version, and a checksum of the package and of the Python that runs it.

    Takes milliseconds, once: it stays what was started, whatever is installed meanwhile. A checksum
    and no digest, for the supervisor shall not need a library of ciphers.
    """
    found = zlib.crc32(sys.version.encode())
    for file in sorted(_PACKAGE.rglob("*")):
        if file.suffix != ".pyc" and file.is_file():
            found = zlib.crc32(f"{file.relative_to(_PACKAGE)}\0".encode(), found)
            found = zlib.crc32(file.read_bytes(), found)
    return f"{__version__}+{found:08x}"
