"""Secrets leave the log in all the forms in which they slip out."""

from __future__ import annotations

import base64
import json
import urllib.parse

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.delivery.runner.mask import masker

SECRET = "s3cr3t/va+lue&with words"


def test_nothing_to_mask_changes_nothing() -> None:
    assert masker([])("as it is") == "as it is"
    assert masker(["", "1", "on"])("1 on") == "1 on"


def test_as_it_is_and_encoded() -> None:
    mask = masker([SECRET])
    for form in (
        SECRET,
        json.dumps(SECRET)[1:-1],
        urllib.parse.quote(SECRET, safe=""),
        urllib.parse.quote_plus(SECRET),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
    ):
        assert form not in mask(f"before {form} after")
        assert mask(f"before {form} after").startswith("before ***")


def test_each_line_of_it() -> None:
    mask = masker(["-----BEGIN-----\nabcdef\nghijkl\n-----END-----"])
    assert mask("abcdef") == mask("  ghijkl").strip() == "***"


def test_the_longest_first() -> None:
    assert masker(["pass", "password"])("password") == "***"


@given(before=st.binary(max_size=40), after=st.binary(max_size=40))
def test_inside_of_what_was_encoded_with_more(before: bytes, after: bytes) -> None:
    """What is left of it is at most the two characters at each end that others share."""
    whole = base64.b64encode(before + SECRET.encode() + after).decode()
    left = masker([SECRET])(whole)
    assert "***" in left
    assert len(left) <= len(whole) - len(SECRET) * 4 // 3 + 3 + 6


def test_of_long_ones_each_line_of_wrapped_base64() -> None:
    secret = "".join(chr(33 + n % 90) for n in range(300))
    mask = masker([secret])
    for line in base64.encodebytes(secret.encode()).decode().splitlines():
        assert len(mask(line)) < 12


@given(st.text(min_size=3, max_size=60), st.text(max_size=20))
def test_whatever_it_is_it_is_gone(secret: str, around: str) -> None:
    told = masker([secret])(f"{around}|{secret}|{around}")
    assert told.count("***") >= 1
