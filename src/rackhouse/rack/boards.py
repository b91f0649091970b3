"""Board presets: what nobody should have to look up. Typical figures; what a file says wins.

The kernel of the Raspberry Pi 5 has pages of 16 KiB, on which programs built for 4 KiB fail
(raspberrypi/bookworm-feedback#107). Watts are those of a small server at work, not of a test bench.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rackhouse.rack.values import Board
from rackhouse.rack.words import Arch

_GI = 2**30

BOARDS: Mapping[str, Board] = MappingProxyType(
    {
        "rpi3": Board(Arch.ARM64, 4, 1 * _GI, 4.0),
        "rpi4-2gb": Board(Arch.ARM64, 4, 2 * _GI, 5.0),
        "rpi4-4gb": Board(Arch.ARM64, 4, 4 * _GI, 5.0),
        "rpi4-8gb": Board(Arch.ARM64, 4, 8 * _GI, 5.0),
        "rpi5-2gb": Board(Arch.ARM64, 4, 2 * _GI, 7.0, 16384),
        "rpi5-4gb": Board(Arch.ARM64, 4, 4 * _GI, 7.0, 16384),
        "rpi5-8gb": Board(Arch.ARM64, 4, 8 * _GI, 7.0, 16384),
        "rpi5-16gb": Board(Arch.ARM64, 4, 16 * _GI, 7.0, 16384),
        "n100-8gb": Board(Arch.AMD64, 4, 8 * _GI, 12.0),
        "n100-16gb": Board(Arch.AMD64, 4, 16 * _GI, 12.0),
        "x86": Board(Arch.AMD64),
        "arm64": Board(Arch.ARM64),
    }
)
