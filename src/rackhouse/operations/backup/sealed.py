"""A stream sealed by a passphrase: scrypt, then AES-256-GCM over chunks (the STREAM construction).

    RACKHOUSE-BACKUP 1\\n
    {"n": ..., "r": 8, "p": 1, "salt": hex, "nonce": hex}\\n
    chunk, chunk, ... each 64 KiB of plaintext and a tag of 16 bytes

A chunk's nonce is the file's (7 bytes), its number (4) and whether it is the last (1); the two
header lines are authenticated with every chunk. So a byte changed, a chunk swapped, left out or cut
off at the end is found before anything that follows it is believed.
Source: Hoang, Reyhanitabar, Rogaway, Vizar, "Online Authenticated-Encryption", 2015.
"""

from __future__ import annotations

import json
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from rackhouse.kit.errors import Refused

MAGIC = b"RACKHOUSE-BACKUP 1\n"
CHUNK = 64 * 1024
TAG = 16
COST = 2**16  # 64 MiB of memory, 0.2 s: what a guess costs too


class Sealer:
    """Writes plaintext into `file`, sealed. `close` writes the last chunk; without it, no file."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt, self._nonce = os.urandom(16), os.urandom(7)
        header = {"n": COST, "r": 8, "p": 1, "salt": salt.hex(), "nonce": self._nonce.hex()}
        self._header = MAGIC + json.dumps(header).encode() + b"\n"
        self._cipher = AESGCM(_key(passphrase, salt, COST))
        self._file, self._pending, self._number = file, bytearray(), 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Take plaintext; full chunks go out."""
        self._pending += data
        while len(self._pending) > CHUNK:
            self._emit(bytes(self._pending[:CHUNK]), last=False)
            del self._pending[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write what is left as the last chunk."""
        self._emit(bytes(self._pending), last=True)
        self._pending.clear()

    def _emit(self, chunk: bytes, *, last: bool) -> None:
        nonce = _chunk_nonce(self._nonce, self._number, last=last)
        self._file.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._number += 1


class Opener:
    """Reads the plaintext of a sealed `file`. Refused for a wrong passphrase or a changed byte."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        magic, line = file.readline(64), file.readline(4096)
        if magic != MAGIC:
            raise Refused(
                "this is not a backup of Rackhouse, or of a newer version",
                fix="name a file that `rackhouse backup` wrote",
            )
        salt, self._nonce, cost = _parse_header(line)
        self._header = magic + line
        self._cipher = AESGCM(_key(passphrase, salt, cost))
        self._file, self._plain, self._number, self._done = file, bytearray(), 0, False
        self._ahead = file.read(CHUNK + TAG)

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes of plaintext; all that is left when it is negative."""
        while not self._done and (size < 0 or len(self._plain) < size):
            self._open_chunk()
        end = len(self._plain) if size < 0 else size
        taken = bytes(self._plain[:end])
        del self._plain[:end]
        return taken

    def _open_chunk(self) -> None:
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        self._done = not self._ahead
        nonce = _chunk_nonce(self._nonce, self._number, last=self._done)
        try:
            self._plain += self._cipher.decrypt(nonce, chunk, self._header)
        except InvalidTag:
            first = self._number == 0
            raise Refused(
                "the passphrase is wrong, or the file was damaged"
                if first
                else f"the backup is damaged or cut off near byte {self._number * (CHUNK + TAG)}",
                fix="try the passphrase again" if first else "use another copy or an older backup",
            ) from None
        self._number += 1


def _parse_header(line: bytes) -> tuple[bytes, bytes, int]:
    """Salt, nonce and cost. Bounded, since nothing vouches for them yet."""
    try:
        header = json.loads(line)
        salt, nonce = bytes.fromhex(header["salt"]), bytes.fromhex(header["nonce"])
        cost = header["n"]
        sound = (len(salt), len(nonce), header["r"], header["p"]) == (16, 7, 8, 1)
        if sound and isinstance(cost, int) and cost in {2**bits for bits in range(1, 21)}:
            return salt, nonce, cost
    except (ValueError, KeyError, TypeError):
        pass
    raise Refused("the first lines of this backup are damaged", fix="use another copy of the file")


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def _chunk_nonce(nonce: bytes, number: int, *, last: bool) -> bytes:
    return nonce + number.to_bytes(4, "big") + (b"\1" if last else b"\0")
