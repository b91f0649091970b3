"""Vectors as pgvector has them on the wire: a count, and 16-bit numbers in network order."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.adapt import Buffer, Dumper, PyFormat
from psycopg.pq import Format

Vector = NDArray[np.float32]


class HalfVec:
    """One that is written."""

    __slots__ = ("vector",)

    def __init__(self, vector: Vector) -> None:
        self.vector = vector


class HalfVecDumper(Dumper):
    """In binary; of which type it is, PostgreSQL knows from where it is put."""

    format = Format.BINARY

    def dump(self, obj: HalfVec) -> Buffer:
        """Its bytes."""
        return struct.pack(">HH", len(obj.vector), 0) + obj.vector.astype(">f2").tobytes()

    def get_key(self, obj: Any, format: PyFormat) -> type:  # noqa: A002, ARG002 (psycopg's word)
        """There is one way alone."""
        return type(obj)


def half(data: bytes) -> NDArray[np.float16]:
    """What was read in binary."""
    return np.frombuffer(data, ">f2", offset=4).astype(np.float16)
