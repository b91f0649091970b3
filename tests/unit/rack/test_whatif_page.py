"""The page of a what-if: well-formed, complete in itself, and true to the report."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from rackhouse.rack import Rack, load
from rackhouse.rack.whatif import losses, report
from rackhouse.rack.whatif.page import page
from rackhouse.rack.whatif.words import change

TEXT = (Path(__file__).parents[3] / "examples" / "racks" / "home.yaml").read_text()
HOME = load(TEXT)
CHANGES: list[tuple[list[str], list[str]]] = [
    ([], []),
    (["pi-1", "forge"], ["pi-5=rpi5-8gb,disk=nvme,price=95 EUR"]),
    (["switch"], []),
    (["gpu"], ["big=x86"]),
    (["gate", "pi-1", "pi-2", "pi-3", "pi-4", "forge", "desk"], []),
]


class _Balanced(HTMLParser):
    """Fails where an element ends that is not the last that began."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        assert tag == "rect"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _page(lost: list[str], added: list[str], rack: Rack = HOME) -> str:
    return page(report(rack, change(rack, lost, added)), losses(rack))


@pytest.mark.parametrize(("lost", "added"), CHANGES)
def test_it_is_well_formed_and_needs_nothing_else(lost: list[str], added: list[str]) -> None:
    text = _page(lost, added)
    reader = _Balanced()
    reader.feed(text)
    assert reader.open == []
    assert not re.search(r"<script|src=|href=|url\(|@import|://(?!backups)", text)


@pytest.mark.parametrize(("lost", "added"), CHANGES)
def test_every_bar_says_in_words_what_it_shows_and_stays_in_its_frame(
    lost: list[str], added: list[str]
) -> None:
    for text in re.findall(r"<svg.*?</svg>", _page(lost, added)):
        bar = ElementTree.fromstring(text)
        assert bar.get("aria-label")
        for piece in bar:
            left, width = float(piece.get("x", "0")), float(piece.get("width", "0"))
            assert left >= 0
            assert left + width <= 1000 + 2


def test_it_says_what_the_report_says() -> None:
    text = _page(*CHANGES[1])
    for part in ("Without forge and pi-1, with pi-5", "1 may stop, 3 weaker, 9 go on", "95.00 EUR"):
        assert part in text
    assert 'class="gone">gone</em>' in text
    assert 'class="new">new</em>' in text


def test_words_of_the_file_are_words_and_no_markup() -> None:
    text = TEXT.replace("model: RTX 3090", "model: '<b>\"&'").replace(
        "price: 1250 EUR ", "owned: false "
    )
    assert "<b>" not in _page([], [], load(text))
    assert "&lt;b&gt;&quot;&amp;" in _page([], [], load(text))


def test_a_rack_of_one_says_that_there_is_nothing_to_lose() -> None:
    assert "the rack file names no machines" in _page([], [], Rack())
