"""What the environment says, and what is meant where it says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.kit.errors import UsageError
from rackhouse.services.scripture import settings


def test_what_is_said_and_what_is_not() -> None:
    assert settings.read({"HOME": "/home/ann"}) == settings.Settings(
        folder=Path("/home/ann/.cache/rackhouse/scripture"),
        sword=(Path("/home/ann/.sword"), Path("/usr/share/sword")),
    )
    said = {"SCRIPTURE_FOLDER": "/texts", "SCRIPTURE_SWORD": "/a:/b", "SCRIPTURE_TEXTS": "/own"}
    told = settings.read({"HOST": "::1", "PORT": "81", **said})
    places = {"sword": (Path("/a"), Path("/b")), "texts": Path("/own")}
    assert told == settings.Settings(host="::1", port=81, folder=Path("/texts"), **places)
    assert settings.read({"HOME": "/", "SCRIPTURE_SWORD": ""}).sword == ()


def test_texts_of_ones_own_are_at_home(tmp_path: Path) -> None:
    assert settings.read({"HOME": str(tmp_path)}).texts is None
    (tmp_path / ".scripture").mkdir()
    assert settings.read({"HOME": str(tmp_path)}).texts == tmp_path / ".scripture"
    assert settings.read({"HOME": str(tmp_path), "SCRIPTURE_TEXTS": ""}).texts is None


def test_what_is_left_out_and_where_one_asks() -> None:
    said = {"HOME": "/", "SCRIPTURE_WITHOUT": "Nave, other", "SCRIPTURE_ASK": "https://a.b/ask"}
    told = settings.read(said)
    assert (told.without, told.ask) == (frozenset({"nave", "other"}), "https://a.b/ask")
    assert settings.read({"HOME": "/", "SCRIPTURE_ASK": "/ask"}).ask == "/ask"
    for wrong in ("javascript:alert(1)", "study", "https:///x", "//evil/ask", "/ask?q=x"):
        with pytest.raises(UsageError) as caught:
            settings.read({"HOME": "/", "SCRIPTURE_ASK": wrong})
        assert caught.value.where == "SCRIPTURE_ASK"


@pytest.mark.parametrize("port", ["", "x", "-1", "65536", "1" * 5000])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(UsageError):
        settings.read({"PORT": port})
