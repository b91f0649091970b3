"""The lock: what is written is what is read, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.desired.platform.pins import UNPINNED, Pin, Pins, parse, text
from rackhouse.kit.errors import FileError

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:{}".format)
ARCHITECTURES = st.sampled_from(["amd64", "arm64", "arm"])
NAMES = st.from_regex(r"[a-z]{1,9}\.io(/[a-z]{1,9}){1,3}:v?[0-9]\.[0-9]", fullmatch=True)
PINS = st.builds(Pin, digest=DIGESTS, architectures=st.dictionaries(ARCHITECTURES, DIGESTS))
ALL = st.dictionaries(NAMES, PINS, max_size=5).map(Pins)


@given(ALL)
def test_it_is_read_as_it_was_written(pins: Pins) -> None:
    assert parse(text(pins)) == pins


@given(ALL, st.randoms())
def test_it_is_sorted(pins: Pins, random: object) -> None:
    shuffled = list(pins.images.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert text(Pins(dict(shuffled))) == text(pins)


def test_what_was_never_resolved_stays_as_it_is() -> None:
    assert UNPINNED("docker.io/a:1") == "docker.io/a:1"


@pytest.mark.parametrize(
    "content",
    [
        "version: 2\nimages: {}\n",
        "images: {}\n",
        "version: 1\nimages: {a:1: {index: sha256:beef}}\n",
        "version: 1\nimages:\n  'a:1': {arm64: sha256:" + "0" * 64 + "}\n",
        "version: 1\nmore: 1\n",
    ],
)
def test_what_is_no_digest_is_refused_with_its_line(content: str) -> None:
    with pytest.raises(FileError, match=r"line \d|the file") as caught:
        parse(content, "platform.lock")
    assert "rackhouse platform pin" in str(caught.value)
