"""A sealed stream opens with its passphrase alone, and only whole."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.kit.errors import Refused
from rackhouse.operations.backup import sealed
from rackhouse.operations.backup.sealed import CHUNK, TAG, Opener, Sealer


@pytest.fixture(autouse=True)
def _cheap_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "COST", 2**4)


def _seal(*pieces: bytes, passphrase: str = "correct horse") -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, passphrase)
    for piece in pieces:
        sealer.write(piece)
    sealer.close()
    return file.getvalue()


def _open(data: bytes, passphrase: str = "correct horse") -> bytes:
    return Opener(io.BytesIO(data), passphrase).read()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=6), st.integers(0, 3), st.integers(-1, 1))
def test_what_was_sealed_is_what_opens(pieces: list[bytes], chunks: int, off: int) -> None:
    filler = bytes(max(0, chunks * CHUNK + off))
    assert _open(_seal(*pieces, filler)) == b"".join(pieces) + filler


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    whole = bytearray(_seal(bytes(CHUNK + 100)))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Refused):
        _open(bytes(whole))


def test_a_file_that_is_cut_off_is_refused_even_at_a_chunk() -> None:
    whole = _seal(bytes(3 * CHUNK))
    header = len(whole) - 3 * (CHUNK + TAG)
    for chunks in (0, 1, 2):
        with pytest.raises(Refused):
            _open(whole[: header + chunks * (CHUNK + TAG)])


def test_swapped_chunks_are_refused() -> None:
    whole = _seal(b"a" * CHUNK, b"b" * CHUNK, b"c")
    size = CHUNK + TAG
    start = len(whole) - 2 * size - (1 + TAG)
    swapped = whole[:start] + whole[start + size : start + 2 * size] + whole[start : start + size]
    with pytest.raises(Refused, match="passphrase is wrong, or the file was damaged"):
        _open(swapped + whole[start + 2 * size :])


def test_a_wrong_passphrase_is_said_to_be_one() -> None:
    with pytest.raises(Refused, match="passphrase is wrong"):
        _open(_seal(b"x"), "wrong")


def test_another_kind_of_file_is_said_to_be_one() -> None:
    with pytest.raises(Refused, match="not a backup"):
        _open(b"PK\3\4 something else entirely")


def test_the_plaintext_is_not_in_the_file() -> None:
    assert b"a very secret word" not in _seal(b"a very secret word" * 10)
