"""The look: files by their digest, templates that escape, colours that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from rackhouse.kit.look.assets import OURS, Assets
from rackhouse.kit.look.pages import environment


def test_an_address_names_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a {}")
    (tmp_path / "note.txt").write_text("not sent")
    one = Assets(tmp_path)
    assert set(one.all) == {"a.css"}
    found = one.found(one.address("a.css"))
    assert found
    assert (found.content, found.kind) == (b"a {}", "text/css; charset=utf-8")
    assert one.found("/static/../a.css") is None
    (tmp_path / "a.css").write_text("b {}")
    other = Assets(tmp_path)
    assert other.address("a.css") != one.address("a.css")
    assert other.digest != one.digest


def test_templates_escape_and_miss_nothing_silently(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("{{ said }} {{ asset('look.css') }}")
    made = environment(tmp_path, Assets(OURS))
    told = made.get_template("x.html").render(said="<b>")
    assert told.startswith("&lt;b&gt; /static/look.")
    with pytest.raises(UndefinedError):
        made.get_template("x.html").render()


def _bright(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [it / 12.92 if it <= 0.03928 else ((it + 0.055) / 1.055) ** 2.4 for it in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_ink_can_be_read_on_every_ground(scheme: int) -> None:
    style = (OURS / "look.css").read_text()
    said = re.findall(r"--([a-z-]+): light-dark\((#\w+), (#\w+)\)", style)
    colour = {name: (light, dark)[scheme] for name, light, dark in said}
    pairs = [(ink, ground) for ink in ("ink", "quiet", "accent") for ground in ("paper", "raised")]
    pairs += [("ink", "lit"), ("ink", "mark"), ("ink", "sunken"), ("quiet", "sunken")]
    pairs += [("quiet", "lit"), ("on-accent", "accent"), ("bad", "paper")]
    for ink, ground in pairs:
        dark, light = sorted((_bright(colour[ink]), _bright(colour[ground])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
