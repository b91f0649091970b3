"""A network card that sleeps: ends with 0 when a magic packet for it has come. A program.

Argv: the card's address.
"""

from __future__ import annotations

import socket
import sys

ETH_P_ALL = 0x0003
mac = bytes.fromhex(sys.argv[1].replace(":", ""))
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as wire:
    while b"\xff" * 6 + mac * 16 not in wire.recv(2048):
        pass
