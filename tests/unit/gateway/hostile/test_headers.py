"""Headers: a value begins no other, and a key is told by its header alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.api import http, parse
from rackhouse.services.gateway.model.problem import BadRequest, Unauthorized


def _scope(query: bytes = b"", **headers: str) -> dict[str, object]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"headers": named, "query_string": query}


@given(st.text(st.characters(codec="utf-8")))
def test_a_value_is_one_line_of_plain_letters(value: str) -> None:
    assert all(32 <= byte < 127 for byte in http.safe(value))


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer k"}, {"authorization": "bearer  k"}, {"x_api_key": "k"}]
)
def test_a_key_is_shown_as_openais_clients_do_or_as_anthropics(headers: dict[str, str]) -> None:
    assert http.token(_scope(**headers)) == "k"


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic k"}, {"authorization": "Bearer "}]
)
def test_without_a_key_nobody_is_known(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized, match="no key"):
        http.token(_scope(**headers))


@pytest.mark.parametrize(
    "query", [b"key=s3cret", b"a=b&api_key=s3cret", b"API-KEY=s3cret", b"access_token=s3cret"]
)
def test_a_key_in_the_address_is_refused_and_not_repeated(query: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        http.token(_scope(query, authorization="Bearer k"))
    assert "s3cret" not in caught.value.message


def test_other_queries_are_nobodys_affair() -> None:
    assert http.token(_scope(b"beta=true", authorization="Bearer k")) == "k"


def test_of_headers_our_own_are_read_and_no_longer_than_they_may_be() -> None:
    said = parse.headers(_scope(x_rackhouse_tags="a, b", x_rackhouse_session="s" * 999, via="me"))
    assert said == {"tags": "a, b", "session": "s" * 256}
