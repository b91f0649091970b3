"""The picture: all of it is on the sheet, and it says what the text says."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from rackhouse.app.sources import read_source
from rackhouse.desired.explain import Files, Target
from rackhouse.desired.explain.picture import picture
from rackhouse.desired.explain.sheet import WIDTH
from rackhouse.rack.load import load
from unit.desired.explain.telling import told
from unit.desired.kube.examples import APPLICATIONS, RACKS, released

SVG = "{http://www.w3.org/2000/svg}"
_LETTER = 7.6  # width of one, at most, on average


@pytest.mark.parametrize("folder", APPLICATIONS, ids=lambda folder: folder.name)
def test_everything_is_on_the_sheet(folder: Path) -> None:
    apps = [released(each) for each in APPLICATIONS]
    text = RACKS[2].read_text()
    files = Files(score=read_source(folder).text, rack=text)
    found = told(load(text), apps, read_source(folder).app.name, files)
    drawn = Xml.fromstring(picture(found))
    height = float(drawn.attrib["height"])
    for box in drawn.iter(f"{SVG}rect"):
        x, width = float(box.get("x", 0)), float(box.attrib["width"])
        assert 0 <= x <= x + width <= WIDTH
        assert float(box.get("y", 0)) + float(box.attrib["height"]) <= height
    for words in drawn.iter(f"{SVG}text"):
        room = len(words.text or "") * _LETTER
        x = float(words.attrib["x"])
        small = 0.95 if "soft" in words.attrib["class"] else 1.0
        ends = (x - room * small, x) if "end" in words.attrib["class"] else (x, x + room * small)
        assert ends[0] >= 0, words.text
        assert ends[1] <= WIDTH or "head" in words.attrib["class"], words.text
    said = {it.text for it in drawn.iter(f"{SVG}text")}
    for story in found.stories:
        for edge in story.edges:
            other = edge.target if edge.source == found.application else edge.source
            assert other in said
            assert str(edge.why) in said
    assert len(list(drawn.iter(f"{SVG}path"))) == 2 * sum(len(s.edges) for s in found.stories)


def test_what_cannot_be_seen_is_told() -> None:
    apps = [released(APPLICATIONS[0])]
    found = told(load(""), apps, apps[0].name, targets=(Target.KUBE,))
    drawn = Xml.fromstring(picture(found))
    assert "Who reaches whom" in (drawn.findtext(f"{SVG}desc") or "")
