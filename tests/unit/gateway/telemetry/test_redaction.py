"""What is masked before it is kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.telemetry.redaction import clean, masked

KEY = "sk-rack-" + "a1B2" * 8


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"use {KEY}, please", "use [secret], please"),
        ("Authorization: Bearer abcdefghijkl.mnop", "Authorization: [secret]"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "[secret]"),
        ("jwt=my-eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "jwt=[secret]"),
        ("the keyJoin_and_more.of_a_table.has", "the keyJoin_and_more.of_a_table.has"),
        ("git clone https://ada:hunter2@git.example/x", "git clone https://[secret]@git.example/x"),
        ('{"password": "correct horse"}', '{"[secret] horse"}'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAA", "[secret]"),
        ("write to ada.lovelace+x@mail.example.org.", "write to [e-mail]."),
        ("call +44 20 7946 0958 now", "call [phone] now"),
        ("or 020 7946-0958", "or [phone]"),
        ("call +49 171 5551234 0000", "call [phone]"),
        ("4111 1111 1111 1111", "[card]"),
        ("John 3:16, Psalm 119:105", "John 3:16, Psalm 119:105"),
        ("in 1517 there were 95", "in 1517 there were 95"),
        ("pi is 3.14159265358979", "pi is 3.14159265358979"),
        ("id 123456789012", "id 123456789012"),
    ],
)
def test_what_has_a_form_of_its_own(said: str, kept: str) -> None:
    assert masked(said) == kept


_NEAR = st.text() | st.text("0123456789 +.-a")


@given(_NEAR, _NEAR, st.sampled_from([KEY, "ada@example.org", "+49 171 5551234"]))
def test_nothing_of_it_is_left_wherever_it_stands(before: str, after: str, secret: str) -> None:
    assert secret not in masked(f"{before} {secret} {after}")


@pytest.mark.parametrize("piece", ["a", "a@", "sk-", "1 ", "-----BEGIN PRIVATE KEY-----", "a.b@c."])
def test_no_text_takes_long(piece: str) -> None:
    assert masked(piece * 20_000)  # minutes, if a pattern could match it in many ways


@pytest.mark.parametrize("piece", ["eyJaaaaaaaa-", "-eyJ", "a-a-", "a@-."])
def test_the_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def seconds(times: int) -> float:
        text, took = piece * times, []
        for _ in range(5):
            before = time.process_time()
            masked(text)
            took.append(time.process_time() - before)
        return min(took)

    once = max(seconds(2_000), 1e-3)
    assert seconds(16_000) < 30 * once  # 8 times as long, not 64 times


@given(st.text(st.characters(codec=None)), st.integers(0, 50))
def test_what_is_clean_can_be_written_anywhere(text: str, most: int) -> None:
    kept = clean(text, most)
    assert len(kept) <= most
    assert "\0" not in kept.encode().decode()
