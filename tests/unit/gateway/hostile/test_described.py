"""Anybody may ask how the interface is: no key, and no work."""

from __future__ import annotations

import msgspec

from rackhouse.services.gateway.api import openapi


def test_the_description_is_written_once() -> None:
    assert msgspec.json.decode(openapi.written()) == openapi.document()
    assert openapi.written() is openapi.written()
